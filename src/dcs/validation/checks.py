"""
The default checks: what every table is asked, on all of its rows.

Thresholds are those of the product's guide, applied to every row instead of
the first hundred: more than 5 % missing, fewer than 1 % distinct texts,
e-mail and phone formats, |z| > 3 (population deviation) and 1.5 times the
interquartile range (linear interpolation).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dcs.validation.formulas import formula_sql
from dcs.validation.models import (
    SAMPLES,
    Check,
    ColumnProfile,
    Kind,
    Outcome,
    PersonalData,
    Sample,
    Severity,
)
from dcs.validation.recognizers import header_words
from dcs.validation.shapes import shape
from dcs.validation.table import Table

MOST_NULLS = 0.05
LEAST_DISTINCT = 0.01
MOST_DEVIATIONS = 3.0
IQR_FACTOR = 1.5
MOSTLY = 0.80  # share of a column's cells that makes it a column of e-mail addresses or phones
NUMERIC = frozenset({"integer", "number"})

EMAIL_FORMAT = r"[a-zA-Z0-9._%+'-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}"
PHONE_FORMAT = r"\+?[1-9][0-9]{6,14}"
_PHONE_MARKS = r"[\s().\-/]|(?i:\s*(x|ext\.?)\s*[0-9]{1,6})$"


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a whole column is expected to have."""

    name: str
    entity: str
    words: frozenset[str]
    wrong: Callable[[str], str]
    example: str


FORMATS = (
    Format(
        "email",
        "EMAIL_ADDRESS",
        frozenset({"email", "emailaddress"}),
        lambda cell: (
            f"NOT regexp_full_match(trim({cell}), '{EMAIL_FORMAT.replace(chr(39), chr(39) * 2)}')"
        ),
        "name@example.org",
    ),
    Format(
        "phone",
        "PHONE_NUMBER",
        frozenset({"phone", "phonenumber", "mobile", "telephone", "cellphone", "fax"}),
        lambda cell: (
            f"NOT regexp_full_match(regexp_replace({cell}, '{_PHONE_MARKS}', '', 'g'), '{PHONE_FORMAT}')"
        ),
        "+1 212 555 0123",
    ),
)


def default_checks(
    table: Table, profiles: Mapping[str, ColumnProfile], found: tuple[PersonalData, ...]
) -> Iterator[Check]:
    """Yield the outcome of every default check, column by column."""
    shares = {(each.column, each.entity): each.share for each in found}
    for name in table.names:
        profile = profiles[name]
        yield _completeness(table, profile)
        if profile.type == "text":
            yield _uniqueness(table, profile)
            yield _formulas(table, name)
        for each in FORMATS:
            if _is_column_of(each, name, shares.get((name, each.entity), 0.0)):
                yield _format(table, name, each)
        if profile.type in NUMERIC:
            yield from _outliers(table, name)


def located(table: Table, name: str, condition: str) -> tuple[int, tuple[Sample, ...]]:
    """Count the rows in which *condition* holds and locate the first of them, masked."""
    cell = table.cell(name)
    count = table.ask(f"SELECT count(*) FROM data WHERE {condition}")[0][0]  # noqa: S608  # our own text
    if not count:
        return 0, ()
    rows = table.ask(
        f"SELECT row, {cell} FROM data WHERE {condition} ORDER BY row LIMIT {SAMPLES}"  # noqa: S608  # our own text
    )
    return count, tuple(
        Sample(row, name, "" if value is None else shape(value), length=len(value or ""))
        for row, value in rows
    )


def column_check(
    table: Table,
    name: str,
    condition: str,
    *,
    kind: Kind,
    rule: str,
    severity: Severity,
    dimension: str,
    message: str,
    fix: str,
    threshold: float = 0.0,
) -> Check:
    """
    Apply a rule to every row of a column.

    Args:
        condition: SQL that is true where the rule is broken.
        message: What to say if it is; ``{count}`` and ``{share}`` are filled in.
        threshold: The share of rows that may break it.
    """
    count, samples = located(table, name, condition)
    share = count / table.rows
    broken = share > threshold
    outcome = Outcome.PASSED
    if broken:
        outcome = Outcome.FAILED if severity is Severity.ERROR else Outcome.WARN
    return Check(
        id=f"{kind.value}:{rule}:{name}",
        kind=kind,
        rule=rule,
        column=name,
        severity=severity,
        outcome=outcome,
        message=message.format(count=f"{count:,}", share=f"{share:.1%}") if broken else "",
        dimension=dimension,
        threshold=threshold,
        observed=share,
        unit="share of rows",
        failed_rows=count if broken else 0,
        failed_share=share if broken else 0.0,
        fix=fix if broken else "",
        samples=samples if broken else (),
        samples_truncated=broken and count > len(samples),
    )


def _completeness(table: Table, profile: ColumnProfile) -> Check:
    return column_check(
        table,
        profile.name,
        f"{table.cell(profile.name)} IS NULL",
        kind=Kind.COMPLETENESS,
        rule="nulls",
        severity=Severity.WARNING,
        dimension="completeness",
        message="empty cells: {count} ({share})",
        fix="Fill them, or say in a data contract that they may be missing.",
        threshold=MOST_NULLS,
    )


def _uniqueness(table: Table, profile: ColumnProfile) -> Check:
    share = profile.distinct / table.rows
    low = share < LEAST_DISTINCT
    return Check(
        id=f"{Kind.UNIQUENESS.value}:distinct:{profile.name}",
        kind=Kind.UNIQUENESS,
        rule="distinct",
        column=profile.name,
        severity=Severity.INFO,
        outcome=Outcome.WARN if low else Outcome.PASSED,
        message=f"only {profile.distinct:,} different values ({share:.2%} of the rows)"
        if low
        else "",
        dimension="uniqueness",
        threshold=LEAST_DISTINCT,
        observed=share,
        unit="distinct values by rows",
        fix="Nothing, if it is a category." if low else "",
    )


def _formulas(table: Table, name: str) -> Check:
    return column_check(
        table,
        name,
        formula_sql(table.cell(name)),
        kind=Kind.FORMULA,
        rule="injection",
        severity=Severity.WARNING,
        dimension="conformity",
        message="cells that a spreadsheet would run as a formula: {count}",
        fix="Nothing, if they are meant: an export as CSV puts an apostrophe before each.",
    )


def _is_column_of(each: Format, name: str, share: float) -> bool:
    """Say whether a column holds this format: by its name, or by nearly all of its cells."""
    return share >= MOSTLY or bool(each.words & header_words(name))


def _format(table: Table, name: str, each: Format) -> Check:
    cell = table.cell(name)
    return column_check(
        table,
        name,
        f"{cell} IS NOT NULL AND {each.wrong(cell)}",
        kind=Kind.FORMAT,
        rule=each.name,
        severity=Severity.ERROR,
        dimension="conformity",
        message=f"not a valid {each.name}: {{count}}",
        fix=f"Write them like {each.example}.",
    )


def _outliers(table: Table, name: str) -> Iterator[Check]:
    """Yield both outlier checks of a numeric column, exact over all values."""
    number = f"CAST({table.cell(name)} AS DOUBLE)"
    mean, deviation, low, high = table.ask(
        f"SELECT avg({number}), stddev_pop({number}), quantile_cont({number}, 0.25), "  # noqa: S608  # our own text
        f"quantile_cont({number}, 0.75) FROM data"
    )[0]
    far = MOST_DEVIATIONS * deviation
    yield _outlier(
        table,
        name,
        Kind.ZSCORE,
        f"abs({number} - {_sql(mean)}) > {_sql(far)}" if deviation else "false",
        f"values more than {MOST_DEVIATIONS:g} deviations from the mean: {{count}} ({{share}})",
    )
    reach = IQR_FACTOR * (high - low)
    yield _outlier(
        table,
        name,
        Kind.IQR,
        f"{number} < {_sql(low - reach)} OR {number} > {_sql(high + reach)}",
        f"values more than {IQR_FACTOR:g} interquartile ranges outside: {{count}} ({{share}})",
    )


def _outlier(table: Table, name: str, kind: Kind, condition: str, message: str) -> Check:
    return column_check(
        table,
        name,
        condition,
        kind=kind,
        rule="outliers",
        severity=Severity.WARNING,
        dimension="accuracy",
        message=message,
        fix="Check whether they are mistakes; real extremes may stay.",
    )


def _sql(number: Any) -> str:
    """Write a number so that SQL reads exactly the same one."""
    return f"CAST('{float(number)!r}' AS DOUBLE)"
