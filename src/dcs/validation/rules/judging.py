"""Judge rules from the outside: children run them, and whatever happens becomes a check."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import structlog

from dcs.engines.sandbox import ChildEndedError, Limits, Sandbox, TaskFailedError
from dcs.validation.models import Check, Kind
from dcs.validation.rules.deadline import GRACE
from dcs.validation.rules.journal import Read, read_journal
from dcs.validation.rules.models import (
    MIB,
    RowRule,
    Rule,
    RuleLimits,
    SqlRule,
    Verdict,
    rule_to_json,
)
from dcs.validation.rules.operators import plain, wording
from dcs.validation.rules.refusal import ALL_TOO_LONG, FAILED, MEMORY, TOO_LONG

log = structlog.get_logger()

TASK = "dcs.validation.rules.running:run_rules"
BESIDE_DUCKDB = 768 * MIB  # address space of the interpreter, the libraries and their threads
START = 20.0  # seconds a child may take to begin and to end
NOT_STARTED = "could not be run, because the table could not be opened for rules"


async def judge_rules(
    sandbox: Sandbox,
    table: Path,
    rules: Sequence[Rule],
    limits: RuleLimits,
    hidden: frozenset[str] = frozenset(),
) -> tuple[Check, ...]:
    """
    Judge a published table by the rules of its contract.

    A rule that cannot be run, takes too long, needs too much or ends its process is
    NOT_EVALUATED with its severity and a reason that quotes nothing of the table; the
    others go on, in a new process if need be.

    Args:
        table: The published Parquet file. Its folder holds what rules spill.
        hidden: Columns with personal data: a number that may be one of their values is
            compared, but not shown.

    Returns:
        One check for each rule, in their order.
    """
    verdicts: dict[int, Verdict] = {}
    left = list(enumerate(rules))
    clock = asyncio.get_running_loop()
    end = clock.time() + limits.seconds
    while left and (seconds := end - clock.time()) > 0:
        read = await _child(sandbox, table, left, replace(limits, seconds=seconds), hidden)
        verdicts |= read.verdicts or {n: Verdict(None, NOT_STARTED) for n, _ in left}
        left = [(number, rule) for number, rule in left if number not in verdicts]
    late = Verdict(None, ALL_TOO_LONG)
    return tuple(check_of(rule, verdicts.get(n, late)) for n, rule in enumerate(rules))


async def _child(
    sandbox: Sandbox,
    table: Path,
    rules: list[tuple[int, Rule]],
    limits: RuleLimits,
    hidden: frozenset[str],
) -> Read:
    """Run rules in one child; a rule that ends it gets its verdict from that."""
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, dir=table.parent)
    journal = Path(folder.name) / "journal"
    arguments = {
        "table": str(table),
        "rules": [(number, rule_to_json(each)) for number, each in rules],
        "limits": asdict(limits),
        "hidden": sorted(hidden),
        "scratch": folder.name,
        "journal": str(journal),
    }
    why = ""
    try:
        await sandbox.run(TASK, arguments, sandbox_limits(limits))
    except (ChildEndedError, TaskFailedError) as error:
        why = error.why if isinstance(error, ChildEndedError) else "failed"
        log.warning("rules_ended", why=why, detail=error.detail)
    finally:
        read = await asyncio.to_thread(read_journal, journal)
        await asyncio.to_thread(folder.cleanup)
    if read.running is not None:
        reason = TOO_LONG if read.late else _ENDED.get(why, FAILED)
        read.verdicts[read.running] = Verdict(None, reason)
    return read


_ENDED = {
    "memory": MEMORY,
    "time": TOO_LONG,
    "crash": "ended the process that ran it",
}


def sandbox_limits(limits: RuleLimits) -> Limits:
    """Return what a child that runs rules may use."""
    return Limits(
        memory=limits.memory + BESIDE_DUCKDB,
        seconds=limits.seconds + GRACE + START,
        file_size=max(limits.spill, MIB),
    )


def check_of(rule: Rule, verdict: Verdict) -> Check:
    """Return the check that a rule's verdict makes."""
    share = verdict.rows / verdict.of if verdict.of else 0.0
    return Check(
        id=f"{Kind.RULE.value}:{rule.id}",
        kind=Kind.RULE,
        rule="sql" if isinstance(rule, SqlRule) else "row",
        column=rule.column if isinstance(rule, SqlRule) else None,
        severity=rule.severity,
        outcome=verdict.outcome(rule.severity),
        message=_message(rule, verdict),
        dimension=rule.dimension,
        threshold=_threshold(rule),
        observed=verdict.observed,
        unit=rule.unit if isinstance(rule, SqlRule) else "rows",
        failed_rows=verdict.rows,
        failed_share=share,
        fix=_fix(rule, verdict),
        samples=verdict.samples,
        samples_truncated=verdict.rows > len({each.row for each in verdict.samples}),
        odcs_path=rule.odcs_path,
        operator=rule.operator.value if isinstance(rule, SqlRule) else None,
    )


def _message(rule: Rule, verdict: Verdict) -> str:
    """Return one sentence: what is broken, or why that is not known."""
    if verdict.broken is None:
        return f"the rule {verdict.reason}"
    if not verdict.broken:
        return ""
    if isinstance(rule, RowRule):
        found = f"{verdict.rows:,} rows break it"
    else:
        found = _comparison(rule, verdict)
    return f"{rule.message} ({found})" if rule.message else found


def _comparison(rule: SqlRule, verdict: Verdict) -> str:
    sign = " %" if rule.unit == "percent" else ""
    wanted = wording(rule.operator, rule.threshold)
    if verdict.observed is None:
        return f"must be {wanted}{sign}; the number is not shown, as it may be personal data"
    return f"{plain(verdict.observed)}{sign}, must be {wanted}{sign}"


def _fix(rule: Rule, verdict: Verdict) -> str:
    if verdict.broken is None:
        return "Mend the rule in the data contract; until then nobody knows whether it holds."
    if not verdict.broken:
        return ""
    given = rule.fix if isinstance(rule, RowRule) else ""
    return given or "Look at the rows the rule is about, or change the rule."


def _threshold(rule: Rule) -> float | None:
    """Return the one limit of a rule; an interval is told in words."""
    if isinstance(rule, RowRule):
        return 0.0
    return None if isinstance(rule.threshold, tuple) else float(rule.threshold)
