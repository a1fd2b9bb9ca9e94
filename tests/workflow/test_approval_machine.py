"""The approval under every order of events a crowd could produce."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dcs.workflow.approval import decide
from dcs.workflow.messages import (
    Activated,
    ActivityFailed,
    Awaken,
    Cancelled,
    Commented,
    ComplianceFinished,
    DeadlinePassed,
    Delegated,
    Effect,
    Escalated,
    Event,
    Expedited,
    Finish,
    Ignored,
    Inspected,
    Opened,
    Returned,
    Submitted,
    ValidationFinished,
    Void,
    Voided,
    Voted,
)
from dcs.workflow.state import Activity, Binding, Level, LevelPlan, Outcome, Stage, State

PEOPLE = ["paula", "stella", "simon", "otto"]
GROUPS = {"stella": ("stewards",), "simon": ("stewards", "office"), "otto": ("office",)}
SEEN = Binding("a" * 64, "INTERNAL", "contract-1", "b" * 64, "rules-1", 0)
OTHER = Binding("a" * 64, "INTERNAL", "contract-2", "b" * 64, "rules-1", 0)
NEWER = Binding("a" * 64, "INTERNAL", "contract-1", "b" * 64, "rules-2", 0)


class ApprovalMachine(RuleBasedStateMachine):
    """Send any event at any time and watch what must always hold."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.events: list[Event] = []
        self.kept: list[tuple[Effect, ...]] = []
        self.state: State | None = None
        self.ends = 0

    def send(self, event: Event) -> None:
        before = self.state
        self.state, effects = decide(before, event)
        self.events.append(event)
        self.kept.append(effects)
        self.ends += sum(isinstance(effect, Finish) for effect in effects)
        if before is not None:
            assert self.state.progress >= before.progress
            self.deadlines_only_shorten(before)
            if before.outcome is not None:
                assert self.state == before
                assert all(isinstance(effect, Ignored) for effect in effects)

    @initialize(
        classification=st.sampled_from(["PUBLIC", "INTERNAL", "CONFIDENTIAL", "SECRET"]),
        submit=st.booleans(),
        sensitive=st.booleans(),
    )
    def open(self, classification: str, submit: bool, sensitive: bool) -> None:
        self.send(Opened(self.now, "paula", classification, submit, sensitive))

    @rule(minutes=st.integers(0, 60 * 30))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(verdict=st.sampled_from(["clean", "clean", "clean", "infected", "error"]))
    def inspected(self, verdict: str) -> None:
        self.send(Inspected(self.now, verdict, verdict == "clean"))

    @rule(passed=st.sampled_from([True, True, False]), found=st.booleans())
    def validated(self, passed: bool, found: bool) -> None:
        self.send(ValidationFinished(self.now, passed, found))

    @rule()
    def submitted(self) -> None:
        self.send(Submitted(self.now, "paula"))

    @rule(broken=st.booleans())
    def owes_answers(self, broken: bool) -> None:
        problems = ("retention_missing",) if broken else ()
        self.send(ComplianceFinished(self.now, False, problems, unanswered=("It is mine.",)))

    @rule(
        passed=st.sampled_from([True, True, False]),
        quorum=st.integers(0, 2),
        group=st.sampled_from([None, "stewards"]),
        escalate_to=st.sampled_from([None, "office"]),
        binding=st.sampled_from([None, SEEN]),
    )
    def checked(
        self,
        passed: bool,
        quorum: int,
        group: str | None,
        escalate_to: str | None,
        binding: Binding | None,
    ) -> None:
        """Ask by a template, or the usual way where no quorum was drawn."""
        hours = timedelta(hours=1)
        escalate_at = None if escalate_to is None else self.now + 20 * hours
        plans = tuple(
            LevelPlan(level, self.now + 24 * hours, hours, quorum, group, escalate_to, escalate_at)
            for level in (Level if quorum else ())
        )
        self.send(ComplianceFinished(self.now, passed, plans=plans, binding=binding))

    @rule(
        by=st.sampled_from(PEOPLE),
        level=st.sampled_from(list(Level)),
        approve=st.sampled_from([True, True, True, False]),
        method=st.sampled_from(["partial", "redact"]),
        binding=st.sampled_from([SEEN, SEEN, SEEN, OTHER, NEWER]),
    )
    def voted(self, by: str, level: Level, approve: bool, method: str, binding: Binding) -> None:
        masks = (("phone", method),)
        self.send(Voted(self.now, by, level, approve, GROUPS.get(by, ()), masks, binding))

    @rule(by=st.sampled_from(PEOPLE), level=st.sampled_from(list(Level)))
    def returned(self, by: str, level: Level) -> None:
        self.send(Returned(self.now, by, level, GROUPS.get(by, ())))

    @rule(
        by=st.sampled_from(PEOPLE), to=st.sampled_from(PEOPLE), level=st.sampled_from(list(Level))
    )
    def delegated(self, by: str, to: str, level: Level) -> None:
        self.send(Delegated(self.now, by, level, to, GROUPS.get(by, ())))

    @rule(by=st.sampled_from(PEOPLE))
    def escalated(self, by: str) -> None:
        self.send(Escalated(self.now, by))

    @rule(change=st.sampled_from(["contract", "policy"]))
    def voided(self, change: str) -> None:
        self.send(Voided(self.now, (change,)))

    @rule(level=st.sampled_from(list(Level)))
    def deadline(self, level: Level) -> None:
        self.send(DeadlinePassed(self.now, level))

    @rule(by=st.sampled_from(PEOPLE))
    def expedited(self, by: str) -> None:
        self.send(Expedited(self.now, by))

    @rule(by=st.sampled_from(PEOPLE))
    def commented(self, by: str) -> None:
        self.send(Commented(self.now, by))

    @rule()
    def cancelled(self) -> None:
        self.send(Cancelled(self.now, "paula"))

    @rule()
    def activated(self) -> None:
        self.send(Activated(self.now))

    @rule(activity=st.sampled_from(list(Activity)))
    def failed(self, activity: Activity) -> None:
        self.send(ActivityFailed(self.now, activity))

    def deadlines_only_shorten(self, before: State) -> None:
        assert self.state is not None
        assert self.state.expedited >= before.expedited
        if self.state.round > before.round:
            voided = any(isinstance(each, Void) for each in self.kept[-1])
            assert voided or isinstance(self.events[-1], Returned)
            return
        for old, new in zip(before.requests, self.state.requests, strict=False):
            assert new.deadline <= old.deadline
            if not isinstance(self.events[-1], Expedited):
                assert new.deadline == old.deadline

    @invariant()
    def an_open_level_is_looked_at_again_at_its_next_moment(self) -> None:
        """Whatever happened, the last moment that was asked for is the one that is needed."""
        if self.state is None or self.state.stage is not Stage.APPROVAL_PENDING:
            return
        moments = {
            effect.level: effect.moment
            for effects in self.kept
            for effect in effects
            if isinstance(effect, Awaken)
        }
        for each in self.state.requests:
            if not each.approved and self.state.outcome is None:
                assert moments[each.level] == each.next_moment

    @invariant()
    def ends_at_most_once(self) -> None:
        assert self.ends <= 1
        if self.state is not None:
            assert (self.ends == 1) == (self.state.outcome is not None)

    @invariant()
    def active_means_every_level_agreed_in_time(self) -> None:
        if self.state is None or self.state.outcome is not Outcome.ACTIVE:
            return
        assert tuple(each.level for each in self.state.requests) == self.state.levels
        voters = [by for each in self.state.requests for by in each.approvals]
        assert len(set(voters)) == len(voters)
        assert "paula" not in voters
        for each in self.state.requests:
            assert len(each.approvals) == each.quorum
            for by in each.approvals:
                self.vote_of_this_round_counted(each.level, by)

    def vote_of_this_round_counted(self, level: Level, by: str) -> None:
        """Look the vote up among the events: in time, of what was asked about, by who may."""
        assert self.state is not None
        asked = max(
            number
            for number, event in enumerate(self.events)
            if isinstance(event, ComplianceFinished)
            and not any(isinstance(each, Ignored) for each in self.kept[number])
        )
        request = self.state.request(level)
        assert request is not None
        vote = next(
            event
            for event, effects in zip(self.events[asked:], self.kept[asked:], strict=True)
            if isinstance(event, Voted)
            and (event.level, event.by, event.approve) == (level, by, True)
            and not any(isinstance(each, Ignored) for each in effects)
        )
        assert vote.at <= request.deadline
        assert self.state.binding in {None, vote.binding}
        assert request.admits(by, GROUPS.get(by, ()))
        assert not request.has_handed_over(by)
        assert ("phone", "redact") in self.state.masks or ("phone", "partial") in self.state.masks

    @invariant()
    def something_or_somebody_is_always_awaited(self) -> None:
        state = self.state
        if state is None or state.outcome is not None:
            return
        waits_for_votes = state.stage is Stage.APPROVAL_PENDING and any(
            not each.approved for each in state.requests
        )
        waits_for_person = state.running is None and not state.submitted
        waits_for_person |= state.running is None and state.stage in {
            Stage.INITIALIZING,
            Stage.VALIDATING,
        }
        assert state.running is not None or waits_for_votes or waits_for_person

    @invariant()
    def survives_being_stored(self) -> None:
        if self.state is not None:
            assert State.from_json(self.state.to_json()) == self.state

    def teardown(self) -> None:
        state: State | None = None
        for event, effects in zip(self.events, self.kept, strict=True):
            state, again = decide(state, event)
            assert again == effects
        assert state == self.state


ApprovalMachine.TestCase.settings = settings(
    max_examples=150, stateful_step_count=25, deadline=None
)
TestApproval = ApprovalMachine.TestCase
