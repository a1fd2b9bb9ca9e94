"""List the rows that break a row rule, in a child behind the same walls as the one that judged it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dcs.engines.sandbox import Sandbox
from dcs.validation.rules.deadline import Deadline
from dcs.validation.rules.judging import sandbox_limits
from dcs.validation.rules.locked import LockedTable
from dcs.validation.rules.models import RowRule, RuleLimits, rule_from_json, rule_to_json
from dcs.validation.rules.rows import broken_rows

TASK = "dcs.validation.rules.listing:list_in_child"


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


def list_in_child(arguments: Mapping[str, Any]) -> list[int]:
    """List rows in this process; the sandbox's task. See `list_broken`."""
    limits = RuleLimits(**arguments["limits"])
    rule = rule_from_json(arguments["rule"])
    if not isinstance(rule, RowRule):
        raise TypeError("a query tells no rows")
    table = LockedTable(Path(arguments["table"]), [], Path(arguments["scratch"]), limits)
    cursor = table.cursor()
    try:
        with Deadline(cursor, limits.rule_seconds, lambda: os._exit(1)):
            return broken_rows(table, cursor, rule, arguments["after"], arguments["limit"])
    finally:
        cursor.close()
        table.close()
