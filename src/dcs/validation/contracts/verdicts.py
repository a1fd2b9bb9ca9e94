"""The checks a data contract calls for: every promise, on every row."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from dcs.validation.contracts.conditions import column_promises
from dcs.validation.contracts.counting import judged
from dcs.validation.contracts.engine_rules import CONDITIONS, engine_promise
from dcs.validation.contracts.keys import composite_key, foreign_key, unique_promises
from dcs.validation.contracts.metrics import library_promise
from dcs.validation.contracts.promises import Promise, Rows, not_evaluated, rule_of
from dcs.validation.contracts.terms import (
    Contract,
    ContractColumn,
    ContractObject,
    Quality,
    QualityType,
    ServiceLevel,
)
from dcs.validation.models import Check, Kind, Outcome, Severity

Judge = Callable[[Quality], Iterable[Check]]
_NOBODY = "nobody was asked to"


def contract_checks(
    table: Rows,
    contract: Contract,
    *,
    references: Mapping[str, Path] | None = None,
    judges: Mapping[str, Judge] | None = None,
) -> Iterator[Check]:
    """
    Yield the outcome of every promise, and what the contract does not know of.

    The conditions of about a hundred columns are counted in one statement; rows are
    looked up only for those that are broken.

    Args:
        references: Other datasets' tables as Parquet, by name: those that whoever sent
            the file may read. A relationship to any other is not evaluated.
        judges: Who judges quality rules that need more than the rows: by ``sql`` for
            queries and by the name of its check for a rule of the engine ``dcs``. A rule
            that nobody judges is not evaluated; none passes by silence.
    """
    questions = _questions(table, contract, references or {}, judges or {})
    yield from _distinct(_answered(table, questions))


def promises(table: Rows, contract: Contract) -> Iterator[Promise]:
    """Yield the promises that the rows of one table alone can answer."""
    questions = _questions(table, contract, {}, {})
    yield from (each for each in questions if isinstance(each, Promise))


def _questions(
    table: Rows, contract: Contract, references: Mapping[str, Path], judges: Mapping[str, Judge]
) -> Iterator[Promise | Check]:
    first, *others = contract.objects
    alone = len(first.primary_key) == 1
    present = frozenset(table.names)
    for column in first.columns:
        if column.name in present:
            yield from column_promises(table, column)
            yield from unique_promises(table, column, alone)
        else:
            yield _missing(column)
    yield from composite_key(table, first)
    for relationship in first.all_relationships():
        yield foreign_key(table, relationship, references)
    for quality in first.all_quality():
        yield from _quality(table, first, quality, judges)
    yield from _left_over(contract, others, judges)
    promised = {column.name for column in first.columns}
    yield from (_unexpected(name) for name in table.names if name not in promised)


def _quality(
    table: Rows, of: ContractObject, quality: Quality, judges: Mapping[str, Judge]
) -> Iterator[Promise | Check]:
    judge = judges.get("sql" if quality.type is QualityType.SQL else quality.check or "")
    if judge is not None and not quality.unclear:
        yield from judge(quality)
        return
    match quality.type:
        case QualityType.LIBRARY:
            yield library_promise(table, quality, of)
        case QualityType.CUSTOM if quality.unclear or quality.check in CONDITIONS:
            yield engine_promise(table, quality)
        case QualityType.TEXT if quality.text:
            yield _attestation(quality)
        case _:
            why = quality.unclear or _NOBODY
            yield not_evaluated(
                quality.path,
                rule_of(quality),
                quality.column,
                why,
                quality.severity,
                quality.dimension,
            )


def _left_over(
    contract: Contract, others: Iterable[ContractObject], judges: Mapping[str, Judge]
) -> Iterator[Check]:
    """Name what the contract says and a look at this file's rows cannot tell."""
    for column in contract.columns:
        for name in column.unchecked:
            path = f"{column.path}.{name}"
            yield not_evaluated(
                path, name, column.name, "it is no promise that can be checked here"
            )
    for level in contract.freshness:
        yield from _freshness(contract.objects[0], level, judges)
    for each in others:
        why = f"a file is judged by the first object, {contract.objects[0].name!r}"
        yield not_evaluated(each.path, f"object {each.name}", None, why)


def _freshness(
    of: ContractObject, level: ServiceLevel, judges: Mapping[str, Judge]
) -> Iterator[Check]:
    """Let a service level be judged as the rule that it is."""
    column = of.named((level.element or "").rpartition(".")[2])
    rule = Quality(
        path=level.path,
        type=QualityType.CUSTOM,
        column=None if column is None else column.name,
        engine="dcs",
        implementation={"check": "freshness", "value": level.value, "unit": level.unit},
        dimension="timeliness",
    )
    if column is not None and "freshness" in judges:
        yield from judges["freshness"](rule)
        return
    why = _NOBODY if column is not None else "its element is no column of the file"
    yield not_evaluated(level.path, "freshness", rule.column, why, dimension=rule.dimension)


def _answered(table: Rows, questions: Iterator[Promise | Check]) -> Iterator[Check]:
    """Ask the promises together, and leave what is a check already in its place."""
    pending: list[Promise | Check] = list(questions)
    checks = judged(table, [each for each in pending if isinstance(each, Promise)])
    for is_promise, run in groupby(pending, lambda each: isinstance(each, Promise)):
        for each in run:
            yield next(checks) if is_promise else each  # type: ignore[misc]  # a run has one kind


def _distinct(checks: Iterator[Check]) -> Iterator[Check]:
    """Number checks that would have the same id: two rules may measure the same."""
    seen: Counter[str] = Counter()
    for check in checks:
        seen[check.id] += 1
        times = seen[check.id]
        yield check if times == 1 else replace(check, id=f"{check.id}#{times}")


def _missing(column: ContractColumn) -> Check:
    return Check(
        id=f"contract:missing_column:{column.name}",
        kind=Kind.CONTRACT,
        rule="missing_column",
        column=column.name,
        severity=Severity.ERROR,
        outcome=Outcome.FAILED if column.stored else Outcome.EXCLUDED,
        message="the contract promises this column and the file does not have it"
        if column.stored
        else "a measure is computed from the rows, and not a column of them",
        dimension="conformity",
        fix="Add the column, or change the contract." if column.stored else "",
        odcs_path=column.path,
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


def _attestation(quality: Quality) -> Check:
    """Return what only a person can confirm; it neither passes nor fails here."""
    return Check(
        id=f"contract:{quality.id or 'attestation'}:{quality.column or ''}",
        kind=Kind.CONTRACT,
        rule="attestation",
        column=quality.column,
        severity=quality.severity,
        outcome=Outcome.EXCLUDED,
        message=f"to be confirmed by a person: {quality.text}",
        dimension=quality.dimension,
        odcs_path=quality.path,
    )
