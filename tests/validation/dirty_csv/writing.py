"""Write a table as CSV text in a stated dialect, and remember every cell that was written."""

import re
from dataclasses import dataclass, field
from random import Random

NUMBER = re.compile(r"[-+]?[\d.,]*\d(E[-+]?\d+)?")
INSTEAD = {",": ".", ";": " /", "|": "/", ":": ".", "\t": " ", "^": "-", "~": "-"}


@dataclass(frozen=True)
class Case:
    """
    A dirty file and the right answers.

    ``quote`` is None where no cell is quoted and ``escape`` is None where no
    quote is escaped: there any answer is right. ``escape`` is ``doubled`` or
    ``backslash`` otherwise. ``rows`` are the cells of the table as written,
    without title and footer lines; ``spaced`` says that a space follows each
    delimiter and belongs to no cell.
    """

    name: str
    text: str
    delimiter: str
    quote: str | None
    escape: str | None
    rows: tuple[tuple[str, ...], ...]
    spaced: bool


@dataclass
class Draft:
    """A table on its way to a file; each kind of dirt changes it in place."""

    kind: str
    delimiter: str
    quote: str
    backslash: bool
    quoting: str
    line_end: str
    rows: list[list[str]]
    titles: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)
    blank_first: int = 0
    blank_last: int = 0
    mark: bool = False
    trailing: bool = False
    spaced: bool = False
    stray: bool = False

    @property
    def width(self) -> int:
        """Number of columns of the header row."""
        return len(self.rows[0])


def write(draft: Draft, rng: Random) -> Case:
    """Write *draft*; what the file contains decides ``quote`` and ``escape`` of the case."""
    cells = [[_adapted(draft, cell) for cell in row] for row in draft.rows]
    quoted = [[_is_quoted(draft, cell, row, rng) for cell in row] for row in cells]
    if draft.stray:
        _put_stray_quote(draft, cells, quoted, rng)
    lines = [_line(draft, row, flags) for row, flags in zip(cells, quoted, strict=True)]
    text = [*[""] * draft.blank_first, *draft.titles, *lines, *draft.footers]
    text += [""] * draft.blank_last
    inside = [
        cell
        for row, flags in zip(cells, quoted, strict=True)
        for cell, flag in zip(row, flags, strict=True)
        if flag
    ]
    escape = "backslash" if draft.backslash else "doubled"
    return Case(
        name=draft.kind,
        text="\ufeff" * draft.mark + "".join(line + draft.line_end for line in text),
        delimiter=draft.delimiter,
        quote=draft.quote if inside else None,
        escape=escape if any(draft.quote in cell for cell in inside) else None,
        rows=tuple((*row, *[""] * draft.trailing) for row in cells),
        spaced=draft.spaced,
    )


def _adapted(draft: Draft, cell: str) -> str:
    """Give a cell the line ends of its file; where nothing may be quoted, avoid what needs it."""
    if draft.quoting != "none":
        return cell.replace("\n", draft.line_end if draft.line_end == "\r" else "\n")
    cell = cell.replace("\n", " ").replace(f"{draft.delimiter} ", " ")
    cell = cell.replace(draft.delimiter, INSTEAD[draft.delimiter])
    if draft.kind == "settings":
        return cell
    inches = re.sub(r'(?<=\d)"', " in", cell) if draft.quote == '"' else cell
    return inches.replace(draft.quote, "")


def _is_quoted(draft: Draft, cell: str, row: list[str], rng: Random) -> bool:
    if draft.quoting == "none" or not any(row):
        return False
    special = {draft.delimiter, draft.quote, "\r", "\n", *("\\" * draft.backslash)}
    if special & set(cell) or cell.startswith('"'):
        return True
    if draft.quoting == "text":
        return bool(cell) and not NUMBER.fullmatch(cell)
    return draft.quoting == "all" or (draft.quoting == "mixed" and rng.random() < 0.4)


def _put_stray_quote(
    draft: Draft, cells: list[list[str]], quoted: list[list[bool]], rng: Random
) -> None:
    """Leave one quote inside or at the end of one unquoted cell, if there is such a cell."""
    places = [
        (row, column)
        for row, column in (
            (row, column) for row in range(1, len(cells)) for column in range(len(cells[row]))
        )
        if not quoted[row][column] and re.search(r"\w{3}", cells[row][column])
    ]
    draft.stray = bool(places)
    if places:
        row, column = rng.choice(places)
        cell = cells[row][column]
        inner = rng.randint(1, len(cell) - 1)
        changed = (f"{cell} 5{draft.quote}", f"{cell[:inner]}{draft.quote}{cell[inner:]}")
        cells[row][column] = rng.choice(changed)


def _line(draft: Draft, row: list[str], quoted: list[bool]) -> str:
    cells = [
        _enclosed(draft, cell) if flag else cell for cell, flag in zip(row, quoted, strict=True)
    ]
    space = " " if draft.spaced else ""
    return f"{draft.delimiter}{space}".join(cells) + draft.delimiter * draft.trailing


def _enclosed(draft: Draft, cell: str) -> str:
    if draft.backslash:
        cell = cell.replace("\\", "\\\\").replace(draft.quote, f"\\{draft.quote}")
    else:
        cell = cell.replace(draft.quote, draft.quote * 2)
    return f"{draft.quote}{cell}{draft.quote}"
