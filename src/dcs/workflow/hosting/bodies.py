"""Do the work of a hosted approval: it may run more than once, what it leaves behind is there once."""

from collections.abc import Mapping
from dataclasses import dataclass

from dcs.catalog import Catalog
from dcs.core.clock import Clock
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


@dataclass(frozen=True, slots=True)
class Bodies:
    """
    The activities of approvals, for a cluster.

    What came of an activity is noted in the ledger in the transaction that keeps
    what it found out, so an attempt whose predecessor died after that finds it there.
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
            known, version = await self.database.read(tenant, lambda s: _look(s, attempt))
            if known is not None:
                return known
            conclude = await body(tenant, *await self.catalog.load(tenant, version))
            reach("hosting.work_before_commit")
            event = await self.database.write(
                tenant, lambda s: self._keep(s, attempt.key, conclude)
            )
            reach("hosting.work_after_commit")
            return event

        return run

    def _keep(self, session: Session, key: str, conclude: Conclude) -> Json:
        """
        Keep what an activity found out, unless another attempt was sooner; return what counts.

        Raises:
            WorkedElsewhereError: Another attempt commits now; nothing of this one is kept.
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
