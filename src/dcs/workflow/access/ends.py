"""The end of a grant: told before it comes, put on record once it is there."""

from dataclasses import dataclass

from dcs.core.clock import Clock
from dcs.engines.database import Session
from dcs.engines.durable import Finish, Job, JobQueue
from dcs.policy import Grant, Grants
from dcs.workflow.access.record import AccessRecord

END = "access.expire"
"""The kind of the job that goes with a grant to its end."""

FOREVER = 1_000_000  # attempts: what was given ends on record, too


@dataclass(frozen=True, slots=True)
class GrantEnds:
    """
    One job a grant, due when it ends soon and again when it ends.

    No decision waits for it: those look at the grant's end themselves. The job tells
    people, and makes the end stick, so that a clock set back brings nothing back.
    """

    grants: Grants
    record: AccessRecord
    jobs: JobQueue
    clock: Clock

    def plan(self, session: Session, grant: Grant) -> None:
        """Plan a grant's end in the running transaction; one that is planned already stays."""
        payload = {"grant": grant.id}
        self.jobs.add(session, END, grant.id, payload, due=grant.soon_at, attempts=FOREVER)

    def move(self, session: Session, grant: Grant) -> None:
        """Plan the end of a grant that was extended, in the same transaction."""
        if not self.jobs.move(session, END, grant.id, grant.soon_at):
            self.plan(session, grant)

    def drop(self, session: Session, grant: Grant) -> None:
        """Forget the end of a grant that was taken back, in the same transaction."""
        self.jobs.drop(session, END, grant.id)

    async def meet(self, job: Job) -> Finish:
        """Return what is due of a grant's end: the warning, the record, or to come back later."""

        def finish(session: Session) -> None:
            grant = self.grants.get(session, job.payload["grant"], lock=True)
            now = self.clock.now()
            if grant is None or grant.revoked_at is not None or grant.ended_at is not None:
                return
            if grant.expires_at <= now:
                self.grants.end(session, grant.id, now)
                self.record.expired(session, grant)
            elif grant.soon_at <= now:
                self.record.ends_soon(session, grant)
                self.jobs.move(session, END, grant.id, grant.expires_at)
            else:
                self.jobs.move(session, END, grant.id, grant.soon_at)

        return finish
