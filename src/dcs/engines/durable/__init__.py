"""
Do work that survives the process: jobs as rows, with leases, retries and deadlines.

``tests/engines/test_durable.py`` is the contract. A job is added in the
transaction of the change that calls for it, and its effect is committed in
the same transaction as its completion, so the effect happens once however
often the process dies in between.

A `Process` is what outlives many jobs: pure, JSON in and JSON out, to be
hosted by any engine; ``tests/engines/test_temporal.py`` holds one to it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from dcs.core.ids import TenantId
from dcs.engines.database import Session
from dcs.engines.durable.hosting import (
    Answer,
    ProcessExistsError,
    ProcessHost,
    ProcessNotRunningError,
    Start,
)
from dcs.engines.durable.process import (
    Attempt,
    Body,
    Deadline,
    Hosted,
    Json,
    Keep,
    Process,
    Step,
    StepMissingError,
    Work,
    is_new,
)

__all__ = [
    "Answer",
    "Attempt",
    "Body",
    "Deadline",
    "Finish",
    "Hosted",
    "Job",
    "JobHandler",
    "JobQueue",
    "Json",
    "Keep",
    "Kind",
    "Process",
    "ProcessExistsError",
    "ProcessHost",
    "ProcessNotRunningError",
    "Start",
    "Step",
    "StepMissingError",
    "Work",
    "is_new",
]

Finish = Callable[[Session], None]
"""The effect of a job: runs in the transaction that marks the job as done."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of durable work, as its handler sees it; *attempt* counts from 1."""

    id: str
    tenant: TenantId
    kind: str
    payload: Mapping[str, Any]
    attempt: int


JobHandler = Callable[[Job], Awaitable[Finish]]
"""The slow part of a job, outside any transaction; it may run more than once."""


@dataclass(frozen=True, slots=True)
class Kind:
    """
    How jobs of one kind are done.

    Attributes:
        handler: The slow part, which returns the effect.
        exhausted: Makes the effect of giving up, once all attempts have failed. It
            gets the job and a reason without personal data.
        lease: How long one attempt may take; afterwards another worker may try. A
            function of the payload where it depends on the work.
        first_pause: The pause after the first failure; each later one is twice as long.
    """

    handler: JobHandler
    exhausted: Callable[[Job, str], Finish]
    lease: timedelta | Callable[[Mapping[str, Any]], timedelta] = timedelta(minutes=10)
    first_pause: timedelta = timedelta(seconds=1)

    def time_allowed(self, payload: Mapping[str, Any]) -> timedelta:
        """Return how long one attempt at a job may take."""
        return self.lease if isinstance(self.lease, timedelta) else self.lease(payload)


class JobQueue(Protocol):
    """Add jobs in transactions; workers take them when they are due."""

    def add(
        self,
        session: Session,
        kind: str,
        key: str,
        payload: Mapping[str, Any],
        *,
        due: datetime | None = None,
        attempts: int = 3,
        every: timedelta | None = None,
    ) -> bool:
        """
        Add a job, once per *kind* and *key* in the tenant.

        Args:
            session: The transaction of the change that calls for the job.
            kind: Which `Kind` does it.
            key: What makes it the same job: adding it again changes nothing.
            payload: JSON values for the handler; ids, never content.
            due: When it may start; at once by default.
            attempts: How often it is tried before it is given up.
            every: For a recurring job: the time from one run to the next.

        Returns:
            Whether the job is new.
        """
        ...

    def move(self, session: Session, kind: str, key: str, due: datetime) -> bool:
        """
        Let a job fall due at another moment, in the running transaction.

        One that is done is to be done again; an attempt that is under way finds its
        effect refused. A job may move itself: its effect runs after it was marked done.

        Returns:
            Whether there is such a job.
        """
        ...

    def drop(self, session: Session, kind: str, key: str) -> bool:
        """Take back a job that is not done yet; an attempt under way finds its effect refused."""
        ...

    async def run_due(self) -> int:
        """Do every job that is due now and return how many were taken; for tests and drains."""
        ...

    async def run_forever(self) -> None:
        """Do jobs as they fall due until cancelled; running ones are given back."""
        ...
