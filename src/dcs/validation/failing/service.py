"""Find the rows that failed a check, in children: the table is as hostile as the file it came from."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcs.catalog import Contracts, Version
from dcs.engines.database import Database
from dcs.engines.objects import ObjectStore
from dcs.engines.sandbox import Limits, Sandbox
from dcs.validation import kernels, store
from dcs.validation.contracts import read_contract
from dcs.validation.contracts.beyond_rows import business_rules
from dcs.validation.errors import CheckNotFoundError, ReportNotFoundError
from dcs.validation.models import Check, Kind, Report
from dcs.validation.rules import RowRule, RuleLimits, list_broken

TASK = "dcs.validation.failing.listing:list_rows"
DUCKDB_SHARE = 0.4  # of the child's memory


@dataclass(frozen=True, slots=True)
class FailingRows:
    """
    Rows that failed one check.

    Attributes:
        rows: Data rows from 1, ascending, each once.
        failed: How many failed in all.
        complete: Whether no row behind these failed.
    """

    rows: Sequence[int]
    failed: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Failing:
    """Answer which rows failed; whether somebody may know is asked by the caller."""

    database: Database
    objects: ObjectStore
    sandbox: Sandbox
    contracts: Contracts
    limits: Limits
    rule_limits: RuleLimits
    scratch: Path

    async def rows(self, version: Version, check: str, after: int, limit: int) -> FailingRows:
        """
        Return the first rows behind row *after* that failed a check.

        A check that counts something else than rows has none. Of one whose rows cannot be
        told apart again, such as personal data that is new, they are those the report names.

        Raises:
            ReportNotFoundError: The version has not been judged yet.
            CheckNotFoundError: Its report has no such check.
            ChildEndedError: Looking for them needed more than it may.
        """
        document = await self.database.read(
            version.tenant, lambda s: store.get_report(s, version.id)
        )
        if document is None:
            raise ReportNotFoundError("This version has not been judged yet.")
        report = Report.from_json(document)
        found = next((each for each in report.checks if each.id == check), None)
        if found is None:
            raise CheckNotFoundError("The report has no check of this id.")
        if not found.failed_rows or version.table_sha256 is None:
            return FailingRows((), found.failed_rows, not found.failed_rows)
        rows = await self._listed(version, version.table_sha256, found, after, limit + 1)
        if rows is None:
            named = sorted({each.row for each in found.samples if each.row > after})
            return FailingRows(named[:limit], found.failed_rows, not found.samples_truncated)
        return FailingRows(rows[:limit], found.failed_rows, len(rows) <= limit)

    async def _listed(
        self, version: Version, table: str, check: Check, after: int, limit: int
    ) -> Sequence[int] | None:
        """Let a child list rows; None where it cannot tell them."""
        stored = await self.contracts.find(version.tenant, version.contract)
        contract = None if stored is None else stored.document
        folder = await asyncio.to_thread(tempfile.TemporaryDirectory, dir=self.scratch)
        try:
            async with self.objects.local_path(version.tenant, table) as path:
                if check.kind is Kind.RULE:
                    rule = await asyncio.to_thread(_rule, contract, check)
                    if rule is None:
                        return None
                    return await list_broken(
                        self.sandbox, path, rule, self.rule_limits, Path(folder.name), after, limit
                    )
                return await self._in_child(path, contract, check, Path(folder.name), after, limit)
        finally:
            await asyncio.to_thread(folder.cleanup)

    async def _in_child(
        self,
        table: Path,
        contract: str | None,
        check: Check,
        scratch: Path,
        after: int,
        limit: int,
    ) -> Sequence[int] | None:
        arguments: dict[str, Any] = {
            "table": str(table),
            "contract": contract,
            "check": {
                "kind": check.kind.value,
                "rule": check.rule,
                "column": check.column,
                "odcs_path": check.odcs_path,
            },
            "after": after,
            "limit": limit,
            "scratch": str(scratch),
            "memory": int(self.limits.memory * DUCKDB_SHARE),
            "kernels": str(await asyncio.to_thread(kernels.built)),
        }
        rows: Sequence[int] | None = await self.sandbox.run(TASK, arguments, self.limits)
        return rows


def _rule(contract: str | None, check: Check) -> RowRule | None:
    """Return the rule on rows that a check came from; None where the contract is read otherwise now."""
    rules = () if contract is None else business_rules(read_contract(contract.encode()))
    found = (each for each in rules if each.odcs_path == check.odcs_path)
    return next((each for each in found if isinstance(each, RowRule)), None)
