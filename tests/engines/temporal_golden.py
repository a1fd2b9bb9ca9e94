"""
Record how toys lived on a real server: what every later release has to be able to replay.

``python -m tests.engines.temporal_golden FOLDER`` with the program of a server
in ``STUDIO_TEST_TEMPORAL_BINARY`` writes one file for each story. A file that
was once released is never written again.
"""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dcs.core.ids import new_id
from dcs.engines.durable import Attempt, Json, Start
from dcs.engines.durable.temporal.engine import TemporalEngine, connect
from dcs.engines.durable.temporal.options import TemporalOptions
from tests.engines.temporal_servers import temporal_server
from tests.engines.temporal_toy import TOY, Kept, hosted, opened

Story = Callable[[TemporalEngine, str], Awaitable[None]]


async def _agreed(engine: TemporalEngine, workflow: str) -> None:
    """Work that failed once, a message sent twice, one that is no event, two people."""
    await _begin(engine, workflow, dig={"silence": 2}, needed=2, until=_in(hours=1))
    await _reach(engine, workflow, "waiting")
    for key, who in (("1", "stella"), ("1", "stella"), ("2", "simon")):
        await engine.tell(workflow, key, {"type": "agreed", "by": who})
        await engine.tell(workflow, "0", {"type": "nonsense"})


async def _expedited(engine: TemporalEngine, workflow: str) -> None:
    """A deadline that is moved while it runs, and passes."""
    await _begin(engine, workflow, until=_in(days=2))
    await _reach(engine, workflow, "waiting")
    await engine.expedite(workflow)


async def _cancelled(engine: TemporalEngine, workflow: str) -> None:
    """An operator's cancelling while work runs."""
    await _begin(engine, workflow, dig={"slow": True})
    await _reach(engine, workflow, "digging")
    await engine.cancel(workflow)


async def _failed(engine: TemporalEngine, workflow: str) -> None:
    """Work that is given up."""
    await _begin(engine, workflow, dig={"attempts": 1})


async def _long(engine: TemporalEngine, workflow: str) -> None:
    """So many people who ask that the history is begun anew."""
    await _begin(engine, workflow, needed=12)
    for number in range(12):
        event = {"type": "agreed", "by": f"person{number}"}
        await engine.ask(workflow, str(number), event)


STORIES: Mapping[str, Story] = {
    "agreed": _agreed,
    "expedited": _expedited,
    "cancelled": _cancelled,
    "failed": _failed,
    "long": _long,
}


async def _begin(engine: TemporalEngine, workflow: str, **values: Any) -> None:
    await engine.start(workflow, Start(TOY, workflow, "acme", opened(**values)), {})


async def _reach(engine: TemporalEngine, workflow: str, status: str) -> None:
    async with asyncio.timeout(30):
        while (await engine.status(workflow)).get("status") != status:
            await asyncio.sleep(0.05)  # the server has no event to wait for


def _in(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


async def _dig(attempt: Attempt) -> Json:
    if attempt.effect.get("slow"):
        await asyncio.Event().wait()
    if attempt.number == 1:
        raise ValueError("a stone")
    return {"type": "dug"}


async def record(engine: TemporalEngine, story: Story, kept: Kept) -> list[str]:
    """Let a toy live through a story; return the history of its first run and of its last."""
    workflow = f"toy-acme-{new_id()}"
    async with engine.worker(hosted(kept, _dig)):
        await story(engine, workflow)
        await engine.client.get_workflow_handle(workflow).result()
    shown = await engine.client.get_workflow_handle(workflow).describe()
    first = shown.raw_description.workflow_execution_info.first_run_id
    handles = [
        engine.client.get_workflow_handle(workflow, run_id=run)
        for run in dict.fromkeys([first, shown.run_id])
    ]
    return [(await handle.fetch_history()).to_json() for handle in handles]


async def _main(folder: Path) -> None:
    folder.mkdir(parents=True)
    short = {"limit__historyCount__suggestContinueAsNew": "60"}
    with (
        tempfile.TemporaryDirectory() as scratch,
        temporal_server(Path(scratch), **short) as server,
    ):
        engine = await connect(TemporalOptions(server.address, queue="golden"))
        for name, story in STORIES.items():
            for place, run in enumerate(await record(engine, story, Kept(Path(scratch) / "kept"))):
                ending = f"-{place + 1}" if place else ""
                text = json.dumps(_anonymous(json.loads(run)), indent=1)
                (folder / f"{name}{ending}.json").write_text(text + "\n", encoding="utf-8")


def _anonymous(value: Any) -> Any:
    """Leave out on which machine it was recorded, and where the code lay there."""
    if isinstance(value, list):
        return [_anonymous(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"^\d+@.*", "worker", value)
    if not isinstance(value, dict):
        return value
    return {key: "" if key == "stackTrace" else _anonymous(each) for key, each in value.items()}


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
