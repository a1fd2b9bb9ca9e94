"""Judge versions and keep their reports."""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dcs.catalog import (
    Catalog,
    Column,
    Dataset,
    StoredContract,
    Version,
    VersionNotFoundError,
    version_resource,
)
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.engines.objects import ObjectStore, StoredObject
from dcs.engines.sandbox import Limits, Sandbox
from dcs.observability import Metrics
from dcs.policy import Action, Permits
from dcs.validation import store
from dcs.validation.contract import parse_contract
from dcs.validation.drift import Diff, distance
from dcs.validation.errors import NothingToCompareError, ReportNotFoundError
from dcs.validation.failing import FailingRows, failing_rows
from dcs.validation.history import History
from dcs.validation.judging import judge
from dcs.validation.models import Outcome, Report
from dcs.validation.sketches import Sketches

FAILING = "failing.parquet"


@dataclass(frozen=True, slots=True)
class Judged:
    """A report, the published table where the file could be read, and the rows that failed."""

    report: Report
    table: StoredObject | None
    failing: StoredObject | None = None


@dataclass(frozen=True, slots=True)
class Reports:
    """Judge a version's file and answer for what was found."""

    database: Database
    objects: ObjectStore
    sandbox: Sandbox
    catalog: Catalog
    permits: Permits
    clock: Clock
    metrics: Metrics
    limits: Limits
    scratch: Path
    sketches: Sketches
    history: History

    async def judge(self, tenant: TenantId, version: Version) -> Judged:
        """
        Judge a version's file in a child process; nothing is kept yet.

        The table is stored durably before this returns, so the transaction that
        keeps the report can refer to it. The version that is active now is what
        it is compared with.
        """
        contract = await self.catalog.contract(tenant, version.contract)
        document = None if contract is None else contract.document.encode()
        key = await self.sketches.key(tenant)
        previous = await self.sketches.before(tenant, version)
        folder = await asyncio.to_thread(tempfile.TemporaryDirectory, dir=self.scratch)
        try:
            target, failing = (Path(folder.name) / name for name in ("table.parquet", FAILING))
            async with self.objects.local_path(tenant, version.sha256) as path:
                report = await judge(
                    self.sandbox,
                    path,
                    filename=version.filename,
                    contract=document,
                    target=target,
                    scratch=Path(folder.name),
                    limits=self.limits,
                    key=key,
                    previous=previous,
                    failing=failing,
                )
            readable = report.rows is not None
            table = await self.objects.put_file(tenant, target) if readable else None
            rows = await self.objects.put_file(tenant, failing) if failing.exists() else None
        finally:
            await asyncio.to_thread(folder.cleanup)
        return Judged(report, table, rows)

    def keep(self, session: Session, version: Version, judged: Judged) -> None:
        """Keep the report and what it says of the version, in the running transaction."""
        report, table = judged.report, judged.table
        if table is not None:
            self.catalog.know_object(session, table.sha256, table.size)
        self.catalog.note_validation(
            session,
            version.id,
            rows=report.rows,
            columns=[
                Column(each.name, each.type, each.tags, each.method) for each in report.columns
            ],
            table_sha256=None if table is None else table.sha256,
            contains_personal_data=None if table is None else bool(report.personal_data),
        )
        now = self.clock.now()
        store.keep_report(session, version.id, report.to_json(), now)
        self.history.keep(session, version, report)
        if report.sketch is not None:
            self.sketches.keep(session, version, report.sketch)
        if judged.failing is not None:
            self.catalog.know_object(session, judged.failing.sha256, judged.failing.size)
            store.keep_failing(session, version.id, judged.failing.sha256, now)
        for check in report.findings:
            if check.outcome is Outcome.FAILED:
                self.metrics.validation_errors.labels(check.kind.value, version.tenant).inc()

    async def report(self, actor: Actor, dataset: str, number: int) -> Mapping[str, Any]:
        """
        Return a version's report document, if *actor* may see it.

        Raises:
            ReportNotFoundError: The version has not been judged yet.
        """
        _, version = await self.readable(actor, dataset, number)
        return await self._judged(version)

    async def readable(self, actor: Actor, dataset: str, number: int) -> tuple[Dataset, Version]:
        """
        Return a version whose report *actor* may see: one decision.

        Raises:
            VersionNotFoundError: There is none, or none the actor may know of.
            DeniedError: The actor may know of it, but not see what was found.
        """
        found = await self.catalog.find_numbered(actor.tenant, dataset, number)
        if found is None:
            raise VersionNotFoundError("There is no such version.")
        resource = version_resource(*found)
        await self.permits.require(actor, Action.REPORT, resource, VersionNotFoundError)
        return found

    async def diff(self, actor: Actor, dataset: str, before: int, now: int) -> Diff:
        """
        Return what changed from one version of a dataset to another.

        Raises:
            VersionNotFoundError: There is no such version, or none the actor may know of.
            DeniedError: The actor may not see the report of both.
            NothingToCompareError: One of them has no table.
        """
        versions = [(await self.readable(actor, dataset, each))[1] for each in (before, now)]
        sketches = [await self.sketches.of(actor.tenant, version) for version in versions]
        for version, sketch in zip(versions, sketches, strict=True):
            if sketch is None:
                raise NothingToCompareError(
                    f"Version {version.number} has no table, so there is nothing to compare."
                )
        previous, current = (each for each in sketches if each is not None)
        changed = await asyncio.to_thread(distance, previous, current)
        named = {
            end: {"id": each.id, "number": each.number}
            for end, each in zip(("from", "to"), versions, strict=True)
        }
        return replace(changed, versions={"dataset": versions[0].dataset, **named})

    async def failing(self, version: Version, check: str, limit: int) -> FailingRows:
        """
        Return the first rows that failed a check, for whoever has made sure that they may be read.

        Raises:
            ReportNotFoundError: The version has not been judged yet.
            CheckNotFoundError: Its report has no such check.
        """
        report = Report.from_json(await self._judged(version))
        stored = await self.database.read(
            version.tenant, lambda s: store.get_failing(s, version.id)
        )
        if stored is None:
            return failing_rows(report, check, None, limit)
        async with self.objects.local_path(version.tenant, stored) as path:
            return await asyncio.to_thread(failing_rows, report, check, path, limit)

    async def _judged(self, version: Version) -> Mapping[str, Any]:
        document = await self.document(version.tenant, version)
        if document is None:
            raise ReportNotFoundError("This version has not been judged yet.")
        return document

    async def document(self, tenant: TenantId, version: Version) -> Mapping[str, Any] | None:
        """Return a version's report document, for the product's own work."""
        return await self.database.read(tenant, lambda s: store.get_report(s, version.id))

    async def set_contract(self, actor: Actor, dataset: str, document: bytes) -> StoredContract:
        """
        Judge the dataset's next versions by a data contract.

        Raises:
            InvalidContractError: It is not one; nothing was changed.
        """
        contract = await asyncio.to_thread(parse_contract, document)
        return await self.catalog.keep_contract(actor, dataset, document, contract.sha256)
