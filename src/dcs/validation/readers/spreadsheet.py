"""Read the one table of an .xlsx workbook: values as they are stored, dates as dates."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from dcs.validation.delimited.structure import StructureError
from dcs.validation.models import Check
from dcs.validation.packed.caps import Caps
from dcs.validation.readers.reading import (
    BATCH,
    checked_names,
    damaged,
    guarded,
    missing_extra,
    no_rows,
    note,
    unpacking,
)
from dcs.validation.readers.sheet_scan import FORM, SheetScan, scan_sheets

WHOLE = 2.0**53  # below it every whole number is its own double

Row = list[Any]


class SpreadsheetReader:
    """The rows of the workbook's only sheet with a table."""

    def __init__(self, path: Path) -> None:
        try:
            import python_calamine  # noqa: F401  # asked for first, so that its absence is told plainly
        except ImportError as error:
            raise missing_extra("Excel", "excel") from error
        self._path = path
        with unpacking():
            sheets = scan_sheets(path, Caps())
        self._scan, self._others = _only_table(sheets)
        self.rows = self._scan.filled_rows - 1
        if self.rows < 1:
            raise no_rows(FORM)
        self.kinds: dict[str, frozenset[str]] = {}

    @property
    def notes(self) -> tuple[Check, ...]:
        """Formulas, error values, merged cells and other sheets, where there are any."""
        return tuple(_notes(self._scan, self._others))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows below the first; empty rows between them are left out."""
        [rows] = guarded(FORM, iter(map(self._filled_rows, [self._path])))
        header, *body = rows
        names = checked_names(_name(value) for value in header)
        columns = [list(column) for column in zip(*body, strict=True)] if body else []
        texts = []
        for name, column in zip(names, columns, strict=True):
            found, write = _kinds_of(column)
            self.kinds[name] = found
            texts.append(pa.array([write(value) for value in column], pa.string()))
        batch = pa.record_batch(texts, names=list(names))
        for begin in range(0, batch.num_rows, BATCH):
            yield batch.slice(begin, BATCH)

    def _filled_rows(self, path: Path) -> list[Row]:
        """Return the rows that hold a value, cut to the columns that do."""
        from python_calamine import CalamineWorkbook

        with CalamineWorkbook.from_path(path) as book:
            rows: list[Row] = [
                list(row) for row in book.get_sheet_by_name(self._scan.name).to_python()
            ]
        for (row, column), text in self._scan.exact.items():
            if row >= len(rows) or column >= len(rows[row]):
                raise damaged(FORM, "its cells are not where they say")
            rows[row][column] = text
        filled = [row for row in rows if not all(map(_is_blank, row))]
        used = [n for n in range(len(rows[0])) if any(not _is_blank(row[n]) for row in filled)]
        return [row[used[0] : used[-1] + 1] for row in filled]


def _only_table(sheets: tuple[SheetScan, ...]) -> tuple[SheetScan, int]:
    """Return the sheet with the table, and how many others hold something."""
    filled = [sheet for sheet in sheets if sheet.filled_rows]
    tables = [sheet for sheet in filled if sheet.filled_rows > 1]
    if len(tables) > 1:
        raise StructureError(
            "several_sheets",
            f"{len(tables)} sheets of the workbook hold rows.",
            "Send each sheet as a file of its own.",
        )
    if not filled:
        raise no_rows(FORM)
    return (tables or filled)[0], len(filled) - 1


def _notes(scan: SheetScan, others: int) -> Iterator[Check]:
    if scan.formulas:
        yield note(
            "formulas",
            f"{scan.formulas:,} cells are formulas; their last stored results were read",
            "Make sure that the file was saved after it was computed.",
            rows=scan.formulas,
        )
    if scan.errors:
        yield note(
            "error_cells",
            f"{scan.errors:,} cells hold an error such as a division by zero; they were read as text",
            "Mend their formulas.",
            rows=scan.errors,
        )
    if scan.merged:
        yield note(
            "merged_cells",
            f"{scan.merged:,} areas are merged; only their first cell has a value",
            "Undo the merging and fill every cell.",
        )
    if others:
        yield note(
            "other_sheets",
            f"{others} other sheets hold a single row; they were not read",
            "Send what belongs to the table in the table's sheet.",
        )


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _name(value: Any) -> str:
    return value if isinstance(value, str) else _plain(value) or ""


def _kinds_of(column: Row) -> tuple[frozenset[str], Callable[[Any], str | None]]:
    """Return the kinds of a column's values, and how they are written as text."""
    found = {_KINDS[type(value)] for value in column if value != ""}
    if found == {"date", "timestamp"}:
        return frozenset({"timestamp"}), _moment
    return frozenset(found), _plain


def _moment(value: Any) -> str | None:
    """Write a day among moments as its first moment."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value.isoformat()} 00:00:00"
    return _plain(value)


def _plain(value: Any) -> str | None:
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < WHOLE:
            return str(int(value))
        case float() | int():
            return repr(value)
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return f"{value.total_seconds()!r} s"
        case _:
            return str(value) or None


_KINDS = {
    bool: "boolean",
    int: "number",
    float: "number",
    datetime: "timestamp",
    date: "date",
    time: "time",
    timedelta: "duration",
    str: "text",
}
