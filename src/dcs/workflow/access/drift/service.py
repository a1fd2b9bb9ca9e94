"""
The check of grants: every grant, everybody who has it, every channel.

It goes in batches. What a batch found and where the next one begins are kept in
one transaction, so a process that dies repeats one batch and tells nothing twice.
It asks policy as the grantee without acting: no bytes, no quota, no read on record.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from dcs.audit import AuditTrail
from dcs.catalog import Catalog, Changes
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.errors import UnavailableError
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job, JobQueue
from dcs.policy import Action, Grant, Grants, Permits, Resource
from dcs.workflow.access.drift import store
from dcs.workflow.access.drift.comparing import Comparing
from dcs.workflow.access.drift.models import Check, Drift, DriftedGrant
from dcs.workflow.access.drift.nights import next_night
from dcs.workflow.access.ends import GrantEnds
from dcs.workflow.access.record import AccessRecord
from dcs.workflow.access.sight import Look, Sight, seen

log = structlog.get_logger()

VERIFY = "access.verify"
"""The kind of the job that checks the grants of a tenant; it comes round every night."""

DAY = timedelta(days=1)
PAUSE = timedelta(minutes=5)  # where policy cannot be asked
ENDED_LONG_AGO = timedelta(days=30)  # after which a grant is looked at no more


@dataclass(frozen=True, slots=True)
class GrantChecks:
    """Hold the tenant's grants against policy."""

    database: Database
    catalog: Catalog
    permits: Permits
    grants: Grants
    sight: Sight
    record: AccessRecord
    ends: GrantEnds
    audit: AuditTrail
    jobs: JobQueue
    changes: Changes
    clock: Clock
    batch: int = 50

    async def plan(self, tenant: TenantId) -> None:
        """Plan the check of every night; one that is planned already stays."""
        due = await self._next_night(tenant)
        await self.database.write(
            tenant, lambda s: self.jobs.add(s, VERIFY, VERIFY, {}, due=due, every=DAY)
        )

    async def start(self, actor: Actor) -> Check:
        """
        Begin a check now, from the first grant on; one that runs gives way to it.

        Raises:
            DeniedError: The actor may not.
        """
        await self._require(actor)
        await self.plan(actor.tenant)
        now = self.clock.now()

        def begin(session: Session) -> Check:
            _again(self.jobs, session, now)  # first, as a batch that commits does
            before = store.get_check(session, lock=True)
            check = Check(1 if before is None else before.run + 1, now)
            store.keep_check(session, check)
            self.audit.record(
                session,
                actor=actor.id,
                action="grants.check",
                object_kind="tenant",
                object_id=actor.tenant,
                details={"run": check.run},
            )
            return check

        return await self.database.write(actor.tenant, begin)

    async def may(self, actor: Actor) -> bool:
        """Say whether *actor* may begin a check, for a page to offer it."""
        return (await self.permits.decide(actor, Action.CHECK_GRANTS, _everything(actor))).allow

    async def newest(self, actor: Actor, run: int = 0, seconds: float = 0) -> Check | None:
        """
        Return the newest check, once *run* has finished but after *seconds* at the latest.

        Raises:
            DeniedError: The actor may not know of it.
        """
        await self._require(actor)
        until = time.monotonic() + seconds
        async with self.changes.watch(_topic(actor.tenant)) as changed:
            check = await self.database.read(actor.tenant, store.get_check)
            while _runs(check, run) and (left := until - time.monotonic()) > 0:
                await changed(left)
                check = await self.database.read(actor.tenant, store.get_check)
        return check

    async def find(self, actor: Actor, before: str | None, limit: int) -> Sequence[DriftedGrant]:
        """Return grants that differ, as far as *actor* may know, newest first."""
        look = self.sight.look(actor)
        visible: dict[str, Sequence[Drift]] = {}

        async def rows(behind: str | None) -> Sequence[Grant]:
            found = await self.database.read(
                actor.tenant, lambda s: self._drifted(s, behind, limit)
            )
            visible.update(await self._of(look, found))
            return found

        async def sees(grant: Grant) -> bool:
            return await look.sees(grant) and bool(visible[grant.id])

        found = await seen(rows, sees, before, limit)
        return [DriftedGrant(each, visible[each.id]) for each in found]

    async def of(self, actor: Actor, grants: Sequence[Grant]) -> Mapping[str, Sequence[Drift]]:
        """
        Return the drift of grants that *actor* may see.

        Whoever has a grant sees what concerns themselves; of the others in their group
        only those know who look after the grants of the dataset.
        """
        return await self._of(self.sight.look(actor), grants)

    async def _of(self, look: Look, grants: Sequence[Grant]) -> Mapping[str, Sequence[Drift]]:
        actor = look.actor
        drift: dict[str, list[Drift]] = {each.id: [] for each in grants}
        overseen = {each.id: await look.oversees(each.dataset) for each in grants}
        for each in await self.database.read(
            actor.tenant, lambda s: store.drift_of_grants(s, list(drift))
        ):
            if overseen[each.grant] or each.account == actor.id:
                drift[each.grant].append(each)
        return drift

    async def check(self, job: Job) -> Finish:
        """Look at the next grants; the effect keeps what was found and where to go on."""
        kept = await self.database.read(job.tenant, store.get_check)
        now = self.clock.now()
        check = kept
        if check is None or check.finished_at is not None:
            check = Check(1 if check is None else check.run + 1, now)
        since = now - ENDED_LONG_AGO
        grants = await self.grants.from_oldest(job.tenant, check.after, since, self.batch)
        comparing = Comparing(self.catalog, self.permits, job.tenant, now)
        try:
            found = [(each, await comparing.drift(each)) for each in grants]
        except UnavailableError as error:
            log.warning("grant_check_interrupted", run=check.run, exc_info=error)
            return lambda session: _again(self.jobs, session, now + PAUSE)
        night = await self._next_night(job.tenant)

        def finish(session: Session) -> None:
            if store.get_check(session, lock=True) != kept:  # another one was begun meanwhile
                _again(self.jobs, session, now)
                return
            differing = sum([self._keep(session, each, drift, check) for each, drift in found])
            reached = replace(
                check,
                after=grants[-1].id if grants else check.after,
                checked=check.checked + len(grants),
                drifted=check.drifted + differing,
                finished_at=now if len(grants) < self.batch else None,
            )
            store.keep_check(session, reached)
            self._go_on(session, reached, now, night)

        return finish

    def _go_on(self, session: Session, check: Check, now: datetime, night: datetime) -> None:
        """Come back for the next batch at once, or next night when there is none."""
        if check.finished_at is None:
            _again(self.jobs, session, now)
            return
        store.forget_drift(session, check.run)
        _again(self.jobs, session, night)
        session.after_commit(lambda: self.changes.notify(_topic(session.tenant)))

    def _keep(self, session: Session, grant: Grant, drift: Sequence[Drift], check: Check) -> bool:
        """Replace what was found of a grant; tell what is new. Say whether it differs."""
        current = self.grants.get(session, grant.id)
        if current != grant:
            drift = ()  # it was changed since it was looked at; the next check sees it anew
        elif grant.revoked_at is None and grant.ended_at is None:
            self.ends.plan(session, grant)  # also of grants that are older than this plan
        before = {each.point: each.at for each in store.drift_of_grants(session, [grant.id])}
        new = [each for each in drift if each.point not in before]
        if not drift and not before:
            return False
        known = [replace(each, at=before.get(each.point, each.at)) for each in drift]
        store.replace_drift(session, grant.id, known, check.run)
        if new:
            told = [{**each.to_json(), "reasons": list(each.reasons)} for each in new]
            self.record.drifted(session, grant, check.run, told)
        return bool(drift)

    def _drifted(self, session: Session, before: str | None, limit: int) -> Sequence[Grant]:
        ids = store.drifted_grants(session, before, limit)
        grants = (self.grants.get(session, each) for each in ids)
        return [each for each in grants if each is not None]

    async def _next_night(self, tenant: TenantId) -> datetime:
        calendar = (await self.permits.identity.tenant(tenant)).calendar
        return next_night(self.clock.now(), calendar.timezone)

    async def _require(self, actor: Actor) -> None:
        await self.permits.require(actor, Action.CHECK_GRANTS, _everything(actor))


def _everything(actor: Actor) -> Resource:
    return Resource("tenant", actor.tenant, actor.tenant)


def _again(jobs: JobQueue, session: Session, due: datetime) -> None:
    jobs.move(session, VERIFY, VERIFY, due)


def _topic(tenant: TenantId) -> str:
    return f"grants of {tenant}"


def _runs(check: Check | None, run: int) -> bool:
    """Say whether run number *run* is still to finish."""
    if check is None or check.run < run:
        return run > 0
    return check.run == run and check.finished_at is None
