"""From a template to the question: who is asked on each level, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcs.auth import Calendar, deputies, members
from dcs.core.ids import UserId
from dcs.engines.database import Session
from dcs.workflow.deadlines import deadline
from dcs.workflow.state import Level, LevelPlan
from dcs.workflow.templates import ApprovalTemplate, LevelRule


@dataclass(frozen=True, slots=True)
class Planner:
    """
    Work out how the levels of one approval are asked.

    Attributes:
        approvers: Everybody who may decide.
        calendar: When the tenant works.
        at: From when the time runs.
    """

    template: ApprovalTemplate
    approvers: Sequence[UserId]
    calendar: Calendar
    at: datetime

    def plans(self, session: Session) -> tuple[LevelPlan, ...]:
        """Return the plan of every level, also of one that may not be asked."""
        away = deputies(session, self.at)
        return tuple(self._plan(session, level, away) for level in Level)

    def _plan(self, session: Session, level: Level, away: Mapping[UserId, UserId]) -> LevelPlan:
        rule = self.template.rule(level)
        until = self._after(rule.hours)
        return LevelPlan(
            level=level,
            deadline=until,
            urgent=timedelta(hours=rule.expedited_hours),
            quorum=rule.quorum,
            group=rule.group,
            escalate_to=rule.escalate_to,
            escalate_at=self._escalation(rule),
            people=self._people(session, rule, away),
        )

    def _escalation(self, rule: LevelRule) -> datetime | None:
        if rule.escalate_to is None:
            return None
        return self._after(rule.hours - rule.escalate_hours)

    def _after(self, hours: float) -> datetime:
        return deadline(self.at, hours, self.calendar if self.template.business_hours else None)

    def _people(
        self, session: Session, rule: LevelRule, away: Mapping[UserId, UserId]
    ) -> tuple[UserId, ...]:
        """Return who hears of it: whoever may decide and is asked, or stands in for one who is."""
        asked = set(self.approvers)
        if rule.group is not None:
            group = set(members(session, rule.group))
            asked &= group | {away[each] for each in group if each in away}
        return tuple(sorted(asked))
