"""Judge versions and keep their reports."""

import asyncio
import hashlib
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcs.catalog import Catalog, Column, Contracts, StoredContract, Version, version_resource
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.ids import TenantId, VersionId
from dcs.engines.database import Database, Session
from dcs.engines.objects import ObjectStore, StoredObject
from dcs.engines.sandbox import Limits, Sandbox
from dcs.observability import Metrics
from dcs.policy import Action, Permits
from dcs.validation import store
from dcs.validation.contracts import parse_contract, read_contract
from dcs.validation.digest_key import key_of
from dcs.validation.errors import ReportNotFoundError
from dcs.validation.history import History
from dcs.validation.judging import judge
from dcs.validation.models import Outcome, Report
from dcs.validation.recognizers.service import TenantRecognizers
from dcs.validation.references import References
from dcs.validation.rules import RuleLimits
from dcs.validation.sketches import Sketches
from dcs.validation.withheld import without_figures


@dataclass(frozen=True, slots=True)
class Judged:
    """A report, and the published table where the file could be read."""

    report: Report
    table: StoredObject | None


@dataclass(frozen=True, slots=True)
class Reports:
    """Judge a version's file and answer for what was found."""

    database: Database
    objects: ObjectStore
    sandbox: Sandbox
    catalog: Catalog
    contracts: Contracts
    recognizers: TenantRecognizers
    permits: Permits
    clock: Clock
    metrics: Metrics
    limits: Limits
    scratch: Path
    secret: bytes
    rule_limits: RuleLimits
    detector: str | None
    sketches: Sketches
    history: History

    async def judge(self, tenant: TenantId, version: Version) -> Judged:
        """
        Judge a version's file in a child process; nothing is kept yet.

        The table is stored durably before this returns, so the transaction that
        keeps the report can refer to it. The version that is active now is what
        it is compared with.
        """
        contract = await self.contracts.find(tenant, version.contract)
        document = None if contract is None else contract.document.encode()
        previous = await self.sketches.before(tenant, version)
        dataset, _ = await self.catalog.load(tenant, version.id)
        folder = await asyncio.to_thread(tempfile.TemporaryDirectory, dir=self.scratch)
        try:
            target = Path(folder.name) / "table.parquet"
            async with (
                self.objects.local_path(tenant, version.sha256) as path,
                self._references(tenant, version, document) as references,
            ):
                report = await judge(
                    self.sandbox,
                    path,
                    filename=version.filename,
                    contract=document,
                    target=target,
                    scratch=Path(folder.name),
                    limits=self.limits,
                    key=key_of(self.secret, tenant),
                    references=references,
                    now=self.clock.now(),
                    sketched=True,
                    previous=None if previous is None else previous.to_json(),
                    recognizers=await self.recognizers.current(tenant),
                    dataset=dataset.name,
                    detector=self.detector,
                    rule_limits=self.rule_limits,
                )
            readable = report.rows is not None
            table = await self.objects.put_file(tenant, target) if readable else None
        finally:
            await asyncio.to_thread(folder.cleanup)
        return Judged(report, table)

    @asynccontextmanager
    async def _references(
        self, tenant: TenantId, version: Version, document: bytes | None
    ) -> AsyncIterator[Mapping[str, Path]]:
        """Lend what the contract refers to, as far as the uploader may read it."""
        if document is None:
            yield {}
            return
        contract = await asyncio.to_thread(read_contract, document)
        references = References(self.catalog, self.permits, self.objects)
        async with references.lend(tenant, version.uploaded_by, contract) as lent:
            yield lent

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
            contains_personal_data=None if table is None else bool(report.established),
            contract=version.contract,
        )
        store.keep_report(session, version.id, report.to_json(), self.clock.now())
        self.history.keep(session, version, report)
        if report.sketch is not None:
            self.sketches.keep(session, version, report.sketch)
        for check in report.findings:
            if check.outcome is Outcome.FAILED:
                self.metrics.validation_errors.labels(check.kind.value, version.tenant).inc()

    async def report(self, actor: Actor, dataset: str, number: int) -> Mapping[str, Any]:
        """
        Return a version's report document, if *actor* may see it.

        Raises:
            ReportNotFoundError: The version has not been judged yet.
        """
        version = await self.catalog.numbered(actor, dataset, number)
        found, _ = await self.catalog.load(actor.tenant, version.id)
        await self.permits.require(actor, Action.REPORT, version_resource(found, version))
        document = await self.document(actor.tenant, version)
        if document is None:
            raise ReportNotFoundError("This version has not been judged yet.")
        return without_figures(document, {each.name for each in version.columns if each.masked})

    async def document(self, tenant: TenantId, version: Version) -> Mapping[str, Any] | None:
        """Return a version's report document, for the product's own work."""
        return await self.database.read(tenant, lambda s: store.get_report(s, version.id))

    def digest(self, session: Session, version: VersionId) -> str:
        """Return the SHA-256 of a version's report, by which it is told whether it is still the same."""
        document = store.get_report(session, version)
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def undeclared(self, session: Session, version: VersionId) -> tuple[str, ...]:
        """Return the columns of a version in which personal data was found that nobody declared."""
        document = store.get_report(session, version)
        if document is None:
            return ()
        found = Report.from_json(document).undeclared
        return tuple(sorted({each.column for each in found}))

    async def set_contract(self, actor: Actor, dataset: str, document: bytes) -> StoredContract:
        """
        Judge the dataset's next versions by a data contract.

        Raises:
            InvalidContractError: It is not one; nothing was changed.
        """
        contract = await asyncio.to_thread(parse_contract, document)
        return await self.contracts.keep(actor, dataset, document, contract.sha256)
