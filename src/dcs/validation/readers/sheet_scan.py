"""
Look through a spreadsheet's XML before the library that reads it.

The library reserves memory for the whole area between the outermost cells,
drops error values, rounds long numbers and takes a formula without a stored
result for an empty cell: here each of them is seen, and the rows are counted
once more. Layout: ECMA-376, part 1, 18.3 (worksheets) and 18.4 (shared texts).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from posixpath import join, normpath
from xml.parsers import expat

from dcs.validation.delimited.structure import StructureError
from dcs.validation.models import Sample
from dcs.validation.packed.archives import Member, member_bytes, members_of
from dcs.validation.packed.caps import Caps
from dcs.validation.readers.reading import damaged

FORM = "spreadsheet"
WORKBOOK = "xl/workbook.xml"
SURE_DIGITS = 15  # characters of a number that a double always keeps
LETTERS = 26


@dataclass(slots=True)
class SheetScan:
    """
    What one worksheet holds.

    Attributes:
        filled_rows: Rows with at least one value.
        exact: Texts of cells that the library would lose or round, by row and column from 0.
        errors: How many of them are error values.
        formulas: Cells whose value was computed.
        merged: Areas of merged cells.
    """

    name: str
    filled_rows: int = 0
    exact: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: int = 0
    formulas: int = 0
    merged: int = 0


def scan_sheets(path: Path, caps: Caps) -> tuple[SheetScan, ...]:
    """
    Scan every worksheet, in the workbook's order.

    Raises:
        StructureError: The XML is broken, has a document type, spans too many cells,
            or has formulas that were never computed.
        UnpackError: The archive is broken.
    """
    members = {member.name: member for member in members_of(path, caps)}
    book = _Book(path, members)
    blank = book.blank_texts()
    return tuple(
        _Sheet(name, blank, caps.cells).scan(book, part) for name, part in book.sheet_parts()
    )


class _Book:
    """The parts of a workbook, parsed as they stream out of the archive."""

    def __init__(self, path: Path, members: Mapping[str, Member]) -> None:
        self._path = path
        self._members = members

    def parse(self, part: str, parser: expat.XMLParserType) -> None:
        if part not in self._members:
            raise damaged(FORM, "a part is missing")
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for chunk in member_bytes(self._path, self._members[part]):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise damaged(FORM, "its XML is broken") from error

    def sheet_parts(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the archive's member of each worksheet."""
        targets: dict[str, str] = {}
        sheets: list[tuple[str, str]] = []

        def relation(tag: str, values: dict[str, str]) -> None:
            if _local(tag) == "Relationship" and values.get("Type", "").endswith("/worksheet"):
                target = values.get("Target", "")
                absolute = target[1:] if target.startswith("/") else join("xl", target)
                targets[values.get("Id", "")] = normpath(absolute)

        def sheet(tag: str, values: dict[str, str]) -> None:
            if _local(tag) == "sheet":
                reference = next((values[key] for key in values if _local(key) == "id"), "")
                sheets.append((values.get("name", ""), reference))

        self.parse("xl/_rels/workbook.xml.rels", _parser(relation))
        self.parse(WORKBOOK, _parser(sheet))
        for name, reference in sheets:
            if reference in targets:
                yield name, targets[reference]

    def blank_texts(self) -> frozenset[int]:
        """Return which shared texts show nothing."""
        part = "xl/sharedStrings.xml"
        if part not in self._members:
            return frozenset()
        texts = _SharedTexts()
        self.parse(part, texts.parser)
        return frozenset(texts.blank)


class _SharedTexts:
    def __init__(self) -> None:
        self.blank: set[int] = set()
        self._count = 0
        self._shows = False
        self._inside = False
        self.parser = _parser(self._start, self._end, self._data)

    def _start(self, tag: str, _values: dict[str, str]) -> None:
        if _local(tag) == "si":
            self._shows = False
        self._inside = _local(tag) == "t"

    def _data(self, text: str) -> None:
        self._shows = self._shows or (self._inside and bool(text.strip()))

    def _end(self, tag: str) -> None:
        self._inside = False
        if _local(tag) == "si":
            if not self._shows:
                self.blank.add(self._count)
            self._count += 1


class _Sheet:
    """One worksheet's cells, as expat meets them."""

    def __init__(self, name: str, blank: frozenset[int], most_cells: int) -> None:
        self._found = SheetScan(name)
        self._blank = blank
        self._most_cells = most_cells
        self._row = self._column = -1
        self._last_row = self._last_column = 0
        self._row_filled = False
        self._kind = ""
        self._text: list[str] = []
        self._reads = self._has_value = self._has_formula = False

    def scan(self, book: _Book, part: str) -> SheetScan:
        book.parse(part, _parser(self._start, self._end, self._data))
        return self._found

    def _start(self, tag: str, values: dict[str, str]) -> None:
        match _local(tag):
            case "row":
                self._row = int(values["r"]) - 1 if "r" in values else self._row + 1
                self._column = -1
                self._row_filled = False
            case "c":
                self._place(values.get("r"))
                self._kind = values.get("t", "n")
                self._text = []
                self._has_value = self._has_formula = False
            case "v" | "t":
                self._reads = True
                self._has_value = True
            case "f":
                self._has_formula = True
                self._found.formulas += 1
            case "mergeCell":
                self._found.merged += 1
            case _:
                pass  # widths, styles and other parts that hold no value

    def _data(self, text: str) -> None:
        if self._reads:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        match _local(tag):
            case "v" | "t":
                self._reads = False
            case "c":
                self._cell("".join(self._text))
            case "row":
                self._found.filled_rows += self._row_filled
            case _:
                pass

    def _place(self, reference: str | None) -> None:
        self._column += 1
        if reference is not None:
            self._row, self._column = _position(reference)
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        if (self._last_row + 1) * (self._last_column + 1) > self._most_cells:
            raise StructureError(
                "too_many_cells",
                f"The spreadsheet's outermost cells span more than {self._most_cells:,} cells.",
                "Delete cells far outside the table, or send it as CSV.",
            )

    def _cell(self, text: str) -> None:
        if self._has_formula and not self._has_value:
            raise StructureError(
                "formula_without_value",
                f"The formula in row {self._row + 1:,}, column {self._column + 1:,} of the sheet "
                "was never computed.",
                "Open the file in a spreadsheet program, save it, and send it again.",
                1,
                (Sample(self._row + 1, "", "=…"),),
            )
        blank = not text.strip() or (self._kind == "s" and _number(text) in self._blank)
        if blank:
            return
        self._row_filled = True
        if self._kind == "e":
            self._found.errors += 1
        elif self._kind != "n" or _is_exact(text):
            return
        self._found.exact[self._row, self._column] = text.strip()


def _is_exact(text: str) -> bool:
    """Say whether a number is what its nearest double is written as."""
    if len(text) <= SURE_DIGITS and text.isdigit():
        return True
    try:
        return Decimal(repr(float(text))) == Decimal(text.strip())
    except (ValueError, ArithmeticError):
        return False


def _position(reference: str) -> tuple[int, int]:
    """Return row and column, from 0, of a reference such as ``B7``."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not digits or len(digits) > 7 or not 1 <= len(letters) <= 3 or not letters.isascii():
        raise damaged(FORM, "a cell's reference is wrong")
    column = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise damaged(FORM, "a cell's reference is wrong")
        column = column * LETTERS + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise damaged(FORM, "a shared text's number is wrong") from error


def _parser(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    return parser


def _refuse_doctype(*_: object) -> None:
    raise StructureError(
        "document_type",
        "The spreadsheet's XML declares a document type, as attacks do.",
        "Save the file again with a spreadsheet program.",
    )


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]
