"""What every reader gives, and the words in which all of them refuse."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from dcs.validation.delimited.structure import MAX_COLUMNS, StructureError
from dcs.validation.models import Check, Kind, Outcome, Sample, Severity
from dcs.validation.packed.caps import UnpackError
from dcs.validation.shapes import shape

MIB = 1024**2
BATCH = 65_536  # rows of one batch at most
BATCH_BYTES = 32 * MIB  # about what one batch may take in memory
FREE_CELLS = 64 * MIB  # cells that a file of any size may declare
CELLS_PER_BYTE = 100  # beyond them, what the best encodings reach


class Reader(Protocol):
    """
    One file, opened by the reader of its format.

    `rows`, `kinds` and `notes` are complete once the last batch was taken.
    """

    @property
    def rows(self) -> int:
        """Records counted apart from the batches, by what the format itself says."""
        ...

    @property
    def kinds(self) -> Mapping[str, frozenset[str]] | None:
        """
        Which kinds of values each column of texts held; None if the batches are typed.

        A kind is a word of `KINDS`, or another word for what can only be text.
        """
        ...

    @property
    def notes(self) -> tuple[Check, ...]:
        """What a person should know about how the file was read."""
        ...

    def batches(self) -> Iterator[pa.RecordBatch]:
        """
        Yield the rows in order, in bounded memory; columns may be added on the way.

        Raises:
            StructureError: The file is not what its format calls for.
        """
        ...


def checked_names(names: Iterable[str]) -> tuple[str, ...]:
    """
    Return column names that can be told apart.

    Raises:
        StructureError: There are none or too many, one is empty, or two are the
            same but for upper and lower case.
    """
    found = tuple(names)
    if not found:
        raise StructureError("no_columns", "The file has no columns.", "Send a table.")
    if len(found) > MAX_COLUMNS:
        raise too_many_columns(len(found))
    seen: dict[str, int] = {}
    for position, name in enumerate(found, start=1):
        if not name.strip():
            raise StructureError(
                "empty_column_name",
                f"Column {position} has no name.",
                "Give every column a name.",
                samples=(Sample(0, "", f"column {position}"),),
            )
        if not name.isprintable() or not _is_unicode(name):
            raise StructureError(
                "unreadable_column_name",
                f"The name of column {position} has characters that cannot be shown.",
                "Use letters, digits and spaces.",
                samples=(Sample(0, "", f"column {position}"),),
            )
        same = seen.setdefault(name.casefold(), position)
        if same != position:
            raise StructureError(
                "duplicate_column_name",
                f"Columns {same} and {position} have the same name ({shape(name)}).",
                "Give every column a name of its own; upper and lower case count as the same.",
                samples=(Sample(0, "", shape(name)),),
            )
    return found


def too_many_columns(count: int) -> StructureError:
    """Return the refusal of a table that is too wide."""
    return StructureError(
        "too_many_columns",
        f"The file has {count:,} columns; {MAX_COLUMNS:,} are read at most.",
        "Split the table.",
    )


def check_declared(rows: int, columns: int, size: int) -> None:
    """
    Refuse a number of rows that a file of *size* bytes cannot mean.

    Raises:
        StructureError: ``absurd_size``; a few bytes could keep a reader busy for days.
    """
    cells = rows * columns
    if rows < 0 or (cells > FREE_CELLS and cells > size * CELLS_PER_BYTE):
        raise StructureError(
            "absurd_size",
            f"The file says that its {size:,} bytes hold {rows:,} rows of {columns:,} columns.",
            "Write it again, or split it, if the number is right.",
        )


def no_rows(form: str) -> StructureError:
    """Return the refusal of a table without rows."""
    return StructureError(
        "no_rows", f"The {form} file has no rows.", "Send a file with at least one row."
    )


def empty_file() -> StructureError:
    """Return the refusal of a file without bytes."""
    return StructureError("empty_file", "The file is empty.", "Send a file with rows.")


def damaged(form: str, what: str = "") -> StructureError:
    """Return the refusal of a file that its format's reader cannot make sense of."""
    return StructureError(
        "damaged",
        f"The {form} file is damaged{': ' if what else ''}{what}.",
        "Write the file again; it was cut or changed on its way.",
    )


def missing_extra(form: str, extra: str) -> StructureError:
    """Return the refusal of a format whose reader is not installed."""
    return StructureError(
        "reader_not_installed",
        f"The reader of {form} files is not installed here.",
        f"Install it with: pip install data-collaboration-studio[{extra}]",
    )


def guarded(form: str, steps: Iterator[Any]) -> Iterator[Any]:
    """
    Pass on what a format's library yields; its complaints become a refusal.

    Whatever class a library raises over a broken file, the file is broken. The
    library's own words stay inside, since they may quote the file.

    Raises:
        StructureError: ``damaged``.
    """
    while True:
        try:
            step = next(steps)
        except StopIteration:
            return
        except (StructureError, MemoryError):
            raise
        except Exception as error:
            raise damaged(form) from error
        yield step


@contextmanager
def unpacking() -> Iterator[None]:
    """Turn the refusal of a packed file into the refusal of a table."""
    try:
        yield
    except UnpackError as error:
        raise StructureError(error.rule, error.message, error.fix) from error


def sliced(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Cut a batch into pieces that are cheap to hold several times."""
    weight = max(batch.nbytes, _unfolded(batch))
    rows = max(1, min(BATCH, batch.num_rows * BATCH_BYTES // max(weight, 1)))
    for begin in range(0, batch.num_rows, rows):
        yield batch.slice(begin, rows)


def _unfolded(batch: pa.RecordBatch) -> int:
    """Return bytes that dictionaries unfold to at worst: every row the longest entry."""
    longest = 0
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and len(column.dictionary):
            longest += column.dictionary.nbytes
    return min(longest, BATCH_BYTES) * batch.num_rows if longest > 64 * 1024 else 0


def note(rule: str, message: str, fix: str, *, column: str | None = None, rows: int = 0) -> Check:
    """Return a finding about how the file was read; it keeps nothing back."""
    return Check(
        id=f"{Kind.STRUCTURE.value}:{rule}:{column}"
        if column
        else f"{Kind.STRUCTURE.value}:{rule}",
        kind=Kind.STRUCTURE,
        rule=rule,
        column=column,
        severity=Severity.WARNING,
        outcome=Outcome.WARN,
        message=message,
        dimension="conformity",
        failed_rows=rows,
        fix=fix,
    )


def head_of(path: Path, count: int) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as source:
        return source.read(count)


def tail_of(path: Path, count: int) -> bytes:
    """Return the last bytes of a file."""
    with path.open("rb") as source:
        source.seek(max(0, path.stat().st_size - count))
        return source.read(count)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
