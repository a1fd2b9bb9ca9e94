"""
The default checks: what every table is asked, on all of its rows.

Thresholds are those of the product's guide, applied to every row instead of
the first hundred: more than 5 % missing, fewer than 1 % distinct texts,
e-mail and phone formats, |z| > 3 (population deviation) and 1.5 times the
interquartile range (linear interpolation).
"""

from collections.abc import Iterator, Sequence

from dcs.validation.examined import Examined, ExaminedColumn, Format
from dcs.validation.kernels.cells import KINDS, TEXT
from dcs.validation.masking import sample_of
from dcs.validation.models import Check, Kind, Outcome, Sample, Severity
from dcs.validation.passes.second import IQR_FACTOR, MOST_DEVIATIONS
from dcs.validation.statistics.distinct import STANDARD_ERROR
from dcs.validation.statistics.located import Located

MOST_NULLS = 0.05
LEAST_DISTINCT = 0.01
MOST_STRAYS = 0.05  # texts in a column whose other values are all numbers, or all dates
SURE = 3  # standard errors within which an estimate nearly always is


def default_checks(examined: Examined) -> Iterator[Check]:
    """Yield the outcome of every default check: of whole rows, then column by column."""
    yield _repetition(examined)
    for column in examined.columns.values():
        yield _completeness(examined, column)
        if column.kind == "text":
            yield _uniqueness(examined, column)
            yield _formulas(examined, column)
            yield from _strays(examined, column)
        for form, wrong in column.wrong.items():
            yield _format(examined, column, form, wrong)
        if column.exact is not None:
            yield from _outliers(examined, column)


def located_check(
    kind: Kind,
    rule: str,
    column: str | None,
    found: Located,
    rows: int,
    *,
    severity: Severity,
    dimension: str,
    message: str,
    fix: str,
    threshold: float = 0.0,
    samples: Sequence[Sample] = (),
) -> Check:
    """
    Return the check of a rule that some rows may break.

    Args:
        found: The rows that break it.
        message: What to say if too many do; ``{count}`` and ``{share}`` are filled in.
        threshold: The share of rows that may break it.
        samples: Where the first of them are.
    """
    share = found.count / rows
    broken = share > threshold
    outcome = Outcome.PASSED
    if broken:
        outcome = Outcome.FAILED if severity is Severity.ERROR else Outcome.WARN
    return Check(
        id=":".join([kind.value, rule] + ([] if column is None else [column])),
        kind=kind,
        rule=rule,
        column=column,
        severity=severity,
        outcome=outcome,
        message=message.format(count=f"{found.count:,}", share=f"{share:.1%}") if broken else "",
        dimension=dimension,
        threshold=threshold,
        observed=share,
        unit="share of rows",
        failed_rows=found.count if broken else 0,
        failed_share=share if broken else 0.0,
        fix=fix if broken else "",
        samples=tuple(samples) if broken else (),
        samples_truncated=broken and found.count > len(samples),
        operator="mustBeLessOrEqualTo",
    )


def _repetition(examined: Examined) -> Check:
    found = examined.repeated
    return located_check(
        Kind.UNIQUENESS,
        "repeated_rows",
        None,
        found,
        examined.rows,
        severity=Severity.WARNING,
        dimension="uniqueness",
        message="rows that repeat an earlier one in every column: {count} ({share})",
        fix="Remove the repetitions, or add a column that tells the rows apart.",
        samples=[Sample(row, "", "the whole row") for row in found.rows],
    )


def _completeness(examined: Examined, column: ExaminedColumn) -> Check:
    return located_check(
        Kind.COMPLETENESS,
        "nulls",
        column.name,
        column.nulls,
        examined.rows,
        severity=Severity.WARNING,
        dimension="completeness",
        message="empty cells: {count} ({share})",
        fix="Fill them, or say in a data contract that they may be missing.",
        threshold=MOST_NULLS,
        samples=[Sample(row, column.name, "") for row in column.nulls.rows],
    )


def _uniqueness(examined: Examined, column: ExaminedColumn) -> Check:
    distinct = column.statistics.distinct
    count, exact = min(distinct.count(), examined.rows), distinct.is_exact
    share = count / examined.rows
    low = share < LEAST_DISTINCT
    return Check(
        id=f"{Kind.UNIQUENESS.value}:distinct:{column.name}",
        kind=Kind.UNIQUENESS,
        rule="distinct",
        column=column.name,
        severity=Severity.INFO,
        outcome=Outcome.WARN if low else Outcome.PASSED,
        message=f"only {count:,} different values ({share:.2%} of the rows)" if low else "",
        dimension="uniqueness",
        threshold=LEAST_DISTINCT,
        observed=share,
        unit="distinct values by rows",
        fix="Nothing, if it is a category." if low else "",
        exact=exact,
        error_bound=None if exact else SURE * STANDARD_ERROR * share,
        operator="mustBeGreaterOrEqualTo",
    )


def _formulas(examined: Examined, column: ExaminedColumn) -> Check:
    found = column.statistics.formulas
    return located_check(
        Kind.FORMULA,
        "injection",
        column.name,
        found,
        examined.rows,
        severity=Severity.WARNING,
        dimension="conformity",
        message="cells that a spreadsheet would run as a formula: {count}",
        fix="Nothing, if they are meant: an export as CSV puts an apostrophe before each.",
        samples=examined.samples(column.name, found),
    )


def _strays(examined: Examined, column: ExaminedColumn) -> Iterator[Check]:
    """Yield the few texts that keep a column from being one of numbers, dates or truth values."""
    statistics = column.statistics
    strays = statistics.located(TEXT)
    others = statistics.filled - strays.count
    if not strays.count or strays.count > statistics.filled * MOST_STRAYS:
        return
    names = [kind for place, kind in enumerate(KINDS) if place != TEXT and statistics.counts[place]]
    if not others or not (set(names) <= {"integer", "number"} or len(names) == 1):
        return
    yield located_check(
        Kind.FORMAT,
        "mixed_types",
        column.name,
        strays,
        examined.rows,
        severity=Severity.WARNING,
        dimension="conformity",
        message=f"not of type {names[-1]} as all other values are: {{count}}",
        fix=f"Write them as {names[-1]}, or leave them empty.",
        samples=examined.samples(column.name, strays),
    )


def _format(examined: Examined, column: ExaminedColumn, form: Format, wrong: Located) -> Check:
    return located_check(
        Kind.FORMAT,
        form.name,
        column.name,
        wrong,
        examined.rows,
        severity=Severity.ERROR,
        dimension="conformity",
        message=f"not a valid {form.name}: {{count}}",
        fix=f"Write them like {form.example}.",
        samples=examined.samples(column.name, wrong),
    )


def _outliers(examined: Examined, column: ExaminedColumn) -> Iterator[Check]:
    """Yield both outlier checks of a numeric column, exact over all values."""
    exact = column.exact
    if exact is None:
        return
    yield _outlier(
        examined,
        column,
        Kind.ZSCORE,
        exact.far,
        exact.far_values,
        f"values more than {MOST_DEVIATIONS:g} deviations from the mean: {{count}} ({{share}})",
    )
    yield _outlier(
        examined,
        column,
        Kind.IQR,
        exact.outside,
        exact.outside_values,
        f"values more than {IQR_FACTOR:g} interquartile ranges outside: {{count}} ({{share}})",
    )


def _outlier(
    examined: Examined,
    column: ExaminedColumn,
    kind: Kind,
    found: Located,
    values: Sequence[float],
    message: str,
) -> Check:
    texts = [f"{value:.0f}" if column.kind == "integer" else repr(value) for value in values]
    return located_check(
        kind,
        "outliers",
        column.name,
        found,
        examined.rows,
        severity=Severity.WARNING,
        dimension="accuracy",
        message=message,
        fix="Check whether they are mistakes; real extremes may stay.",
        samples=[
            sample_of(examined.key, row, column.name, text)
            for row, text in zip(found.rows, texts, strict=False)
        ],
    )
