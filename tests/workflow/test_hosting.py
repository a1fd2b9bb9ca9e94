"""What a cluster is handed of an approval, tried without one: pure, once, and nothing too much."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dcs.catalog import Dataset, Status, Version
from dcs.core.errors import UnavailableError
from dcs.core.ids import TenantId, new_id
from dcs.engines.database import Session
from dcs.engines.durable import Attempt, Json, Step, StepMissingError
from dcs.studio import Studio
from dcs.workflow import messages, store
from dcs.workflow.approval import decide
from dcs.workflow.codec import UnreadableMessageError, to_json
from dcs.workflow.hosting import APPROVAL, PROCESS, Bodies
from dcs.workflow.hosting.process import SAID, SIZE, event_of
from dcs.workflow.hosting.store import add_words, take_words
from dcs.workflow.messages import Event
from dcs.workflow.service import Conclude
from dcs.workflow.state import Activity, Level, State
from tests.workflow.engine_case import ACME, Case, Engine, opened

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LIFE: list[Event] = [
    messages.Opened(NOW, "paula", "CONFIDENTIAL"),
    messages.Inspected(NOW, "clean", True),
    messages.ValidationFinished(NOW, True),
    messages.ComplianceFinished(NOW, True, approvers=("stella", "simon")),
    messages.Expedited(NOW, "paula"),
    messages.Voted(NOW, "stella", Level.L1, approve=True),
    messages.Returned(NOW, "simon", Level.L2),
    messages.Submitted(NOW, "paula"),
    messages.ComplianceFinished(NOW, True, approvers=("stella", "simon")),
    messages.Voted(NOW, "stella", Level.L1, approve=True),
    messages.Voted(NOW, "simon", Level.L2, approve=True),
    messages.Activated(NOW),
]


def sent(value: Any) -> Any:
    """Return what is left of a value that went through a cluster."""
    return json.loads(json.dumps(value))


def lived(events: list[Event], **more: Any) -> list[tuple[Json, list[Json]]]:
    """Return each state and its effects, as a cluster sees them."""
    state: Json | None = None
    found = []
    for event in events:
        told = to_json(event) | more if state is None else to_json(event)
        state, effects = sent(PROCESS.decide(state, sent(told)))
        found.append((state, effects))
    return found


def test_a_hosted_approval_decides_what_the_machine_decides() -> None:
    state: State | None = None
    for event, (told, effects) in zip(LIFE, lived(LIFE), strict=True):
        state, wanted = decide(state, event)
        assert State.from_json(told) == state
        assert [each["type"] for each in effects] == [type(each).__name__ for each in wanted]


def test_its_status_is_that_of_its_version() -> None:
    shown = [PROCESS.public(state)["status"] for state, _ in lived(LIFE)]
    told = ["inspecting"]
    for _, effects in lived(LIFE)[1:]:
        [*changes] = [each["status"] for each in effects if each["type"] == "SetStatus"]
        told.append(changes[-1] if changes else told[-1])
    assert shown == told
    assert {*shown} <= {status.value for status in Status}


def test_it_waits_for_the_levels_that_have_not_decided() -> None:
    states = [state for state, _ in lived(LIFE)]
    assert [each.name for each in PROCESS.deadlines(states[2])] == []
    usual, urgent = PROCESS.deadlines(states[3]), PROCESS.deadlines(states[4])
    assert [each.name for each in usual] == ["L1", "L2"]
    assert all(new.instant < old.instant for old, new in zip(usual, urgent, strict=True))
    assert [each.name for each in PROCESS.deadlines(states[5])] == ["L2"]
    passed = event_of(urgent[0].event)
    assert passed == messages.DeadlinePassed(urgent[0].instant, Level.L1)


def test_the_time_for_work_grows_with_the_file() -> None:
    for size, minutes in ((0, 5), (12_000_000_000, 105)):
        [(_, [effect])] = lived(LIFE[:1], **{SIZE: size})
        work = PROCESS.work(effect)
        assert work is not None
        assert (work.activity, work.timeout) == ("approval.inspect", timedelta(minutes=minutes))


def test_what_an_operator_does_is_an_event_like_any_other() -> None:
    state, _ = lived(LIFE[:4])[-1]
    at = "2026-03-02T13:00:00.000000Z"
    hasty, _ = PROCESS.decide(state, PROCESS.expedited(at))
    assert hasty["expedited"]
    ended, _ = PROCESS.decide(hasty, PROCESS.cancelled(at))
    assert PROCESS.ended(ended)
    assert PROCESS.public(ended)["error"] == "CANCELLED"


def test_what_is_no_event_is_refused_without_being_repeated() -> None:
    state, _ = lived(LIFE[:4])[-1]
    with pytest.raises(UnreadableMessageError) as refused:
        PROCESS.decide(state, {"type": "Voted", "by": "Jane Doe"})
    assert "Jane" not in refused.value.detail


class Hosted:
    """A studio with an approval whose steps a cluster would send."""

    def __init__(self, case: Case, version: Version, approval: str) -> None:
        self.case, self.version, self.id = case, version, approval
        self.keep = case.studio.hosted[APPROVAL].keep

    def step(self, number: int, event: Event, **more: Any) -> Step:
        states = lived([*LIFE[: number - 1], event])
        state, effects = states[-1]
        return Step(APPROVAL, self.id, ACME, number, to_json(event) | more, state, effects)

    async def read(self, session_work: Any) -> Any:
        return await self.case.studio.database.read(ACME, session_work)


@pytest.fixture
async def hosted(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Hosted]:
    async with opened(Engine("rows", tmp_path / "data"), work=False) as case:
        version = await case.send()
        approval = await case.approval()
        await case.studio.database.write(
            ACME, lambda s: store.change_approval(s, approval.id, host=store.CLUSTER)
        )
        yield Hosted(case, version, approval.id)


async def test_a_step_that_comes_again_is_kept_once(hosted: Hosted) -> None:
    for _ in range(2):
        await hosted.keep(hosted.step(2, LIFE[1]))
    assert await hosted.case.history() == [
        ("approval.opened", "done"),
        ("approval.inspected", "done"),
    ]
    assert (await hosted.case.now(hosted.version)).status is Status.VALIDATING
    assert await hosted.case.studio.jobs.count_due("approval.validate") == 0


async def test_a_step_that_lacks_the_one_before_it_is_refused(hosted: Hosted) -> None:
    with pytest.raises(StepMissingError):
        await hosted.keep(hosted.step(3, LIFE[2]))
    assert await hosted.case.history() == [("approval.opened", "done")]


async def test_words_are_kept_with_the_step_they_led_to(hosted: Hosted) -> None:
    words = new_id()
    await hosted.case.studio.database.write(
        ACME, lambda s: add_words(s, words, hosted.id, "what for?")
    )
    said = messages.Commented(NOW, hosted.case.people["simon"].id)
    for _ in range(2):
        await hosted.keep(hosted.step(2, said, **{SAID: words}))
    assert [each.text for each in (await hosted.case.approval()).comments] == ["what for?"]
    assert await hosted.case.studio.database.write(ACME, lambda s: take_words(s, words)) is None


async def test_the_end_of_an_approval_removes_the_words_that_led_to_nothing(
    hosted: Hosted,
) -> None:
    words = new_id()
    await hosted.case.studio.database.write(
        ACME, lambda s: add_words(s, words, hosted.id, "too late")
    )
    await hosted.keep(hosted.step(2, messages.Cancelled(NOW, "operator")))
    assert (await hosted.case.now(hosted.version)).status is Status.CANCELLED
    assert await hosted.case.studio.database.write(ACME, lambda s: take_words(s, words)) is None


class Worker:
    """Counts how often the work was done and how often its result was kept."""

    def __init__(self, studio: Studio) -> None:
        self.done = self.kept = 0
        self.body = Bodies(studio.database, studio.catalog, studio.clock).of(
            {Activity.INSPECT: self.inspect}
        )["approval.inspect"]

    async def inspect(self, tenant: TenantId, dataset: Dataset, version: Version) -> Conclude:
        self.done += 1
        await asyncio.sleep(0)  # lets the other attempt come as far

        def conclude(session: Session) -> Event:
            self.kept += 1
            return messages.Inspected(NOW, f"clean {self.kept}", True)

        return conclude


async def test_work_that_was_done_is_not_done_again(hosted: Hosted) -> None:
    worker = Worker(hosted.case.studio)
    attempts = [Attempt(APPROVAL, hosted.id, ACME, {}, "key", number) for number in (1, 2)]
    first = await worker.body(attempts[0])
    assert await worker.body(attempts[1]) == first
    assert (worker.done, worker.kept) == (1, 1)


async def test_of_two_attempts_at_the_same_time_one_counts(hosted: Hosted) -> None:
    worker = Worker(hosted.case.studio)
    attempts = [Attempt(APPROVAL, hosted.id, ACME, {}, "key", number) for number in (1, 2)]
    first, second = await asyncio.gather(*(worker.body(each) for each in attempts))
    assert first == second
    assert worker.done == 2


async def test_a_database_that_is_away_is_waited_for(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = hosted.case.studio.database
    write, failures = database.write, [UnavailableError("away"), UnavailableError("away")]

    async def failing(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return await write(*arguments)

    monkeypatch.setattr("dcs.workflow.hosting.bodies.PAUSE", 0.0)
    monkeypatch.setattr(database, "write", failing)
    worker = Worker(hosted.case.studio)
    event = await worker.body(Attempt(APPROVAL, hosted.id, ACME, {}, "key", 1))
    assert event["type"] == "Inspected"
    assert (worker.done, failures) == (1, [])
