"""
Run rules in a child process that can be thrown away: the sandbox's tasks.

A rule that fails ends its own check. After one that leaves DuckDB in a state nobody
knows (out of memory, an error of its own) the child stops, and the caller has the
rest run in a new one.
"""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from dcs.validation.rules.deadline import Deadline
from dcs.validation.rules.failures import is_lasting, reason_of
from dcs.validation.rules.figures import judge_figure
from dcs.validation.rules.journal import Journal
from dcs.validation.rules.locked import LockedTable
from dcs.validation.rules.models import RowRule, Rule, RuleLimits, SqlRule, Verdict, rule_from_json
from dcs.validation.rules.names import folded
from dcs.validation.rules.refusal import ALL_TOO_LONG, MEMORY, TOO_LONG, RefusedError
from dcs.validation.rules.rows import broken_rows, judge_rows


def run_rules(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """
    Run rules over one table, each within its limits.

    Args:
        arguments: ``table``, a Parquet file; ``rules``, pairs of a number and
            what `rule_to_json` gives; ``limits``, the attributes of `RuleLimits`; ``hidden``,
            columns whose values are never shown; ``scratch``, an empty folder; ``journal``, a
            file there.

    Returns:
        ``verdicts``: pairs of a number and a verdict, of as many rules as were reached.
    """
    limits = RuleLimits(**arguments["limits"])
    rules = [(number, rule_from_json(each)) for number, each in arguments["rules"]]
    hidden = frozenset(folded(each) for each in arguments["hidden"])
    end = time.monotonic() + limits.seconds
    names = [each.table for _, each in rules if isinstance(each, SqlRule)]
    table = LockedTable(Path(arguments["table"]), names, Path(arguments["scratch"]), limits)
    run = _Run(table, Journal(Path(arguments["journal"])), hidden)
    verdicts: list[tuple[int, dict[str, Any]]] = []
    try:
        for number, rule in rules:
            verdict = run.rule(number, rule, min(limits.rule_seconds, end - time.monotonic()))
            verdicts.append((number, verdict.to_json()))
            if run.spoiled:
                break
    finally:
        table.close()
    return {"verdicts": verdicts}


def list_rows(arguments: Mapping[str, Any]) -> list[int]:
    """
    List the first rows behind one that break a row rule; see `list_broken`.

    Args:
        arguments: ``table``, ``limits`` and ``scratch`` as above; ``rule``, ``after`` and ``limit``.
    """
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


class _Run:
    """Rules over one table, until one of them spoils it for the others."""

    def __init__(self, table: LockedTable, journal: Journal, hidden: frozenset[str]) -> None:
        self.spoiled = False
        self._table = table
        self._journal = journal
        self._hidden = hidden

    def rule(self, number: int, rule: Rule, seconds: float) -> Verdict:
        """Run one rule and note how it ended."""
        self._journal.begin(number)
        verdict = Verdict(None, ALL_TOO_LONG)
        if seconds > 0:
            verdict = self._judge(rule, seconds, lambda: self._give_up(number))
        self._journal.end(number, verdict)
        return verdict

    def _judge(self, rule: Rule, seconds: float, stuck: Callable[[], None]) -> Verdict:
        cursor = self._table.cursor()
        deadline = Deadline(cursor, seconds, stuck)
        try:
            with deadline:
                if isinstance(rule, SqlRule):
                    return judge_figure(self._table, cursor, rule, self._hidden)
                return judge_rows(self._table, cursor, rule)
        except RefusedError as error:
            return Verdict(None, error.reason)
        except duckdb.Error as error:
            self.spoiled = is_lasting(error)
            return Verdict(None, TOO_LONG if deadline.passed else reason_of(error))
        except MemoryError:
            self.spoiled = True
            return Verdict(None, MEMORY)
        except RecursionError:
            return Verdict(None, "is nested too deeply")
        finally:
            cursor.close()

    def _give_up(self, number: int) -> None:
        """End this process, which waits for a query that cannot be interrupted."""
        self._journal.late(number)
        os._exit(1)
