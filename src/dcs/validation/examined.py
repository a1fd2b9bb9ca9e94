"""What both passes found out about a file: the facts that checks and profile are made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from dcs.validation.kernels.cells import NULLS
from dcs.validation.kernels.formats import EMAIL, PHONE
from dcs.validation.masking import sample_of
from dcs.validation.models import Check, PersonalData, Sample
from dcs.validation.passes.first import Passed
from dcs.validation.passes.layout import NUMERIC
from dcs.validation.passes.second import Exact, SecondPass
from dcs.validation.personal import header_words
from dcs.validation.personal_findings import personal_data
from dcs.validation.published import Published
from dcs.validation.readers.reading import note
from dcs.validation.repeated import repeated_rows
from dcs.validation.statistics.column import ColumnStatistics
from dcs.validation.statistics.located import Located

MOSTLY = 0.80  # share of a column's cells that makes it a column of e-mail addresses or phones
MOST_MEASURED = 1e100  # larger numbers have no deviation that fits a double


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a whole column is expected to have."""

    name: str
    entity: str
    words: frozenset[str]
    form: int
    example: str


FORMATS = (
    Format(
        "email",
        "EMAIL_ADDRESS",
        frozenset({"email", "emailaddress"}),
        EMAIL,
        "name@example.org",
    ),
    Format(
        "phone",
        "PHONE_NUMBER",
        frozenset({"phone", "phonenumber", "mobile", "telephone", "cellphone", "fax"}),
        PHONE,
        "+1 212 555 0123",
    ),
)


@dataclass(frozen=True, slots=True)
class ExaminedColumn:
    """
    One column's facts.

    Attributes:
        exact: Of a column of numbers that can be measured.
        wrong: Cells that are not in a format the column is expected to have.
    """

    name: str
    kind: str
    statistics: ColumnStatistics
    personal_data: tuple[PersonalData, ...]
    exact: Exact | None
    wrong: Mapping[Format, Located]

    @property
    def nulls(self) -> Located:
        """Empty cells."""
        return self.statistics.located(NULLS)


@dataclass(frozen=True, slots=True)
class Examined:
    """A file's facts, and its published table for looking up single cells."""

    rows: int
    columns: Mapping[str, ExaminedColumn]
    repeated: Located
    published: Published
    key: bytes

    def samples(self, name: str, located: Located) -> tuple[Sample, ...]:
        """Return the first places of something in a column, masked."""
        return _located(self.published, self.key, name, located.rows)


def _located(table: Published, key: bytes, name: str, rows: Sequence[int]) -> tuple[Sample, ...]:
    """Return where cells of a column are, masked."""
    if not rows:
        return ()
    values = table.texts_at(name, rows)
    return tuple(sample_of(key, row, name, value) for row, value in zip(rows, values, strict=True))


def examined(
    passed: Passed,
    table: Published,
    declared: frozenset[str],
    key: bytes,
    year: int,
    judged: Callable[[tuple[PersonalData, ...]], tuple[PersonalData, ...]] = tuple,
) -> Examined:
    """
    Find out the exact figures, now that the first pass has said what is worth a second look.

    Args:
        table: The published table.
        declared: The columns a data contract declares as sensitive.
        year: The present one; dates of birth are not after it.
        judged: Says of the personal data of a column what of it counts.
    """
    second = SecondPass(table)
    personal = personal_data(passed.columns, declared, year, partial(_located, table, key))
    columns = {}
    for name, statistics in passed.columns.items():
        kind = passed.kinds[name]
        own = statistics.own.found(statistics.filled, name in declared)
        found = judged(personal[name] + own)
        measured = kind in NUMERIC and _is_measured(statistics)
        shares = {each.entity: each.share for each in found}
        formats = [
            each
            for each in FORMATS
            if each.words & header_words(name) or shares.get(each.entity, 0.0) >= MOSTLY
        ]
        columns[name] = ExaminedColumn(
            name,
            "text" if kind in NUMERIC and not measured else kind,
            statistics,
            found,
            second.numbers(name, statistics) if measured else None,
            {each: second.wrong(name, each.form) for each in formats},
        )
    return Examined(passed.rows, columns, repeated_rows(passed.hashes), table, key)


def _is_measured(statistics: ColumnStatistics) -> bool:
    moments = statistics.moments
    return moments.count > 0 and max(abs(moments.low), abs(moments.high)) <= MOST_MEASURED


def unmeasured(examined: Examined) -> list[Check]:
    """Return what a person should know about numbers that cannot be measured."""
    found = []
    for column in examined.columns.values():
        moments = column.statistics.moments
        if column.statistics.endless:
            found.append(
                note(
                    "not_finite",
                    f"{column.statistics.endless:,} values are NaN or infinite; they count as missing here "
                    "and are published as they are",
                    "Leave missing numbers empty.",
                    column=column.name,
                    rows=column.statistics.endless,
                )
            )
        if moments.count and max(abs(moments.low), abs(moments.high)) > MOST_MEASURED:
            found.append(
                note(
                    "immense_numbers",
                    f"some numbers are beyond {MOST_MEASURED:g}; the column is not measured",
                    "Check whether they are mistakes.",
                    column=column.name,
                )
            )
    return found
