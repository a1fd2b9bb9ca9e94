"""Who is told of what an event did to an approval, in the transaction of the event."""

from collections.abc import Sequence
from dataclasses import dataclass

from dcs.auth import members
from dcs.catalog import find_version
from dcs.core.clock import rfc3339
from dcs.core.ids import UserId, VersionId
from dcs.engines.database import Session
from dcs.workflow import messages
from dcs.workflow.messages import Effect, Event
from dcs.workflow.notices import About, AboutKind, NoticeKind, Notices
from dcs.workflow.state import Level, Outcome

_ASKING = (NoticeKind.APPROVAL_REQUESTED, NoticeKind.ESCALATED, NoticeKind.DELEGATED)
"""What somebody has heard whose vote is waited for."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of one approval, and what came of it."""

    approval: str
    version: VersionId
    requester: UserId
    step: int
    event: Event
    effects: Sequence[Effect]

    @property
    def about(self) -> About:
        """What its notices are about."""
        return About(AboutKind.APPROVAL, self.approval)


@dataclass(frozen=True, slots=True)
class Telling:
    """
    Turn what happened to approvals into notices.

    Whoever may decide is asked, whoever sent the file gets a receipt, and those
    who were asked and have not voted hear that nothing is left for them to do.
    """

    notices: Notices

    def tell(self, session: Session, moment: Moment) -> None:
        """Tell everybody concerned, or nobody if nothing concerns them."""
        if isinstance(moment.event, messages.Commented) and not moment.effects:
            self._pass_on_comment(session, moment, moment.event)
        for effect in moment.effects:
            match moment.event, effect:
                case _, messages.OpenRequest():
                    self._ask(session, moment, effect)
                case messages.Expedited(by=by), messages.MoveDeadline(level, deadline):
                    more = {"level": level.value, "deadline": rfc3339(deadline), "by": by}
                    asked = self._asked(session, moment) - {UserId(by)}
                    self._add(session, moment, sorted(asked), NoticeKind.EXPEDITED, more)
                case _, messages.Remind(level, deadline):
                    more = {"level": level.value, "deadline": rfc3339(deadline)}
                    asked = self._asked(session, moment)
                    self._add(session, moment, sorted(asked), NoticeKind.DEADLINE_NEAR, more)
                case messages.ComplianceFinished(problems=problems), messages.Finish() if problems:
                    more = {"problems": ", ".join(problems)}
                    people = [moment.requester]
                    self._add(session, moment, people, NoticeKind.RULES_BROKEN, more)
                case messages.ComplianceFinished(), messages.SetStatus("validated"):
                    people = [moment.requester]
                    self._add(session, moment, people, NoticeKind.ATTESTATIONS_MISSING, {})
                case messages.Voted(by=by, level=level), messages.Finish():
                    self._thank_the_others(session, moment, by, level, "rejected")
                    self._give_receipt(session, moment, effect)
                case _, messages.HandOver(level, giver, taker, deadline):
                    more = {"level": level.value, "deadline": rfc3339(deadline), "by": giver}
                    self._add(session, moment, [UserId(taker)], NoticeKind.DELEGATED, more)
                case _, messages.Escalate(level, group, deadline):
                    more = {"level": level.value, "deadline": rfc3339(deadline)}
                    people = self._members(session, moment, group)
                    self._add(session, moment, people, NoticeKind.ESCALATED, more)
                case _, messages.Void(changes):
                    more = {"reason": ", ".join(changes)}
                    people = sorted(self._asked(session, moment) | {moment.requester})
                    self._add(session, moment, people, NoticeKind.VOIDED, more)
                case _, messages.Finish():
                    self._give_receipt(session, moment, effect)
                case messages.Returned(by=by, level=level), messages.SetStatus():
                    more = {"level": level.value, "by": by}
                    people = [moment.requester]
                    self._add(session, moment, people, NoticeKind.RETURNED, more)
                    self._thank_the_others(session, moment, by, level, "returned")
                case messages.Voted(by=by, level=level), messages.RunActivity():
                    self._thank_the_others(session, moment, by, level, "approved")
                case _:
                    pass

    def _ask(self, session: Session, moment: Moment, request: messages.OpenRequest) -> None:
        more = {
            "level": request.level.value,
            "deadline": rfc3339(request.deadline),
            "requester": moment.requester,
        }
        people = [UserId(each) for each in request.people]
        self._add(session, moment, people, NoticeKind.APPROVAL_REQUESTED, more)

    def _give_receipt(self, session: Session, moment: Moment, end: messages.Finish) -> None:
        if end.outcome is Outcome.FAILED:
            kind, more = NoticeKind.FAILED, {"reason": end.reason or ""}
        else:
            why = f" ({end.reason})" if end.reason else ""
            kind, more = NoticeKind.DECIDED, {"outcome": f"{end.outcome.value}{why}"}
        self._add(session, moment, [moment.requester], kind, more)

    def _thank_the_others(
        self, session: Session, moment: Moment, by: str, level: Level, outcome: str
    ) -> None:
        more = {"level": level.value, "by": by, "outcome": outcome}
        others = sorted(self._asked(session, moment) - {UserId(by)})
        self._add(session, moment, others, NoticeKind.ALREADY_DECIDED, more)

    def _pass_on_comment(
        self, session: Session, moment: Moment, comment: messages.Commented
    ) -> None:
        others = self._asked(session, moment) | {moment.requester}
        people = sorted(others - {UserId(comment.by)})
        self._add(session, moment, people, NoticeKind.COMMENTED, {"by": comment.by})

    def _asked(self, session: Session, moment: Moment) -> set[UserId]:
        told = (self.notices.told(session, kind, moment.about) for kind in _ASKING)
        return {person for people in told for person in people}

    def _members(self, session: Session, moment: Moment, group: str) -> list[UserId]:
        """Return whom an escalation asks: policy looks at each when they vote."""
        return sorted(set(members(session, group)) - {moment.requester})

    def _add(
        self,
        session: Session,
        moment: Moment,
        people: Sequence[UserId],
        kind: NoticeKind,
        more: dict[str, str],
    ) -> None:
        found = find_version(session, moment.version)
        if found is None or not people:
            return
        dataset, version = found
        data: dict[str, str | int] = {"dataset": dataset.name, "number": version.number, **more}
        key = f"{moment.approval}:{moment.step}:{kind.value}:{more.get('level', '')}"
        self.notices.tell(session, people, kind, moment.about, data, key)
