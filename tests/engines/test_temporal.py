"""A process hosted on a real Temporal server: nothing lost, nothing doubled, everything told."""

import asyncio
import os
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import trustme
from pydantic import SecretStr
from temporalio.client import WorkflowExecutionStatus

from dcs.core.errors import InvalidError, UnavailableError
from dcs.core.settings import Settings
from dcs.engines.durable import (
    Attempt,
    Hosted,
    Json,
    ProcessExistsError,
    ProcessNotRunningError,
    Start,
    Step,
    StepMissingError,
    is_new,
)
from dcs.engines.durable.temporal import registry
from dcs.engines.durable.temporal.engine import connect
from dcs.engines.durable.temporal.errors import (
    MessageRefusedError,
    TemporalRefusedError,
)
from dcs.engines.durable.temporal.registry import ProcessTakenError, UnknownProcessError
from dcs.studio.engines import open_temporal
from tests.engines.temporal_case import Case, child, killed, options
from tests.engines.temporal_toy import (
    TOY,
    TOY_PROCESS,
    Diggers,
    Kept,
    ToyProcess,
    hosted,
    opened,
)
from tests.scale import WORKER_KILLS

pytestmark = [pytest.mark.anyio, pytest.mark.service("temporal")]


@pytest.fixture
async def case(tmp_path: Path, anyio_backend: str) -> Case:
    return Case(await connect(options()), Kept(tmp_path / "kept.sqlite"))


def soon(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


# --- people


async def test_a_process_is_decided_kept_and_completed(case: Case) -> None:
    await case.start(needed=2)
    async with case.engine.worker(hosted(case.kept)):
        await case.agree("stella")
        await case.agree("simon")
        ended = await case.end()
        assert await case.engine.status(case.workflow) == ended
    assert ended["status"] == "done"
    assert ended["people"] == ["stella", "simon"]
    assert case.events == ["opened", "agreed", "agreed"]
    assert case.kept.count("effect") == 2
    assert case.kept.state(case.id)["status"] == "done"


async def test_messages_sent_before_any_worker_is_there_are_answered_in_their_order(
    case: Case,
) -> None:
    await case.start(needed=3)
    for who in ("a", "b", "c"):
        await case.agree(who)
    async with case.engine.worker(hosted(case.kept)):
        assert (await case.end())["people"] == ["a", "b", "c"]


async def test_of_several_messages_with_one_key_the_first_counts(case: Case) -> None:
    await case.start(needed=2)
    async with case.engine.worker(hosted(case.kept)):
        for _ in range(3):
            await case.agree("stella", key="vote-1")
        await case.agree("simon", key="vote-2")
        assert (await case.end())["people"] == ["stella", "simon"]
    assert case.events == ["opened", "agreed", "agreed"]


async def test_a_message_that_came_before_the_end_was_known_is_still_kept(case: Case) -> None:
    await case.start(needed=1)
    await case.agree("stella")
    await case.agree("simon")
    async with case.engine.worker(hosted(case.kept)):
        assert (await case.end())["people"] == ["stella"]
    assert case.events == ["opened", "agreed", "agreed"]


async def test_a_message_after_the_end_finds_nobody(case: Case) -> None:
    await case.start(needed=1)
    async with case.engine.worker(hosted(case.kept)):
        await case.agree("stella")
        await case.end()
    with pytest.raises(ProcessNotRunningError):
        await case.agree("simon")


async def test_a_message_that_is_no_event_is_dropped_and_stops_nothing(case: Case) -> None:
    await case.start(needed=1)
    async with case.engine.worker(hosted(case.kept)):
        await case.engine.tell(case.workflow, "k1", {"type": "nonsense"})
        handle = case.engine.client.get_workflow_handle(case.workflow)
        await handle.signal("message", 7)
        await case.agree("stella")
        assert (await case.end())["status"] == "done"
    assert case.events == ["opened", "agreed"]


async def test_whoever_asks_is_told_what_came_of_it(case: Case) -> None:
    agreed = {"type": "agreed", "by": "stella"}
    await case.start(needed=2)
    async with case.engine.worker(hosted(case.kept)):
        answer = await case.engine.ask(case.workflow, "1", agreed)
        assert (answer.number, answer.effects) == (2, [{"type": "heard", "by": "stella"}])
        assert case.kept.count("step") == 2
        assert await case.engine.ask(case.workflow, "1", agreed) == answer
        with pytest.raises(MessageRefusedError):
            await case.engine.ask(case.workflow, "2", {"type": "nonsense"})
        last = await case.engine.ask(case.workflow, "3", {"type": "agreed", "by": "simon"})
        assert last.number == 3
        assert (await case.end())["people"] == ["stella", "simon"]
        with pytest.raises(ProcessNotRunningError):
            await case.engine.ask(case.workflow, "4", agreed)
    assert case.events == ["opened", "agreed", "agreed"]


async def test_of_those_who_ask_at_once_each_is_answered(case: Case) -> None:
    async def ask(number: int) -> int:
        event = {"type": "agreed", "by": f"person{number}"}
        return (await case.engine.ask(case.workflow, str(number), event)).number

    await case.start(needed=5)
    async with case.engine.worker(hosted(case.kept)):
        numbers = await asyncio.gather(*(ask(number) for number in range(8)))
        await case.end()
    assert sorted(numbers) == list(range(2, 10))
    assert case.kept.count("step") == 9


async def test_what_is_asked_before_the_first_step_is_answered_with_nothing(case: Case) -> None:
    async def keep(_step: Step) -> None:
        raise ConnectionError

    await case.start(needed=1)
    async with case.engine.worker({TOY: Hosted(TOY_PROCESS, keep)}):
        assert await case.engine.status(case.workflow) == {}


async def test_a_process_that_nobody_started_is_not_running(case: Case) -> None:
    with pytest.raises(ProcessNotRunningError):
        await case.engine.status("toy-acme-none")
    with pytest.raises(ProcessNotRunningError):
        await case.engine.cancel("toy-acme-none")


# --- once


async def test_a_process_is_started_once_even_after_its_end(case: Case) -> None:
    await case.start(needed=1)
    with pytest.raises(ProcessExistsError):
        await case.start(needed=1)
    async with case.engine.worker(hosted(case.kept)):
        await case.agree("stella")
        await case.end()
    with pytest.raises(ProcessExistsError):
        await case.start(needed=1)


async def test_a_step_that_cannot_be_kept_is_tried_again_and_nothing_happens_before(
    case: Case,
) -> None:
    failures = 1
    seen: list[int] = []

    async def keep(step: Step) -> None:
        nonlocal failures
        seen.append(step.number)
        if step.number == 2 and failures:
            failures -= 1
            raise ConnectionError("the database is away")
        await case.kept.keep(step)

    await case.start(needed=2)
    await case.agree("stella")
    await case.agree("simon")
    async with case.engine.worker({TOY: Hosted(TOY_PROCESS, keep)}):
        await case.end()
    assert seen == [1, 2, 2, 3]
    assert case.events == ["opened", "agreed", "agreed"]


async def test_a_step_that_was_kept_but_not_acknowledged_is_kept_once(case: Case) -> None:
    async def keep(step: Step) -> None:
        await case.kept.keep(step)
        if step.number not in seen:
            seen.append(step.number)
            raise ConnectionError("the answer was lost")

    seen: list[int] = []
    await case.start(needed=1)
    async with case.engine.worker({TOY: Hosted(TOY_PROCESS, keep)}):
        await case.agree("stella")
        await case.end()
    assert seen == [1, 2]
    assert case.events == ["opened", "agreed"]


def test_a_step_with_a_gap_before_it_is_refused() -> None:
    assert is_new(kept=0, number=1)
    assert not is_new(kept=3, number=3)
    assert not is_new(kept=3, number=1)
    with pytest.raises(StepMissingError):
        is_new(kept=3, number=5)


# --- time


async def test_a_deadline_that_passes_is_an_event(case: Case) -> None:
    await case.start(until=soon(seconds=1))
    async with case.engine.worker(hosted(case.kept)):
        begun = time.monotonic()
        assert (await case.end())["status"] == "late"
    assert time.monotonic() - begun < 10
    assert case.events == ["opened", "late"]


async def test_a_deadline_in_the_past_passes_at_once(case: Case) -> None:
    await case.start(until=soon(hours=-1))
    async with case.engine.worker(hosted(case.kept)):
        assert (await case.end())["status"] == "late"


async def test_an_operator_may_expedite_a_running_deadline(case: Case) -> None:
    await case.start(until=soon(days=2))
    async with case.engine.worker(hosted(case.kept)):
        await case.until_status("waiting")
        await case.engine.expedite(case.workflow)
        assert (await case.end())["status"] == "late"
    assert case.events == ["opened", "expedited", "late"]


class Stubborn(ToyProcess):
    """Hears of its deadline and goes on as if nothing had been."""

    def decide(self, state: Json | None, event: Json) -> tuple[Json, list[Json]]:
        if event["type"] == "late" and state is not None:
            return {**state, "events": [*state["events"], "late"]}, []
        told, effects = super().decide(state, event)
        return told, list(effects)


async def test_a_deadline_that_changes_nothing_passes_once(case: Case) -> None:
    case.workflow = f"stubborn-acme-{case.id}"
    first = Start("stubborn", case.id, "acme", opened(until=soon(seconds=0.2)))
    await case.engine.start(case.workflow, first, {})
    stubborn = registry._registered.get("stubborn") or Stubborn()
    async with case.engine.worker({"stubborn": Hosted(stubborn, case.kept.keep)}):
        await case.until(lambda: _has(case, "late"))
        await case.agree("stella")
        await case.end()
    assert case.events == ["opened", "late", "agreed"]


async def _has(case: Case, event: str) -> bool:
    return event in (await case.engine.status(case.workflow)).get("events", [])


# --- work


async def test_the_result_of_work_is_the_next_event(case: Case) -> None:
    diggers = Diggers()

    async def find(attempt: Attempt) -> Json:
        return {"type": "dug"}

    await case.start(dig={"where": "here"})
    async with case.engine.worker(hosted(case.kept, diggers.doing(find))):
        await case.until_status("waiting")
        await case.agree("stella")
        await case.end()
    [attempt] = diggers.attempts
    assert attempt.key == f"{case.id}:1:0"
    assert (attempt.process, attempt.id, attempt.tenant) == (TOY, case.id, "acme")
    assert attempt.effect == {"type": "dig", "where": "here"}
    assert case.events == ["opened", "dug", "agreed"]


async def test_work_that_fails_is_tried_again_under_the_same_key(case: Case) -> None:
    diggers = Diggers()

    async def fail_twice(attempt: Attempt) -> Json:
        if attempt.number < 3:
            raise ValueError("a stone")
        return {"type": "dug"}

    await case.start(dig={})
    async with case.engine.worker(hosted(case.kept, diggers.doing(fail_twice))):
        await case.until_status("waiting")
        await case.agree("stella")
        await case.end()
    assert [each.number for each in diggers.attempts] == [1, 2, 3]
    assert {each.key for each in diggers.attempts} == {f"{case.id}:1:0"}


async def test_work_that_always_fails_is_given_up_and_its_texts_stay_at_home(case: Case) -> None:
    diggers = Diggers()

    async def always_fail(_attempt: Attempt) -> Json:
        raise ValueError("cannot read the row of Jane Doe")

    await case.start(dig={"attempts": 2})
    async with case.engine.worker(hosted(case.kept, diggers.doing(always_fail))):
        assert (await case.end())["status"] == "failed"
    assert len(diggers.attempts) == 2
    assert case.events == ["opened", "failed"]
    handle = case.engine.client.get_workflow_handle(case.workflow)
    history = (await handle.fetch_history()).to_json()
    assert "ValueError" in history
    assert "Jane" not in history


async def test_a_later_attempt_knows_what_an_earlier_one_had_reached(case: Case) -> None:
    diggers = Diggers()

    async def go_on(attempt: Attempt) -> Json:
        if attempt.reached is None:
            attempt.tell({"depth": 7})
            raise ValueError
        return {"type": "dug"}

    await case.start(dig={})
    async with case.engine.worker(hosted(case.kept, diggers.doing(go_on))):
        await case.until_status("waiting")
        await case.agree("stella")
        await case.end()
    assert [each.reached for each in diggers.attempts] == [None, {"depth": 7}]


async def test_work_longer_than_the_silence_allowed_is_not_taken_for_dead(case: Case) -> None:
    diggers = Diggers()

    async def slowly(_attempt: Attempt) -> Json:
        await asyncio.sleep(2.5)
        return {"type": "dug"}

    await case.start(dig={"silence": 1, "attempts": 1})
    async with case.engine.worker(hosted(case.kept, diggers.doing(slowly))):
        await case.until_status("waiting")
        await case.agree("stella")
        assert (await case.end())["status"] == "done"
    assert len(diggers.attempts) == 1


async def test_a_cancelled_process_decides_what_that_means_and_its_work_is_stopped(
    case: Case,
) -> None:
    stopped = asyncio.Event()

    async def for_ever(_attempt: Attempt) -> Json:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return {}

    await case.start(dig={"silence": 1})
    async with case.engine.worker(hosted(case.kept, for_ever)):
        await case.until_status("digging")
        await case.engine.cancel(case.workflow)
        assert (await case.end())["status"] == "cancelled"
        async with asyncio.timeout(10):
            await stopped.wait()
    assert case.events == ["opened", "cancelled"]
    handle = case.engine.client.get_workflow_handle(case.workflow)
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED


async def test_a_process_cancelled_before_any_worker_was_there_is_kept_all_the_same(
    case: Case,
) -> None:
    await case.start(needed=1)
    await case.engine.cancel(case.workflow)
    async with case.engine.worker(hosted(case.kept)):
        assert (await case.end())["status"] == "cancelled"
    assert case.events == ["opened", "cancelled"]


# --- workers come and go


async def test_a_worker_that_is_stopped_costs_no_attempt(case: Case) -> None:
    begun = asyncio.Event()

    async def begin(_attempt: Attempt) -> Json:
        begun.set()
        await asyncio.Event().wait()
        return {}

    await case.start(dig={"attempts": 1})
    async with case.engine.worker(hosted(case.kept, begin)):
        await begun.wait()
    async with case.engine.worker(hosted(case.kept)):
        await case.until_status("waiting")
        await case.agree("stella")
        assert (await case.end())["status"] == "done"


PLACES = [f"{what}:{time}" for what in ("keep.before", "keep.after") for time in (1, 2, 3)]
PLACES += ["dig.before:1", "dig.after:1"]


async def test_another_worker_goes_on_wherever_one_was_killed(case: Case) -> None:
    async def dig(attempt: Attempt) -> Json:
        case.kept.worked(attempt.key)
        return {"type": "dug"}

    async def agree(each: Case) -> None:
        await each.until_status("waiting", "done")
        with suppress(ProcessNotRunningError):
            await each.agree("stella", key="vote")

    async def survive(place: str) -> None:
        each = Case(await connect(options()), case.kept)
        async with child(each, place) as process:
            await each.start(dig={}, needed=1)
            if place.endswith(":3"):
                await agree(each)
            assert await killed(process), place
        async with each.engine.worker(hosted(case.kept, dig)):
            await agree(each)
            assert (await each.end())["people"] == ["stella"], place
        assert each.events == ["opened", "dug", "agreed"], place

    await asyncio.gather(*(survive(place) for place in PLACES))
    assert case.kept.count("effect") == 2 * len(PLACES)
    assert case.kept.count("work") == len(PLACES)


async def test_an_idle_worker_that_is_killed_is_not_missed(case: Case) -> None:
    async with child(case) as process:
        await case.start(needed=1)
        await case.until_status("waiting")
        process.kill()
        assert await killed(process)
    async with case.engine.worker(hosted(case.kept)):
        begun = time.monotonic()
        await case.agree("stella")
        assert (await case.end())["status"] == "done"
        assert time.monotonic() - begun < 15


async def test_workers_killed_at_random_lose_nothing_and_double_nothing(
    case: Case, scale: str
) -> None:
    random, kills = Random(7), WORKER_KILLS[scale]
    others = [Case(case.engine, case.kept) for _ in range(4 + 2 * kills)]

    async def live(each: Case) -> None:
        await asyncio.sleep(random.uniform(0, kills))  # some begin at every moment
        await each.start(dig={"attempts": 1000}, needed=2)
        for key in ("vote-1", "vote-1", "vote-2", "vote-2"):
            await each.until_status("waiting", "done")
            with suppress(ProcessNotRunningError):
                await each.agree(key, key=key)
        assert (await each.end())["people"] == ["vote-1", "vote-2"]

    async def work_and_die(times: int) -> None:
        for _ in range(times):
            async with child(case):
                await asyncio.sleep(random.uniform(0.2, 2.0))

    async def work() -> None:
        await asyncio.gather(work_and_die(kills - kills // 2), work_and_die(kills // 2))
        async with child(case):
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    try:
        await asyncio.gather(*(live(each) for each in others))
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert {tuple(each.events) for each in others} == {("opened", "dug", "agreed", "agreed")}
    assert case.kept.count("effect") == 3 * len(others)
    assert case.kept.count("work") == len(others)
    assert case.kept.count("begun") > len(others), "no kill hit any work"


async def test_a_mistake_in_a_process_stops_it_until_it_is_mended(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ToyProcess, "deadlines", lambda _self, state: state["mistake"])
        await case.start(needed=1)
        async with case.engine.worker(hosted(case.kept)):
            await case.until(lambda: _steps(case, 1))
    async with case.engine.worker(hosted(case.kept)):
        await case.agree("stella")
        assert (await case.end())["status"] == "done"
    assert case.events == ["opened", "agreed"]


async def _steps(case: Case, number: int) -> bool:
    return case.kept.count("step") == number


# --- looking for them


async def test_a_process_is_found_by_its_attributes(case: Case) -> None:
    await case.start(needed=1)
    query = f"TenantId = 'acme' AND DatasetId = 'd1' AND RequesterId = 'u1' AND TaskQueue = '{case.engine.options.queue}'"

    async def found(status: str) -> bool:
        # STATUS is a word of the query language, hence the quotes.
        wanted = f"{query} AND `Status` = '{status}'"
        seen = [each.id async for each in case.engine.client.list_workflows(wanted)]
        return seen == [case.workflow]

    await case.until(lambda: found("starting"))
    async with case.engine.worker(hosted(case.kept)):
        await case.until(lambda: found("waiting"))
        await case.agree("stella")
        await case.end()
        await case.until(lambda: found("done"))


async def test_an_attribute_the_cluster_does_not_know_is_refused_at_the_start(case: Case) -> None:
    with pytest.raises(TemporalRefusedError):
        await case.engine.start(
            case.workflow, Start(TOY, case.id, "acme", opened()), {"Colour": "red"}
        )


# --- what is hosted


def test_a_name_stands_for_one_process() -> None:
    registry.register(TOY, TOY_PROCESS)
    registry.register(TOY, TOY_PROCESS)
    with pytest.raises(ProcessTakenError):
        registry.register(TOY, ToyProcess())
    with pytest.raises(UnknownProcessError):
        registry.registered("nothing")


# --- a cluster that is not there


async def test_a_cluster_that_is_not_there_is_named_within_five_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    begun = time.monotonic()
    with pytest.raises(UnavailableError, match=f"127.0.0.1:{port}"):
        await connect(options(address=f"127.0.0.1:{port}"))
    assert time.monotonic() - begun < 6


async def test_a_cluster_that_never_answers_is_named_within_five_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        begun = time.monotonic()
        with pytest.raises(UnavailableError, match=f"127.0.0.1:{port}"):
            await connect(options(address=f"127.0.0.1:{port}"))
        assert time.monotonic() - begun < 6


async def test_a_namespace_that_is_not_there_is_named() -> None:
    with pytest.raises(UnavailableError, match="namespace elsewhere"):
        await connect(options(namespace="elsewhere"))


async def test_the_settings_name_the_cluster_and_a_start_without_it_fails() -> None:
    assert await open_temporal(Settings()) is None
    address = os.environ["STUDIO_TEST_TEMPORAL"]
    engine = await open_temporal(Settings(workflow=f"temporal://{address}/default"))
    assert engine is not None
    assert engine.options.queue == "data-approval-queue"
    with pytest.raises(UnavailableError, match=re.escape("127.0.0.1:9")):
        await open_temporal(Settings(workflow="temporal://127.0.0.1:9"))
    with pytest.raises(InvalidError):
        await open_temporal(Settings(workflow="postgresql://somewhere"))


# --- TLS


@asynccontextmanager
async def behind_tls(authority: trustme.CA) -> AsyncIterator[str]:
    """Put TLS before the server, and ask clients for a certificate; lend the address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["h2"])
    authority.issue_cert("temporal.test").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    host, _, port = os.environ["STUDIO_TEST_TEMPORAL"].partition(":")

    serving: set[asyncio.Task[None]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ssl.SSLError):
            while piece := await reader.read(65_536):
                writer.write(piece)
                await writer.drain()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(host, int(port))
        ways = [(reader, inner_writer), (inner_reader, writer)]
        passing = {asyncio.create_task(pass_on(*way)) for way in ways}
        serving.update(passing)
        await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        for each in passing:
            each.cancel()
        for end in (writer, inner_writer):
            end.transport.abort()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for each in serving:
            each.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.sleep(0)  # the connections of those that were passed on are closed next


async def test_a_cluster_behind_tls_is_reached_with_the_right_certificates_alone(
    tmp_path: Path,
) -> None:
    authority, files = (
        trustme.CA(),
        {name: tmp_path / name for name in ("ca", "certificate", "key")},
    )
    shown = authority.issue_cert("client.test")
    authority.cert_pem.write_to_path(files["ca"])
    shown.cert_chain_pems[0].write_to_path(files["certificate"])
    shown.private_key_pem.write_to_path(files["key"])
    strange = tmp_path / "strange"
    trustme.CA().cert_pem.write_to_path(strange)
    async with behind_tls(authority) as address:
        right = {"address": address, "server_name": "temporal.test", **files}
        assert await connect(options(**right))
        assert await connect(options(**right, api_key=SecretStr("k" * 20)))
        for wrong in (
            {"ca": strange},
            {"server_name": "other.test"},
            {"certificate": None, "key": None},
        ):
            with pytest.raises(UnavailableError):
                await connect(options(**(right | wrong)))
        with pytest.raises(UnavailableError):
            await connect(options(address=address))
        with pytest.raises(InvalidError):
            await connect(options(**(right | {"ca": tmp_path / "none"})))
