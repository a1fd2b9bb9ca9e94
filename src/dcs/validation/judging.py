"""
Judge a file from the outside: a child reads it, and whatever happens to the child becomes a report.

A file can make its own report bad, never this process.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from dcs.engines.sandbox import ChildEndedError, Limits, Progress, Sandbox, TaskFailedError
from dcs.validation import kernels
from dcs.validation.contracts import read_contract
from dcs.validation.delimited.structure import StructureError
from dcs.validation.models import Report
from dcs.validation.rules import Rule, RuleLimits, judge_rules
from dcs.validation.unreadable import unreadable

log = structlog.get_logger()

TASK = "dcs.validation.running:judge_file"


async def judge(
    sandbox: Sandbox,
    path: Path,
    *,
    filename: str,
    contract: bytes | None,
    target: Path,
    scratch: Path,
    limits: Limits,
    key: bytes = b"",
    references: Mapping[str, Path] | None = None,
    now: datetime | None = None,
    rule_limits: RuleLimits = RuleLimits(),  # noqa: B008  # frozen
    told: Progress | None = None,
    sketched: bool = False,
    previous: Mapping[str, Any] | None = None,
    recognizers: bytes | None = None,
    dataset: str | None = None,
    detector: str | None = None,
) -> Report:
    """
    Judge a file and write its table as Parquet.

    Args:
        path: The file.
        filename: What its sender called it.
        contract: The data contract's document, if there is one; already known to be valid.
        target: Where the table is written; it is there only if the file could be read.
        scratch: An empty folder for intermediate files, on the same disk.
        limits: What the child may use.
        key: The secret that digests of values are keyed with.
        references: Tables that the contract's relationships refer to, by name.
        now: The moment that ages are counted from, with its time zone; now without it.
        rule_limits: What the contract's rules in SQL and on rows may use.
        sketched: Whether the report comes with what a later version can be compared with.
        previous: Such a sketch of an earlier version; the report then says what changed.
        recognizers: What the organisation knows of its personal data, as a document that was
            found valid.
        dataset: The name of the dataset the file belongs to.
        detector: A name detector of the operator's own, as `ask_detector` takes it.
        told: Called with bytes done and bytes in all while the file is judged.

    Returns:
        The report. A file that cannot be read, or that ends its reader, gets one too.
    """
    arguments = {
        "path": str(path),
        "filename": filename,
        "contract": None if contract is None else contract.decode(),
        "target": str(target),
        "scratch": str(scratch),
        "memory": limits.memory,
        "key": key.hex(),
        "kernels": str(await asyncio.to_thread(kernels.built)),
        "now": (now or datetime.now(UTC)).isoformat(),
        "sketched": sketched or previous is not None,
        "previous": previous,
        "recognizers": None if recognizers is None else recognizers.decode(),
        "dataset": dataset,
        "detector": detector,
        "references": {name: str(each) for name, each in (references or {}).items()},
    }
    try:
        report = Report.from_json(await sandbox.run(TASK, arguments, limits, told))
    except (ChildEndedError, TaskFailedError) as error:
        await asyncio.to_thread(target.unlink, missing_ok=True)
        log.warning("file_reader_ended", error=type(error).__name__, detail=error.detail)
        why = error.why if isinstance(error, ChildEndedError) else "crash"
        return unreadable(path, filename, _ended(why))
    if contract is None or report.rows is None:
        return report
    rules = await asyncio.to_thread(_rules, contract)
    return await _with_rules(report, sandbox, target, rules, rule_limits)


def _rules(document: bytes) -> Sequence[Rule]:
    from dcs.validation.contracts.beyond_rows import business_rules

    return business_rules(read_contract(document))


async def _with_rules(
    report: Report, sandbox: Sandbox, table: Path, rules: Sequence[Rule], limits: RuleLimits
) -> Report:
    """Replace what nobody could say of the business rules by what they say of the table."""
    if not rules:
        return report
    judged = {each.odcs_path for each in rules}
    others = tuple(each for each in report.checks if each.odcs_path not in judged)
    hidden = frozenset(each.column for each in report.personal_data)
    checks = await judge_rules(sandbox, table, rules, limits, hidden)
    return replace(report, checks=others + checks)


def _ended(why: str) -> StructureError:
    what = {
        "memory": "needed more memory than a file may",
        "time": "took longer than a file may",
        "output": "gave a longer report than a file may",
    }.get(why, "was ended by the file")
    return StructureError(
        f"reader_{why}",
        f"The process that read the file {what}.",
        "Split the file, or look for a cell that has swallowed many others.",
    )
