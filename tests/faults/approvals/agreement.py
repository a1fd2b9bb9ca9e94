"""What must hold of approvals at every moment, and at their end; read from the rows and from nowhere else."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from dcs.audit.chain import GENESIS, verify_chain
from dcs.audit.store import audit_event, head, page
from dcs.auth.store import account
from dcs.catalog.store import dataset, version
from dcs.engines.database import Session
from dcs.engines.durable.rows import DONE, READY, job
from dcs.engines.events.outbox import outbox
from dcs.validation.store import validation_report
from dcs.workflow import store
from dcs.workflow.notices.store import letter, notice
from dcs.workflow.state import Activity, Outcome, Stage, State
from tests.faults.approvals.stories import Story

AT_WORK = {
    Activity.INSPECT: "inspecting",
    Activity.VALIDATE: "validating",
    Activity.CHECK_COMPLIANCE: "checking",
    Activity.ACTIVATE: "activating",
}


def everything_agrees(session: Session) -> int:
    """
    Check that no approval is half visible, and return how many there are.

    State, status, requests, votes, comments, jobs, record and news are of the same moment.
    """
    found = session.all(session.select(store.approval))
    for row in found:
        _agrees(session, row)
    _chain_is_whole(session)
    return len(found)


def _agrees(session: Session, row: Row[Any]) -> None:
    state = State.from_json(row.state)
    assert row.stage == state.stage.value
    assert row.progress == state.progress
    assert row.outcome == (state.outcome and state.outcome.value)
    assert (row.finished_at is None) == (state.outcome is None)
    seen = _only(session, version, version.c.id == row.version)
    assert seen.status == _status(state), (seen.status, state)
    assert (seen.progress, seen.reason) == (_progress(state, seen), _reason(state))
    assert (seen.activated_at is not None) == (state.outcome is Outcome.ACTIVE)
    judged = _all(session, validation_report, validation_report.c.version == row.version)
    assert len(judged) == (state.progress >= 30 or "validation_finished" in _done(session, row))
    _requests_agree(session, row, state)
    _record_agrees(session, row, seen)
    _jobs_agree(session, row, state)


def _status(state: State) -> str:
    if state.outcome is not None:
        return state.outcome.value
    if state.running is not None:
        return AT_WORK[state.running]
    if state.stage is Stage.APPROVAL_PENDING:
        return "awaiting_approval" if state.submitted else "returned"
    raise AssertionError(state)  # no story leads anywhere else


def _progress(state: State, seen: Row[Any]) -> int:
    """Return the progress that clients see: of the last status, which an inspection is before."""
    return 0 if seen.status == "inspecting" else state.progress


def _reason(state: State) -> str | None:
    return "RETURNED" if _status(state) == "returned" else state.reason


def _requests_agree(session: Session, row: Row[Any], state: State) -> None:
    kept = {each.level: each for each in store.requests(session, row.id)}
    for asked in state.requests:
        expected = "open" if state.outcome is None else "closed"
        if asked.approved:
            expected = "approved"
        elif state.reason == "HUMAN_REJECTION" and kept[asked.level.value].state == "rejected":
            expected = "rejected"
        assert kept[asked.level.value].state == expected
        assert kept[asked.level.value].deadline == asked.deadline
    if not state.requests:
        assert "open" not in {each.state for each in kept.values()}
    votes = store.votes(session, row.id)
    said = [each for each in votes if each.round == state.round]
    approved = {(each.level, each.voter) for each in said if each.decision == "approve"}
    assert approved == {(each.level.value, by) for each in state.requests for by in each.approvals}
    rejected = [each.level for each in said if each.decision == "reject"]
    assert rejected == [each.level for each in kept.values() if each.state == "rejected"]
    assert bool(rejected) == (state.reason == "HUMAN_REJECTION")


def _record_agrees(session: Session, row: Row[Any], seen: Row[Any]) -> None:
    """One event of the record for each step, votes and comments for those that counted, news for each status."""
    events = _events(session, row)
    assert len(events) == row.step
    done = Counter(_done(session, row))
    assert done["voted"] + done["returned"] == len(store.votes(session, row.id))
    assert done["commented"] == len(store.comments(session, row.id))
    statuses = _statuses(session, row)
    assert (statuses or ["inspecting"])[-1] == seen.status


def _jobs_agree(session: Session, row: Row[Any], state: State) -> None:
    """What is running has one job that waits or is held, and every open request its deadline."""
    own = [each for each in _all(session, job) if each.payload.get("approval") == row.id]
    waiting = Counter(each.kind for each in own if each.state == READY)
    running = [] if state.running is None else [f"approval.{state.running.value}"]
    opened = [each for each in state.requests if not each.approved and state.outcome is None]
    assert waiting == Counter([*running, *("approval.deadline" for _ in opened)])
    assert {each.state for each in own} <= {READY, DONE}


def _chain_is_whole(session: Session) -> None:
    length, last = head(session)
    assert verify_chain(page(session, 0, length + 1), GENESIS, 0) == (length, last)


def everything_happened_once(session: Session, *, letters: bool) -> Counter[Story]:
    """Check that every story has come to its end, and how; return how often each was told."""
    told: Counter[Story] = Counter()
    logins = {each.id: each.login for each in _all(session, account)}
    for row in session.all(session.select(store.approval)):
        seen = _only(session, version, version.c.id == row.version)
        story = Story.of(seen.filename)
        told[story] += 1
        plot = story.value
        ended = (plot.outcome.value, plot.reason)
        assert (row.outcome, row.reason) == ended, (story, row, _history(session, row))
        assert _unrepeated(_done(session, row), "commented") == list(plot.actions)
        assert _statuses(session, row) == list(plot.statuses)
        votes = [
            (each.level, each.round, logins[each.voter], each.decision)
            for each in store.votes(session, row.id)
        ]
        assert votes == list(plot.votes)
        _everybody_was_told_once(session, row, story, logins)
        received = [each for each in _news(session, row.version) if each.type == "version.received"]
        assert len(received) == 1
    _nothing_is_left(session, letters=letters)
    return told


def _everybody_was_told_once(
    session: Session, row: Row[Any], story: Story, logins: dict[str, str]
) -> None:
    found = _all(session, notice, notice.c.about_id == row.id)
    told = Counter((logins[n.recipient], n.kind, str(n.data.get("level", ""))) for n in found)
    expected = Counter(story.value.notices)
    comments = len(store.comments(session, row.id))  # two processes may both have said it
    for login in ("stella", "simon"):
        if expected[(login, "commented", "")]:
            expected[(login, "commented", "")] = comments
    assert told == expected


def _nothing_is_left(session: Session, *, letters: bool) -> None:
    assert _all(session, job, job.c.state == READY, job.c.every.is_(None)) == []
    assert _all(session, store.request, store.request.c.state == "open") == []
    numbers = [
        each.number
        for each in _all(session, version, version.c.status == "active")
        if each.activated_at is not None
    ]
    actives = [each.active_number or 0 for each in _all(session, dataset)]
    assert max(numbers, default=0) in actives
    if letters:
        assert all(each.outcome == "sent" for each in _all(session, letter))
        assert all(each.mailed_at is not None for each in _all(session, notice))


def _events(session: Session, row: Row[Any]) -> Sequence[Row[Any]]:
    about = (audit_event.c.object_kind == "approval", audit_event.c.object_id == row.id)
    query = session.select(audit_event).where(*about, audit_event.c.action.startswith("approval."))
    return session.all(query.order_by(audit_event.c.sequence))


def _done(session: Session, row: Row[Any]) -> list[str]:
    """Return the events that counted; what came twice or late is on record as ignored."""
    done = [each.action for each in _events(session, row) if each.outcome == "done"]
    return [each.removeprefix("approval.") for each in done]


def _unrepeated(names: Sequence[str], one: str) -> list[str]:
    return [name for n, name in enumerate(names) if name != one or one not in names[:n]]


def _history(session: Session, row: Row[Any]) -> list[tuple[Any, ...]]:
    """Return what is on record of an approval, and its jobs, for whoever reads of a failure."""
    own = [each for each in _all(session, job) if each.payload.get("approval") == row.id]
    jobs = [(each.kind, each.state, each.attempt, each.due, each.worker) for each in own]
    return [(e.at, e.action, e.outcome, e.reasons) for e in _events(session, row)] + jobs


def _news(session: Session, subject: str) -> Sequence[Row[Any]]:
    query = session.select(outbox).where(outbox.c.subject == subject)
    return session.all(query.order_by(outbox.c.xid, outbox.c.seq))


def _statuses(session: Session, row: Row[Any]) -> list[str]:
    news = _news(session, row.version)
    return [each.data["status"] for each in news if each.type == "version.status_changed"]


def _all(session: Session, table: Any, *conditions: Any) -> Sequence[Row[Any]]:
    return session.all(session.select(table).where(*conditions))


def _only(session: Session, table: Any, *conditions: Any) -> Row[Any]:
    [row] = _all(session, table, *conditions)
    return row
