"""
Keep an approval on rows: one event, one transaction, everything in it or nothing.

The transaction locks the approval, lets `decide` say what the event means, and
writes the new state, the version's status, the jobs and deadlines, the news,
the notices and the audit event together. A process that dies leaves either the moment
before the event or the moment after it.

Where a cluster hosts the approval it is the cluster that asks `decide`, does the
work and keeps the time; each of its steps is written here by the same code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from dcs.audit import AuditTrail
from dcs.catalog import Catalog, Status, find_version
from dcs.core.clock import Clock, rfc3339
from dcs.core.events import Event as News
from dcs.core.ids import UserId, VersionId
from dcs.engines.database import Session
from dcs.engines.durable import JobQueue
from dcs.engines.events import EventBus
from dcs.workflow import messages, store
from dcs.workflow.approval import decide
from dcs.workflow.errors import HostedElsewhereError
from dcs.workflow.messages import Effect, Event, Ignored
from dcs.workflow.state import Activity, Level, Outcome, State
from dcs.workflow.telling import Moment, Telling

DEADLINE = "approval.deadline"
FOREVER = 1_000_000  # attempts: a deadline is never given up


def activity_kind(activity: Activity) -> str:
    """Return the kind of the jobs that do an activity."""
    return f"approval.{activity.value}"


@dataclass(frozen=True, slots=True)
class Engine:
    """Apply events to approvals; the only code that writes their rows."""

    catalog: Catalog
    jobs: JobQueue
    events: EventBus
    telling: Telling
    audit: AuditTrail
    clock: Clock

    def open(
        self,
        session: Session,
        approval: str,
        version: VersionId,
        dataset: str,
        event: messages.Opened,
        host: str = store.ROWS,
    ) -> None:
        """Add an approval with its first event; *host* is where it lives from then on."""
        state, effects = decide(None, event)
        store.add_approval(
            session,
            id=approval,
            version=version,
            dataset=dataset,
            requester=event.requester,
            state=state.to_json(),
            stage=state.stage.value,
            progress=state.progress,
            step=1,
            host=host,
            created_at=event.at,
        )
        self._record(session, approval, version, event, effects)
        self._carry_out(session, approval, version, state, effects, step=1, host=host)

    def apply(
        self, session: Session, approval: str, event: Event
    ) -> tuple[State, Sequence[Effect]]:
        """
        Let an event happen to an approval that lives on rows, in the running transaction.

        Returns:
            The new state and what came of the event.

        Raises:
            HostedElsewhereError: A cluster hosts it, and it has not ended.
        """
        row = store.get_approval(session, approval, lock=True)
        if row is None:
            raise LookupError("an event for an approval that does not exist")
        if row.host != store.ROWS and row.outcome is None:
            raise HostedElsewhereError("A cluster hosts this approval, and none is set here.")
        state, effects = decide(State.from_json(row.state), event)
        self.keep(session, row, event, state, effects)
        return state, effects

    def keep(
        self,
        session: Session,
        row: Row[Any],
        event: Event,
        state: State,
        effects: Sequence[Effect],
    ) -> None:
        """Write what an event did as the next step of the approval whose row is locked."""
        approval, version, step = row.id, VersionId(row.version), row.step + 1
        ended = state.outcome is not None
        store.change_approval(
            session,
            approval,
            state=state.to_json(),
            stage=state.stage.value,
            progress=state.progress,
            outcome=None if state.outcome is None else state.outcome.value,
            reason=state.reason,
            step=step,
            finished_at=(row.finished_at or event.at) if ended else None,
        )
        self._record(session, approval, version, event, effects)
        self._carry_out(session, approval, version, state, effects, step, row.host)
        requester = UserId(row.requester)
        self.telling.tell(session, Moment(approval, version, requester, step, event, effects))

    def _carry_out(
        self,
        session: Session,
        approval: str,
        version: VersionId,
        state: State,
        effects: Sequence[Effect],
        step: int,
        host: str,
    ) -> None:
        """Do what is to be done; work and time are no jobs where a cluster takes care of them."""
        own = host == store.ROWS
        for number, effect in enumerate(effects):
            key = f"{approval}:{step}:{number}"
            match effect:
                case messages.RunActivity(activity) if own:
                    work = {
                        "approval": approval,
                        "version": version,
                        "size": _size(session, version),
                    }
                    self.jobs.add(session, activity_kind(activity), key, work)
                case messages.OpenRequest(level, deadline) | messages.MoveDeadline(level, deadline):
                    store.put_request(session, approval, level.value, "open", deadline)
                case messages.Awaken(level, moment) if own:
                    self._awaken(session, approval, level, moment)
                case messages.CloseRequest(level, outcome):
                    store.close_request(session, approval, level.value, outcome)
                    self.jobs.drop(session, DEADLINE, f"{approval}:{level.value}")
                case messages.Finish(Outcome.ACTIVE, _, at):
                    self._activate(session, version, state, at)
                case messages.SetStatus(status, reason):
                    self._set_status(session, version, state, status, reason)
                case _:
                    pass  # the row says that it has ended; what was ignored is on record

    def _awaken(self, session: Session, approval: str, level: Level, moment: datetime) -> None:
        """Look at a level again at a moment: one job a level, which moves on."""
        key = f"{approval}:{level.value}"
        if not self.jobs.move(session, DEADLINE, key, moment):
            payload = {"approval": approval, "level": level.value}
            self.jobs.add(session, DEADLINE, key, payload, due=moment, attempts=FOREVER)

    def _activate(self, session: Session, version: VersionId, state: State, at: datetime) -> None:
        """Let everybody read it, in the transaction that ends the approval, masked as approvers want."""
        found = find_version(session, version)
        if found is not None:
            self.catalog.activate(session, found[1], at, dict(state.masks))

    def _set_status(
        self, session: Session, version: VersionId, state: State, status: str, reason: str | None
    ) -> None:
        self.catalog.set_status(
            session,
            version,
            status=Status(status),
            stage=state.stage.value,
            progress=state.progress,
            reason=reason,
        )
        self.tell_status(session, version, status, state.stage.value, reason)

    def tell_status(
        self, session: Session, version: VersionId, status: str, stage: str, reason: str | None
    ) -> None:
        """Publish that a version's status has changed, in the running transaction."""
        now = self.clock.now()
        data = {"status": status, "stage": stage, "reason": reason}
        self.events.publish(
            session, News("version.status_changed", session.tenant, version, now, data)
        )

    def _record(
        self,
        session: Session,
        approval: str,
        version: VersionId,
        event: Event,
        effects: Sequence[Effect],
    ) -> None:
        ignored = [each.why for each in effects if isinstance(each, Ignored)]
        changes = [each.changes for each in effects if isinstance(each, messages.Void)]
        void = {"void": ", ".join(changes[0])} if changes else {}
        self.audit.record(
            session,
            actor=getattr(event, "by", None) or getattr(event, "requester", None),
            action=f"approval.{_snake(type(event).__name__)}",
            object_kind="approval",
            object_id=approval,
            outcome="ignored" if ignored else "done",
            reasons=ignored,
            details={"version": version, **_facts(event), **void},
        )


def _size(session: Session, version: VersionId) -> int:
    """Return the bytes of a version's file, by which the time for work on it grows."""
    found = find_version(session, version)
    return 0 if found is None else found[1].bytes


def _facts(event: Event) -> dict[str, str | bool | int]:
    """Return what the record keeps of an event: codes and flags, no text a person wrote."""
    match event:
        case messages.Voted(_, _, level, approve, _, masks):
            return {"level": level.value, "approve": approve, "masked_columns": len(masks)}
        case messages.Returned(_, _, level):
            return {"level": level.value}
        case messages.Delegated(_, _, level, to):
            return {"level": level.value, "to": to}
        case messages.Voided(_, changes):
            return {"changes": ", ".join(changes)}
        case messages.DeadlinePassed(at, level):
            return {"level": level.value, "at": rfc3339(at)}
        case messages.Inspected(_, verdict, cleared):
            return {"verdict": verdict, "cleared": cleared}
        case messages.ValidationFinished(_, passed, undeclared):
            return {"passed": passed, "undeclared_personal_data": undeclared}
        case messages.ComplianceFinished(_, passed, problems, approvers):
            return {
                "passed": passed,
                "problems": ", ".join(problems),
                "approvers": len(approvers),
                "shown": ", ".join(event.shown),
                "unanswered": len(event.unanswered),
            }
        case messages.ActivityFailed(_, activity):
            return {"activity": activity.value}
        case _:
            return {}


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
