"""A server of the test's own: it goes away and comes back, its histories are short, versions meet."""

import asyncio
import json
from pathlib import Path

import pytest

from dcs.core.errors import UnavailableError
from dcs.engines.durable.temporal.engine import connect
from dcs.engines.durable.temporal.errors import TemporalRefusedError
from dcs.observability import configure_logs
from tests.engines.temporal_case import Case, options
from tests.engines.temporal_servers import temporal_server
from tests.engines.temporal_toy import Kept, hosted

pytestmark = [pytest.mark.anyio, pytest.mark.service("temporal")]


async def test_a_server_that_was_away_for_a_while_is_gone_on_with(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logs("warning")
    with temporal_server(tmp_path) as server:
        engine = await connect(options(address=server.address))
        case = Case(engine, Kept(tmp_path / "kept.sqlite"))
        async with engine.worker(hosted(case.kept)):
            await case.start(needed=2)
            await case.until_status("waiting")
            await case.agree("stella", key="1")
            await case.until(lambda: _kept(case, 2))
            server.kill()
            with pytest.raises(UnavailableError):
                await case.agree("simon", key="2")
            await asyncio.to_thread(server.start)
            await case.agree("simon", key="2")
            assert (await case.end())["people"] == ["stella", "simon"]
    assert case.events == ["opened", "agreed", "agreed"]
    printed, logged = capfd.readouterr()
    assert printed == ""
    lines = [json.loads(line) for line in logged.splitlines()]
    assert any(line["event"] == "temporal" and "retried" in line["said"] for line in lines)


async def _kept(case: Case, steps: int) -> bool:
    return case.kept.count("step") == steps


async def test_a_long_history_begins_anew_and_forgets_nothing(tmp_path: Path) -> None:
    with temporal_server(tmp_path, limit__historyCount__suggestContinueAsNew="40") as server:
        engine = await connect(options(address=server.address))
        case = Case(engine, Kept(tmp_path / "kept.sqlite"))
        await case.start(needed=12, dig={})
        people = [f"person{number}" for number in range(12)]
        async with engine.worker(hosted(case.kept)):
            await case.until_status("waiting")
            first = await _run(case)
            for number, who in enumerate(people):
                event = {"type": "agreed", "by": who}
                await case.engine.ask(case.workflow, f"vote-{number}", event)
                if number < 11:  # one that is long known counts no more in a later run either
                    await case.agree("person0", key="vote-0")
            assert (await case.end())["people"] == people
            assert await _run(case) != first
    assert case.events == ["opened", "dug", *["agreed"] * 12]


async def _run(case: Case) -> str | None:
    return (await case.engine.client.get_workflow_handle(case.workflow).describe()).run_id


async def test_a_process_stays_with_the_version_it_began_with(tmp_path: Path) -> None:
    with temporal_server(tmp_path) as server:
        one = await connect(options(address=server.address, queue="versions", version="1"))
        two = await connect(options(address=server.address, queue="versions", version="2"))
        old = Case(one, Kept(tmp_path / "one.sqlite"))
        new = Case(two, Kept(tmp_path / "two.sqlite"))
        async with one.worker(hosted(old.kept)):
            await _promote(old)
            await old.start(needed=1)
            await old.until_status("waiting")
            async with two.worker(hosted(new.kept)):
                await _promote(new)
                await new.start(needed=1)
                await new.until_status("waiting")
                for case in (old, new):
                    await case.agree("stella")
                    assert (await case.end())["status"] == "done"
    assert old.events == ["opened", "agreed"]
    assert new.events == ["opened", "agreed"]


async def _promote(case: Case) -> None:
    """Make its version current once the server has seen its worker."""

    async def promoted() -> bool:
        try:
            await case.engine.make_current()
        except (TemporalRefusedError, UnavailableError):
            return False
        return True

    await case.until(promoted)
