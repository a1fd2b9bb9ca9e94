"""What the machinery does between two events of an approval."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from dcs.auth import Identity
from dcs.catalog import Catalog, Dataset, Version, version_resource
from dcs.core.clock import Clock
from dcs.core.ids import TenantId, UserId
from dcs.engines.database import Session
from dcs.engines.objects import ObjectStore
from dcs.ingestion import Inspector
from dcs.observability import Metrics
from dcs.policy import Action, Permits
from dcs.validation import Outcome, Reports
from dcs.workflow import messages
from dcs.workflow.compliance import ComplianceCheck
from dcs.workflow.errors import TableMissingError
from dcs.workflow.service import ActivityBody, ActivityResult
from dcs.workflow.state import Activity


@dataclass(frozen=True, slots=True)
class Activities:
    """The bodies of the four activities, over the services that do the work."""

    inspector: Inspector
    reports: Reports
    catalog: Catalog
    identity: Identity
    permits: Permits
    compliance: ComplianceCheck
    objects: ObjectStore
    clock: Clock
    metrics: Metrics

    def bodies(self) -> Mapping[Activity, ActivityBody]:
        """Return each activity's body."""
        return {
            Activity.INSPECT: self._inspect,
            Activity.VALIDATE: self._validate,
            Activity.CHECK_COMPLIANCE: self._check_compliance,
            Activity.ACTIVATE: self._activate,
        }

    async def _inspect(
        self, tenant: TenantId, _dataset: Dataset, version: Version
    ) -> ActivityResult:
        """Look for malware and for what the file really is."""
        with self._timed("inspect", tenant):
            inspection = await self.inspector.inspect(tenant, version)
        cleared = self.inspector.clears(inspection)
        return ActivityResult(
            messages.Inspected(self.clock.now(), inspection.verdict, cleared),
            lambda session: self.inspector.keep(session, version, inspection),
        )

    async def _validate(
        self, tenant: TenantId, _dataset: Dataset, version: Version
    ) -> ActivityResult:
        """Judge the file; only a failed check of severity error keeps it back."""
        with self._timed("validate", tenant):
            judged = await self.reports.judge(tenant, version)
        event = messages.ValidationFinished(
            self.clock.now(),
            passed=judged.report.status is not Outcome.FAILED,
            undeclared_personal_data=bool(judged.report.undeclared),
        )
        return ActivityResult(event, lambda s: self.reports.keep(s, version, judged))

    async def _check_compliance(
        self, tenant: TenantId, dataset: Dataset, version: Version
    ) -> ActivityResult:
        """Apply the rules that need no person."""
        said = await self.compliance.check(tenant, dataset, version)
        approvers = await self._approvers(tenant, dataset, version) if said.passed else ()
        event = messages.ComplianceFinished(
            self.clock.now(),
            said.passed,
            said.problems,
            approvers,
            shown=said.shown,
            unanswered=said.unanswered,
        )
        return ActivityResult(event, _nothing)

    async def _approvers(
        self, tenant: TenantId, dataset: Dataset, version: Version
    ) -> tuple[UserId, ...]:
        """Return whom policy lets decide on a version, which is who has to hear of it."""
        resource = version_resource(dataset, version, version.uploaded_by)
        people = [each.actor() for each in await self.identity.people(tenant)]
        return tuple(
            [
                each.id
                for each in people
                if (await self.permits.decide(each, Action.APPROVE, resource)).allow
            ]
        )

    async def _activate(
        self, tenant: TenantId, _dataset: Dataset, version: Version
    ) -> ActivityResult:
        """Publish the table: make sure its bytes are there, then let everybody see it at once."""
        if version.table_sha256 is None:
            raise TableMissingError("The version has no table to publish.")
        async with self.objects.local_path(tenant, version.table_sha256):
            now = self.clock.now()
        return ActivityResult(
            messages.Activated(now), lambda s: self.catalog.activate(s, version, now)
        )

    def _timed(self, operation: str, tenant: TenantId) -> AbstractContextManager[object]:
        return self.metrics.processing_seconds.labels(operation, tenant).time()


def _nothing(_session: Session) -> None:
    """The event itself is all there is to keep."""
