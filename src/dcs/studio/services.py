"""Every service of one running product, and what runs in it for ever."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from dcs.audit import AuditEvent, AuditTrail, Verification
from dcs.auth import Absences, Addresses, Allowance, Calendars, Groups, Identity
from dcs.catalog import Catalog, Contracts
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.events import Event
from dcs.core.settings import Settings
from dcs.engines.database import Database
from dcs.engines.durable import Hosted, ProcessHost
from dcs.engines.durable.rows import RowQueue
from dcs.engines.events import EventBus
from dcs.engines.objects import ObjectStore
from dcs.ingestion import (
    Imports,
    Receiver,
    Uploads,
)
from dcs.observability import Check, Metrics
from dcs.policy import Action, Permits, Resource
from dcs.sharing import Delivery, FailingDelivery
from dcs.validation import Comparisons, History, Reports, TenantRecognizers
from dcs.workflow import (
    AccessGrants,
    AccessRequests,
    Approvals,
    ApprovalTemplates,
    Notices,
    NoticeTemplates,
    Quarantine,
)

log = structlog.get_logger()

PAUSE_AFTER_FAILURE = 1.0  # seconds
EVENT_LOG = "event-log"


@dataclass(frozen=True, slots=True)
class Studio:
    """
    Every service of one running product, ready to be used.

    Attributes:
        jobs: The durable work of files and approvals.
        post: The letters, beside it: a mail server that hangs must not keep an approval waiting.
        cluster: Hosts approvals, where one is set.
        hosted: What this process works on there.
    """

    settings: Settings
    clock: Clock
    metrics: Metrics
    database: Database
    objects: ObjectStore
    events: EventBus
    jobs: RowQueue
    post: RowQueue
    cluster: ProcessHost | None
    hosted: Mapping[str, Hosted]
    audit: AuditTrail
    identity: Identity
    groups: Groups
    calendars: Calendars
    absences: Absences
    addresses: Addresses
    permits: Permits
    catalog: Catalog
    contracts: Contracts
    recognizers: TenantRecognizers
    reports: Reports
    comparisons: Comparisons
    history: History
    receiver: Receiver
    uploads: Uploads
    imports: Imports
    quarantine: Quarantine
    approvals: Approvals
    notices: Notices
    notice_templates: NoticeTemplates
    approval_templates: ApprovalTemplates
    access: AccessRequests
    grants: AccessGrants
    delivery: Delivery
    failing: FailingDelivery

    @property
    def checks(self) -> Mapping[str, Check]:
        """What readiness asks."""
        checks = {"database": self.database.check, "objects": self.objects.check}
        return checks if self.cluster is None else checks | {"workflow": self.cluster.check}

    async def audit_events(
        self, actor: Actor, before: int | None, limit: int
    ) -> Sequence[AuditEvent]:
        """Return the tenant's newest audit events, if *actor* may read the record."""
        await self._require(actor, Action.AUDIT_READ)
        return await self.audit.newest(actor.tenant, before=before, limit=limit)

    async def verify_audit(self, actor: Actor) -> Verification:
        """Prove the tenant's record, if *actor* may."""
        await self._require(actor, Action.AUDIT_VERIFY)
        return await self.audit.verify(actor.tenant)

    async def set_allowance(self, actor: Actor, allowance: Allowance) -> None:
        """Change what the tenant may send, if *actor* may."""
        await self._require(actor, Action.SET_ALLOWANCE)
        await self.identity.set_allowance(actor, allowance)

    async def set_default_retention(self, actor: Actor, days: int | None) -> None:
        """Change how long the tenant keeps data of datasets that say nothing, if *actor* may."""
        await self._require(actor, Action.SET_DEFAULT_RETENTION)
        await self.identity.set_default_retention(actor, days)

    async def measure(self, actor: Actor) -> bytes:
        """Return the metrics as text, if *actor* may see them; what waits is counted now."""
        await self._require(actor, Action.METRICS)
        self.metrics.pending_files.set(await self.jobs.count_due("approval."))
        for level, count in (await self.approvals.open_by_level(actor.tenant)).items():
            self.metrics.queue_depth.labels(level, actor.tenant).set(count)
        return self.metrics.text(actor.tenant)

    async def work(self) -> None:
        """Do durable work and pass on news until cancelled, whatever fails meanwhile."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_again_and_again("jobs", self.jobs.run_forever))
            group.create_task(_again_and_again("news", self._follow_news))
            if self.cluster is not None:
                group.create_task(_again_and_again("approvals", self._work_on_the_cluster))
            if self.notices.mail.leaves:
                group.create_task(_again_and_again("post", self.post.run_forever))

    async def _work_on_the_cluster(self) -> None:
        if self.cluster is not None:
            await self.cluster.work(self.hosted)

    async def _follow_news(self) -> None:
        await self.events.follow(EVENT_LOG, self._note_event)

    async def _note_event(self, event: Event) -> None:
        """Log and count an event; also those of the time before a restart, each once."""
        self.metrics.events.labels(event.type).inc()
        log.info("event", type=event.type, tenant=event.tenant, subject=event.subject)

    async def _require(self, actor: Actor, action: Action) -> None:
        resource = Resource("tenant", actor.tenant, actor.tenant)
        await self.permits.require(actor, action, resource)


async def _again_and_again(what: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run for ever: a database that is away for a while must not end the work for good."""
    while True:
        try:
            await run()
        except Exception as error:  # the work goes on; the log says what happened
            log.error("work_interrupted", what=what, exc_info=error)
        await asyncio.sleep(PAUSE_AFTER_FAILURE)
