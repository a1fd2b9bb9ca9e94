"""Do the work of a hosted approval: it may run more than once, what it leaves behind is there once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import structlog

from dcs.catalog import Catalog
from dcs.core.clock import Clock
from dcs.core.errors import UnavailableError
from dcs.core.failpoints import reach
from dcs.core.ids import TenantId, VersionId
from dcs.engines.database import Database, Session
from dcs.engines.durable import Attempt, Body, Json
from dcs.workflow import store
from dcs.workflow.codec import to_json
from dcs.workflow.engine import activity_kind
from dcs.workflow.errors import WorkedElsewhereError
from dcs.workflow.hosting import store as ledger
from dcs.workflow.service import ActivityBody, Conclude
from dcs.workflow.state import Activity

log = structlog.get_logger()

T = TypeVar("T")

PAUSE = 1.0  # seconds between two questions to a database that is away


@dataclass(frozen=True, slots=True)
class Bodies:
    """
    The activities of approvals, for a cluster.

    What came of an activity is noted in the ledger in the transaction that keeps
    what it found out, so an attempt whose predecessor died after that finds it there.
    A database that is away is waited for as long as the attempt may last: what was
    worked out for minutes is not thrown away for a restart of seconds.
    """

    database: Database
    catalog: Catalog
    clock: Clock

    def of(self, bodies: Mapping[Activity, ActivityBody]) -> Mapping[str, Body]:
        """Return each activity's body under the name that a cluster knows it by."""
        return {activity_kind(each): self._once(body) for each, body in bodies.items()}

    def _once(self, body: ActivityBody) -> Body:
        async def run(attempt: Attempt) -> Json:
            tenant = TenantId(attempt.tenant)
            known, version = await self._look(tenant, attempt)
            if known is not None:
                return known
            conclude = await body(tenant, *await self.catalog.load(tenant, version))
            reach("hosting.work_before_commit")
            event = await self._keep(tenant, attempt, conclude)
            reach("hosting.work_after_commit")
            return event

        return run

    async def _look(self, tenant: TenantId, attempt: Attempt) -> tuple[Json | None, VersionId]:
        """Return what came of the work, if it was done, and which version it is about."""
        return await _patiently(lambda: self.database.read(tenant, lambda s: _look(s, attempt)))

    async def _keep(self, tenant: TenantId, attempt: Attempt, conclude: Conclude) -> Json:
        """Keep what an activity found out, unless another attempt was sooner; return what counts."""

        def keep(session: Session) -> Json:
            return self._conclude(session, attempt.key, conclude)

        try:
            return await _patiently(lambda: self.database.write(tenant, keep))
        except WorkedElsewhereError:
            known, _ = await self._look(tenant, attempt)
            if known is None:
                raise
            return known

    def _conclude(self, session: Session, key: str, conclude: Conclude) -> Json:
        """
        Conclude the work in the ledger.

        Raises:
            WorkedElsewhereError: Another attempt has just committed; nothing of this one is kept.
        """
        known = ledger.ledger_event(session, key)
        if known is not None:
            return known
        event = to_json(conclude(session))
        if not ledger.add_to_ledger(session, key, event, self.clock.now()):
            raise WorkedElsewhereError("Another attempt has done this work.")
        return event


def _look(session: Session, attempt: Attempt) -> tuple[Json | None, VersionId]:
    row = store.get_approval(session, attempt.id)
    if row is None:
        raise LookupError("work for an approval that does not exist")
    return ledger.ledger_event(session, attempt.key), VersionId(row.version)


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Have the database do something, however long it is away."""
    while True:
        try:
            return await work()
        except UnavailableError as error:
            log.warning("database_waited_for", error=error.code)
            await asyncio.sleep(PAUSE)
