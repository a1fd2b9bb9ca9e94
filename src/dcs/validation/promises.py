"""The checks a data contract calls for: every promise, on every row."""

from collections.abc import Iterator

from dcs.validation.contract import Contract, ContractColumn
from dcs.validation.models import SAMPLES, Check, Kind, Outcome, Sample, Severity
from dcs.validation.shapes import shape
from dcs.validation.sql import quoted_text
from dcs.validation.table import Table


def contract_checks(table: Table, contract: Contract) -> Iterator[Check]:
    """Yield the outcome of every promise, and what the contract does not know of."""
    for column in contract.columns:
        if column.name in table.names:
            yield from _column_checks(table, column)
        else:
            yield _missing(column)
    yield from (_not_checked(None, name) for name in contract.unchecked)
    for column in contract.columns:
        yield from (_not_checked(column.name, name) for name in column.unchecked)
    promised = {column.name for column in contract.columns}
    for name in table.names:
        if name not in promised:
            yield _unexpected(name)


def _column_checks(table: Table, column: ContractColumn) -> Iterator[Check]:
    cell = table.text(column.name)
    if column.type is not None and column.type != "string":
        yield _broken(
            table,
            column,
            "type",
            f"{cell} IS NOT NULL AND NOT coalesce({_fits(table, column.type, column.name)}, false)",
            f"not of type {column.type}: {{count}}",
            f"Write every value as {column.type}, or change the contract.",
        )
    if column.required:
        yield _broken(
            table,
            column,
            "required",
            f"{cell} IS NULL",
            "required and missing: {count}",
            "Fill them; the contract allows no gaps here.",
        )
    if column.unique:
        yield _broken(
            table,
            column,
            "unique",
            f"{cell} IN (SELECT {cell} FROM data GROUP BY {cell} HAVING count(*) > 1)",  # noqa: S608  # ours
            "repeated although it must be unique: {count} rows",
            "Remove the repetitions.",
        )
    if column.enum:
        allowed = ", ".join(quoted_text(value) for value in column.enum)
        yield _broken(
            table,
            column,
            "enum",
            f"{cell} IS NOT NULL AND {cell} NOT IN ({allowed})",
            f"not among the {len(column.enum)} allowed values: {{count}}",
            "Use the values of the contract, in the same spelling.",
        )
    if column.pattern is not None:
        yield _broken(
            table,
            column,
            "pattern",
            f"{cell} IS NOT NULL AND NOT regexp_matches({cell}, {quoted_text(column.pattern)})",
            "not in the form the contract promises: {count}",
            "Write them in the promised form.",
        )


def _fits(table: Table, kind: str, name: str) -> str:
    """Return SQL that is true for values of a type; every whole number is a number too."""
    return table.fits(kind, name)


def _broken(
    table: Table, column: ContractColumn, rule: str, condition: str, message: str, fix: str
) -> Check:
    return column_check(
        table,
        column.name,
        condition,
        kind=Kind.CONTRACT,
        rule=rule,
        severity=Severity.ERROR,
        dimension="uniqueness" if rule == "unique" else "conformity",
        message=message,
        fix=fix,
    )


def located(table: Table, name: str, condition: str) -> tuple[int, tuple[Sample, ...]]:
    """Count the rows in which *condition* holds and locate the first of them, masked."""
    cell = table.text(name)
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


def _missing(column: ContractColumn) -> Check:
    return Check(
        id=f"contract:missing_column:{column.name}",
        kind=Kind.CONTRACT,
        rule="missing_column",
        column=column.name,
        severity=Severity.ERROR,
        outcome=Outcome.FAILED,
        message="the contract promises this column and the file does not have it",
        dimension="conformity",
        fix="Add the column, or change the contract.",
    )


def _unexpected(name: str) -> Check:
    return Check(
        id=f"contract:unexpected_column:{name}",
        kind=Kind.CONTRACT,
        rule="unexpected_column",
        column=name,
        severity=Severity.WARNING,
        outcome=Outcome.WARN,
        message="the file has this column and the contract does not know it",
        dimension="conformity",
        fix="Add it to the contract, or leave it out.",
    )


def _not_checked(column: str | None, promise: str) -> Check:
    return Check(
        id=f"contract:{promise}:{column or ''}",
        kind=Kind.CONTRACT,
        rule=promise,
        column=column,
        severity=Severity.WARNING,
        outcome=Outcome.NOT_EVALUATED,
        message=f"the contract promises {promise}, which is not checked yet",
        dimension="conformity",
        fix="Check it by other means before you rely on it.",
    )
