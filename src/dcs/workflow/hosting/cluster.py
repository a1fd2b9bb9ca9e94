"""Approvals that a cluster hosts: begun by a durable job, asked for what people do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from dcs.catalog import Dataset, Version
from dcs.core.ids import TenantId, new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import (
    Answer,
    Finish,
    Job,
    JobQueue,
    Json,
    Kind,
    ProcessExistsError,
    ProcessHost,
    ProcessNotRunningError,
    Start,
)
from dcs.workflow import messages, store
from dcs.workflow.codec import to_json
from dcs.workflow.engine import FOREVER, Engine
from dcs.workflow.errors import ApprovalNotFoundError, HostedElsewhereError
from dcs.workflow.host import RowHost, why_ignored
from dcs.workflow.hosting import store as waiting
from dcs.workflow.hosting.process import APPROVAL, SAID, SIZE, effect_of

START = "approval.start"
LEASE = timedelta(seconds=30)  # of one attempt to start; a cluster that is away is waited for
PAUSE = timedelta(milliseconds=50)  # after the first; the longest is a thousand times that


@dataclass(frozen=True, slots=True)
class ClusterHost:
    """
    Approvals on a cluster, and those that still live on rows.

    An approval stays where it began. Its row is written when its version is
    received, whether or not the cluster answers then; a job starts its process.
    """

    database: Database
    rows: RowHost
    engine: Engine
    jobs: JobQueue
    cluster: ProcessHost

    def open(
        self, session: Session, dataset: Dataset, version: Version, event: messages.Opened
    ) -> None:
        """Add the approval's row with its first step, and the job that starts its process."""
        approval = new_id()
        self.engine.open(session, approval, version.id, dataset.id, event, store.CLUSTER)
        first = to_json(event) | {SIZE: version.bytes}
        waiting.add_to_ledger(session, _first_step(approval), first, event.at)
        self.jobs.add(session, START, approval, {"approval": approval}, attempts=FOREVER)

    async def happen(
        self, tenant: TenantId, approval: str, event: messages.Event, words: str = ""
    ) -> str | None:
        """
        Ask the approval's process; what was written waits in the database until it has decided.

        Whether an answer comes or not, the event happens once or not at all.
        """
        key = new_id()
        row = await self.database.write(tenant, lambda s: _write_down(s, approval, key, words))
        if row.host == store.ROWS:
            return await self.rows.happen(tenant, approval, event, words)
        said = to_json(event) | ({SAID: key} if words else {})
        try:
            answer = await self.cluster.ask(_workflow_id(row), key, said)
        except ProcessNotRunningError:
            return await self._ask_later(tenant, approval, event, key, said)
        return _why_not(answer)

    async def _ask_later(
        self, tenant: TenantId, approval: str, event: messages.Event, key: str, said: Json
    ) -> str | None:
        """Ask a process that was not started yet; if it is over, the row can be asked instead."""
        row, _ = await self.database.read(tenant, lambda s: _found(s, approval))
        if row.outcome is not None:
            return await self.rows.happen(tenant, approval, event)
        await self._start(tenant, approval)
        try:
            return _why_not(await self.cluster.ask(_workflow_id(row), key, said))
        except ProcessNotRunningError as error:
            raise HostedElsewhereError(
                "The cluster knows no process of this approval that runs."
            ) from error

    def kind(self) -> Kind:
        """Return how the jobs that start processes are done."""
        return Kind(self._start_job, lambda job, reason: _nothing, LEASE, PAUSE)

    async def _start_job(self, job: Job) -> Finish:
        await self._start(job.tenant, job.payload["approval"])
        return _nothing

    async def _start(self, tenant: TenantId, approval: str) -> None:
        row, first = await self.database.read(tenant, lambda s: _found(s, approval))
        start = Start(APPROVAL, approval, tenant, dict(first))
        attributes = {"DatasetId": row.dataset, "RequesterId": row.requester}
        try:
            await self.cluster.start(_workflow_id(row), start, attributes)
        except ProcessExistsError:
            return  # an attempt before this one was heard


def _write_down(session: Session, approval: str, key: str, words: str) -> Row[Any]:
    """Return the approval's row; keep the words under their key where a step will take them."""
    row = store.get_approval(session, approval)
    if row is None:
        raise ApprovalNotFoundError("There is no such approval.")
    if words and row.host == store.CLUSTER and row.outcome is None:
        waiting.add_words(session, key, approval, words)
    return row


def _found(session: Session, approval: str) -> tuple[Row[Any], Mapping[str, Any]]:
    row = store.get_approval(session, approval)
    first = waiting.ledger_event(session, _first_step(approval))
    if row is None or first is None:
        raise LookupError("an approval on a cluster that was never opened")
    return row, first


def _first_step(approval: str) -> str:
    return f"{approval}:1"


def _workflow_id(row: Row[Any]) -> str:
    return f"approval-{row.tenant}-{row.version}"


def _why_not(answer: Answer) -> str | None:
    return why_ignored([effect_of(each) for each in answer.effects])


def _nothing(_session: Session) -> None:
    """The process is started; there is nothing else to keep."""
