"""What the machinery does between two events of an approval."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from dcs.auth import Identity
from dcs.catalog import Dataset, Version, version_resource
from dcs.core.clock import Clock
from dcs.core.ids import TenantId, UserId
from dcs.engines.database import Session
from dcs.engines.objects import ObjectStore
from dcs.ingestion import Inspector
from dcs.observability import Metrics
from dcs.policy import Action, Permits
from dcs.validation import Outcome, Reports
from dcs.workflow import messages, store
from dcs.workflow.binding import Bindings
from dcs.workflow.compliance import ComplianceCheck
from dcs.workflow.errors import TableMissingError
from dcs.workflow.planning import Planner
from dcs.workflow.service import ActivityBody, Conclude
from dcs.workflow.state import Activity, State
from dcs.workflow.templates import chosen


@dataclass(frozen=True, slots=True)
class Activities:
    """The bodies of the four activities, over the services that do the work."""

    inspector: Inspector
    reports: Reports
    bindings: Bindings
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

    async def _inspect(self, tenant: TenantId, _dataset: Dataset, version: Version) -> Conclude:
        """Look for malware and for what the file really is."""
        with self._timed("inspect", tenant):
            inspection = await self.inspector.inspect(tenant, version)
        event = messages.Inspected(
            self.clock.now(), inspection.verdict, self.inspector.clears(inspection)
        )

        def conclude(session: Session) -> messages.Event:
            self.inspector.keep(session, version, inspection)
            return event

        return conclude

    async def _validate(self, tenant: TenantId, dataset: Dataset, version: Version) -> Conclude:
        """Judge the file by the data contract that holds now; only a check of severity error keeps it back."""
        version = replace(version, contract=dataset.contract)
        with self._timed("validate", tenant):
            judged = await self.reports.judge(tenant, version)
        event = messages.ValidationFinished(
            self.clock.now(),
            passed=judged.report.status is not Outcome.FAILED,
            undeclared_personal_data=bool(judged.report.undeclared),
        )

        def conclude(session: Session) -> messages.Event:
            self.reports.keep(session, version, judged)
            return event

        return conclude

    async def _check_compliance(
        self, tenant: TenantId, dataset: Dataset, version: Version
    ) -> Conclude:
        """Apply the rules that need no person."""
        said = await self.compliance.check(tenant, dataset, version)
        approvers = await self._approvers(tenant, dataset, version) if said.passed else ()
        calendar = (await self.identity.tenant(tenant)).calendar

        def conclude(session: Session) -> messages.Event:
            now = self.clock.now()
            binding = self.bindings.now(session, version.id)
            if binding is not None and binding.contract != version.contract:
                return messages.Voided(now, ("contract",))
            template = chosen(session, dataset.classification).template
            plans = Planner(template, approvers, calendar, now).plans(session)
            return messages.ComplianceFinished(
                now,
                said.passed,
                said.problems,
                approvers,
                plans=plans,
                binding=binding,
                shown=said.shown,
                unanswered=said.unanswered,
            )

        return conclude

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

    async def _activate(self, tenant: TenantId, _dataset: Dataset, version: Version) -> Conclude:
        """Make sure that the table's bytes are there and that it is what was reviewed; then it is published."""
        if version.table_sha256 is None:
            raise TableMissingError("The version has no table to publish.")
        async with self.objects.local_path(tenant, version.table_sha256):
            pass

        def conclude(session: Session) -> messages.Event:
            row = store.approval_of(session, version.id)
            reviewed = None if row is None else State.from_json(row.state).binding
            now = self.bindings.now(session, version.id)
            if reviewed is not None and now is not None and reviewed != now:
                return messages.Voided(self.clock.now(), reviewed.changes(now))
            return messages.Activated(self.clock.now())

        return conclude

    def _timed(self, operation: str, tenant: TenantId) -> AbstractContextManager[object]:
        return self.metrics.processing_seconds.labels(operation, tenant).time()
