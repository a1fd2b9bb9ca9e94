"""List the rows that break a row rule, in a child behind the same walls as the one that judged it."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dcs.engines.sandbox import Sandbox
from dcs.validation.rules.judging import sandbox_limits
from dcs.validation.rules.models import RowRule, RuleLimits, rule_to_json

TASK = "dcs.validation.rules.running:list_rows"


async def list_broken(
    sandbox: Sandbox,
    table: Path,
    rule: RowRule,
    limits: RuleLimits,
    scratch: Path,
    after: int,
    limit: int,
) -> Sequence[int]:
    """
    Return the numbers of the first rows behind *after* that break a rule, ascending.

    Args:
        table: The published Parquet file.
        scratch: An empty folder to spill into.

    Raises:
        ChildEndedError: The rule took or needed more than *limits*.
        TaskFailedError: It could not be run.
    """
    arguments = {
        "table": str(table),
        "rule": rule_to_json(rule),
        "limits": asdict(limits),
        "scratch": str(scratch),
        "after": after,
        "limit": limit,
    }
    rows: Sequence[int] = await sandbox.run(TASK, arguments, sandbox_limits(limits))
    return rows
