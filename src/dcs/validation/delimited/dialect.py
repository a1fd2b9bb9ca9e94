"""
Say how a delimited text is written: its delimiter, its quotes and how they are escaped.

Every plausible dialect reads the beginning of the text, and the readings are
compared by what speaks for a table whatever it is about: records of one width,
cells that are values of known kinds rather than pieces glued together by
another delimiter, and quotes that open and close where cells do. Nothing here
depends on names or languages, and the cost is linear in a bounded sample.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dcs.validation.delimited.cells import BROKEN, is_atomic, rate

DELIMITERS = ",;\t|:^~"
UNIT = "\x1f"  # for one column in which every delimiter occurs
QUOTES = "\"'"
SAMPLE = 256 * 1024  # characters that are worth handing in
SCORED = 24 * 1024  # characters every dialect reads; the rest only shows quotes not seen before
RATED = 1_500  # cells looked at closely in each reading
PRIOR = {"\t": 1.1, "|": 1.02, "^": 0.98, "~": 0.98, ":": 0.8, " ": 0.5}
SINGLE = 0.55  # of a reading with one column: it explains every text, so it explains little
OUTSIDE = 0.25  # weight of a line before or behind the table, against one inside
NO_HEADER = 0.7  # of a reading whose first line does not have the table's width
ONE_WORD = 0.35  # the same where that line is the very name a single column would have
FOREIGN_HEADER = 0.3  # the same where that line looks like the header of another delimiter
SPACED = 0.95  # share of cells behind a space that makes the space part of the delimiter
MOSTLY = 0.75
STRONG_SPACES = 0.95  # share of lines of one width without which spaces are only spaces


_JOINED = re.compile(r"[^\W\d_]\w*:[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    How a delimited text is written.

    Attributes:
        delimiter: One character; a comma where there is only one column.
        quote: One character, or empty where quotes are only characters of the cells.
        escape: The quote itself where it is doubled inside quotes, a backslash, or empty.
        skipinitialspace: Whether a space behind the delimiter belongs to it.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    skipinitialspace: bool = False


Cell = tuple[str, str, str, str]  # spaces, quoted cell with its quotes, bare cell, what ends it


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as one dialect reads it: records of cells, lines without any left out."""

    dialect: Dialect
    records: Sequence[Sequence[Cell]]

    @property
    def widths(self) -> list[int]:
        return [len(record) for record in self.records]


def detect(sample: str, delimiters: str = DELIMITERS) -> Dialect:
    """
    Return the dialect that makes the best table of a text's beginning.

    Args:
        sample: The first `SAMPLE` characters; a record cut at the end does no harm.
        delimiters: Which to consider, where something else has decided already.

    Returns:
        The dialect; that of RFC 4180 where nothing speaks for another.
    """
    text = sample.removeprefix("\ufeff")
    scored = text[:SCORED]
    whole = len(text) < min(SAMPLE, SCORED + 1)
    forced = len(delimiters) == 1
    readings = [_read(scored, each, whole) for each in _dialects(scored, delimiters, forced)]
    best = max(filter(_is_quoted, readings), key=_score)
    if max(best.widths, default=1) == 1 and not forced:
        best = _spaces(scored, whole) or best
    return _with_quotes(best, text)


def _dialects(text: str, delimiters: str, forced: bool) -> Iterator[Dialect]:
    """Yield every dialect that some character of the text suggests, the likelier first."""
    present = [each for each in delimiters if each in text]
    absent = [each for each in (*DELIMITERS, UNIT) if each not in text]
    for delimiter in delimiters if forced else (*present, *absent[:1]):
        for quote in ("", *(each for each in QUOTES if each in text)):
            for escape in _escapes(text, delimiter, quote):
                yield Dialect(delimiter, quote, escape)


def _escapes(text: str, delimiter: str, quote: str) -> Iterator[str]:
    yield quote
    if (quote and "\\" + quote in text) or "\\" + delimiter in text:
        yield "\\"


def _read(text: str, dialect: Dialect, whole: bool) -> _Reading:
    """Split a text into records; the last one is dropped where the text goes on."""
    delimiter = dialect.delimiter
    records: list[list[Cell]] = []
    record: list[Cell] = []
    for cell in _pattern(dialect).findall(text):
        record.append(cell)
        if cell[3] != delimiter:
            records.append(record)
            record = []
    if not whole and len(records) > 2:
        records = records[: -2 if _is_blank(records[-1]) else -1]
    filled = [each for each in records if not _is_blank(each)]
    spaced = _is_spaced(filled)
    return _Reading(replace(dialect, skipinitialspace=spaced), filled)


def _pattern(dialect: Dialect) -> re.Pattern[str]:
    """Match one cell and its end; every choice is possessive, so the time is linear."""
    delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    spaces = "" if dialect.delimiter == " " else " *+"
    backslash = dialect.escape == "\\"
    bare = rf"(?:[^{delimiter}\r\n\\]++|\\.?)*+" if backslash else rf"[^{delimiter}\r\n]*+"
    inside = rf"[^{quote}\\]++|\\." if backslash else rf"[^{quote}]++|{quote}{quote}"
    quoted = rf"({quote}(?:{inside})*+{quote}){spaces}" if quote else "(?!)()"
    return re.compile(rf"({spaces})(?:{quoted}|({bare}))({delimiter}|\r\n?|\n|\Z)", re.DOTALL)


def _is_blank(record: Sequence[Cell]) -> bool:
    return len(record) == 1 and not record[0][1] and not record[0][2].strip()


def _is_spaced(records: Sequence[Sequence[Cell]]) -> bool:
    """Say whether nearly every delimiter with a cell behind it has a space there."""
    behind = [cell[0] for record in records for cell in record[1:] if cell[1] or cell[2]]
    return bool(behind) and sum(map(bool, behind)) >= SPACED * len(behind)


def _is_quoted(reading: _Reading) -> bool:
    """
    Say whether the dialect's quote is used as one at all; none is always possible.

    A cell that had to be quoted is enough; otherwise more cells must be quoted
    than have the character somewhere inside, as an apostrophe or for inches.
    """
    quote, delimiter = reading.dialect.quote, reading.dialect.delimiter
    if not quote:
        return True
    cells = [cell for record in reading.records for cell in record]
    quoted = [cell[1][1:-1] for cell in cells if cell[1]]
    if any(delimiter in each or "\n" in each or quote in each for each in quoted):
        return True
    return len(quoted) > sum(quote in cell[2] for cell in cells)


def _score(reading: _Reading) -> float:
    """Weigh one reading: consistency, kinds of cells and quoting, from 0 to about 1."""
    if not reading.records:
        return 0.0
    width = _usual_width(reading.widths)
    dialect = reading.dialect
    if width > 1 and _splits_values(reading):
        return 0.0
    score = _consistency(reading, width) * (1 - 1 / (width + 2)) * _typed(reading, width)
    if width == 1:
        return score * SINGLE
    return score * _before_table(reading, width) * PRIOR.get(dialect.delimiter, 1.0)


def _before_table(reading: _Reading, width: int) -> float:
    """Weigh the lines above the table: prose is a preamble, another table's header is not."""
    lines = [record for record in reading.records if not _is_comment(record)]
    start = next((n for n, record in enumerate(lines) if len(record) == width), 0)
    if start == 0:
        return 1.0
    alone = [record[0][1] or record[0][2] for record in lines[:start] if len(record) == 1]
    if any((rate(each) or 0) < 0 or _JOINED.search(each) for each in alone):
        return FOREIGN_HEADER
    return ONE_WORD if len(alone) == 1 and rate(alone[0]) == 1.0 else NO_HEADER


def _usual_width(widths: Sequence[int]) -> int:
    """Return the width of most records; of 1 only where no other occurs."""
    counts = Counter(width for width in widths if width > 1)
    return max(counts, key=lambda each: counts[each] * (1 - 1 / (each + 2)), default=1)


def _consistency(reading: _Reading, width: int) -> float:
    """Return the share of lines with the usual width; lines around the table weigh little."""
    widths = reading.widths
    usual = [position for position, each in enumerate(widths) if each == width]
    inside = usual[-1] - usual[0] + 1
    comments = sum(
        each != width and _is_comment(record)
        for each, record in zip(widths, reading.records, strict=True)
    )
    outside = len(widths) - inside
    return len(usual) / max(inside + OUTSIDE * outside - OUTSIDE * comments, len(usual))


def _is_comment(record: Sequence[Cell]) -> bool:
    return record[0][2].startswith(("#", "//"))


def _typed(reading: _Reading, width: int) -> float:
    """
    Weigh the cells: known kinds speak for a reading, damage of any kind against it.

    Damage is counted by line and softened for wide tables, so that neither a long
    list in one cell nor many columns decide by their number alone.
    """
    inside = [record for record in reading.records if width == 1 or len(record) > 1]
    chosen = inside[:: max(len(inside) * width // RATED, 1)]
    skip = reading.dialect.skipinitialspace
    ratings = [_rating(cell, skip) for record in chosen for cell in record]
    known = [each for each in ratings if each is not None and each >= 0]
    damage = -sum(each for each in ratings if each is not None and each < 0) / len(chosen)
    if reading.dialect.quote:
        damage -= BROKEN * _broken(reading) / len(reading.records)
    value = sum(known) / len(known) if known else 0.5
    return (0.1 + value) / (1 + damage / math.cbrt(width))


def _rating(cell: Cell, skip: bool) -> float | None:
    spaces, quoted, bare, _ = cell
    if quoted:
        return 1.0
    rated = rate(bare)
    if rated is None or rated < 0 or skip or not spaces:
        return rated
    return rated - 0.25


def _splits_values(reading: _Reading) -> bool:
    """Say whether a delimiter only cuts up whole values: the times or decimals of one column."""
    delimiter = reading.dialect.delimiter
    if delimiter not in ":," or reading.dialect.quote:
        return False
    first, *others = reading.records
    if delimiter == "," and len(first) > 1:
        return False
    values = others if len(first) == 1 else reading.records
    lines = [delimiter.join(cell[0] + cell[2] for cell in record) for record in values]
    whole = sum(is_atomic(line.strip(QUOTES)) for line in lines)
    return whole >= MOSTLY * len(lines)


def _spaces(text: str, whole: bool) -> _Reading | None:
    """Return spaces as the delimiter, where nothing else is and most columns are values."""
    for quote in ('"', "'", ""):
        reading = _read(text, Dialect(" ", quote, quote), whole)
        if not _is_quoted(reading):
            continue
        width = _usual_width(reading.widths)
        records = reading.records
        if width < 2 or len(records) < 3 or _consistency(reading, width) < STRONG_SPACES:
            return None
        columns = zip(*(record for record in records[1:] if len(record) == width), strict=True)
        values = sum(
            sum(bool(cell[1]) or is_atomic(cell[2]) for cell in column) >= 0.9 * len(column)
            for column in columns
        )
        return reading if values >= max(width / 2, 1) else None
    return None


def _with_quotes(reading: _Reading, text: str) -> Dialect:
    """
    Settle the quote of a text whose beginning used none properly.

    One that appears further on at the edges of cells counts. There is none where
    quotes are mostly inside cells; otherwise the usual one is taken, so that a
    quote that is opened and never closed does not pass as part of a cell.
    """
    dialect = reading.dialect
    if dialect.quote:
        return _with_escape(dialect, text)
    for quote in QUOTES if len(text) > SCORED else "":
        edges = _edges(text, dialect.delimiter, quote)
        if edges * 2 > text.count(quote) - edges:
            escaped = text.count("\\" + quote) > text.count(quote * 2)
            return replace(dialect, quote=quote, escape="\\" if escaped else quote)
    cells = [cell[2] for record in reading.records for cell in record if '"' in cell[2]]
    if sum(cell.startswith('"') for cell in cells) * 2 < len(cells):
        return dialect
    return replace(dialect, quote='"', escape=dialect.escape or '"')


def _with_escape(dialect: Dialect, text: str) -> Dialect:
    """Look for backslashes before quotes where the beginning had none."""
    escaped = "\\" + dialect.quote
    if dialect.escape == "\\" or escaped in text[:SCORED] or escaped not in text:
        return dialect
    other = replace(dialect, escape="\\")
    return min(dialect, other, key=lambda each: _broken(_read(text, each, len(text) < SAMPLE)))


def _broken(reading: _Reading) -> int:
    """Count the cells that begin with a quote which does not end them."""
    quote = reading.dialect.quote
    return sum(cell[2].startswith(quote) for record in reading.records for cell in record)


def _edges(text: str, delimiter: str, quote: str) -> int:
    """Count the quotes at the edges of cells, of which each cell has two."""
    opening = text.count(delimiter + quote) + text.count("\n" + quote)
    closing = sum(text.count(quote + each) for each in (delimiter, "\n", "\r"))
    return min(opening, closing)
