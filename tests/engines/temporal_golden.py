"""
Record how processes lived on a real server: what every later release has to be able to replay.

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcs.core.ids import new_id
from dcs.engines.durable import Hosted, Start
from dcs.engines.durable.temporal.engine import TemporalEngine, connect
from dcs.engines.durable.temporal.options import TemporalOptions
from dcs.observability import configure_logs
from tests.engines.temporal_servers import temporal_server
from tests.engines.temporal_toy import TOY, Kept, hosted, opened
from tests.workflow import golden_approvals


@dataclass(frozen=True)
class Lived:
    """One process on a server, that is told a story."""

    engine: TemporalEngine
    workflow: str

    async def begin(self, process: str, event: dict[str, Any]) -> None:
        await self.engine.start(self.workflow, Start(process, self.workflow, "acme", event), {})

    async def reach(self, **wanted: object) -> None:
        """Look until it shows this: the server has no event to wait for."""
        async with asyncio.timeout(30):
            while not wanted.items() <= (await self.engine.status(self.workflow)).items():
                await asyncio.sleep(0.05)

    async def ask(self, event: dict[str, Any], key: str | None = None) -> None:
        await self.engine.ask(self.workflow, key or new_id(), event)


Story = Callable[[Lived], Awaitable[None]]


async def _long(toy: Lived) -> None:
    """So many people who ask that the history is begun anew."""
    await toy.begin(TOY, opened(needed=12))
    for number in range(12):
        await toy.ask({"type": "agreed", "by": f"person{number}"})


LONG: Mapping[str, Story] = {"long": _long}
SHORT = {"limit__historyCount__suggestContinueAsNew": "60"}  # what a server takes for long


async def record(
    engine: TemporalEngine, story: Story, processes: Mapping[str, Hosted]
) -> list[str]:
    """Let a process live through a story; return the history of its first run and of its last."""
    lived = Lived(engine, f"golden-acme-{new_id()}")
    async with engine.worker(processes):
        await story(lived)
        await engine.client.get_workflow_handle(lived.workflow).result()
    shown = await engine.client.get_workflow_handle(lived.workflow).describe()
    first = shown.raw_description.workflow_execution_info.first_run_id
    handles = [
        engine.client.get_workflow_handle(lived.workflow, run_id=run)
        for run in dict.fromkeys([first, shown.run_id])
    ]
    return [(await handle.fetch_history()).to_json() for handle in handles]


async def _main(folder: Path) -> None:
    configure_logs("error")  # some of the work fails because it should
    folder.mkdir(parents=True)
    await _write(folder, LONG, SHORT)
    await _write(folder, golden_approvals.STORIES, {})


async def _write(folder: Path, stories: Mapping[str, Story], settings: Mapping[str, str]) -> None:
    with (
        tempfile.TemporaryDirectory() as scratch,
        temporal_server(Path(scratch), **settings) as server,
    ):
        engine = await connect(TemporalOptions(server.address, queue="golden"))
        kept = Kept(Path(scratch) / "kept")
        processes = hosted(kept) | golden_approvals.hosted(kept)
        for name, story in stories.items():
            for place, run in enumerate(await record(engine, story, processes)):
                ending = f"-{place + 1}" if place else ""
                text = _one_line_each(_anonymous(json.loads(run))["events"])
                (folder / f"{name}{ending}.json").write_text(text, encoding="utf-8")


def _one_line_each(events: list[Any]) -> str:
    lines = ",\n".join(json.dumps(each) for each in events)
    return f'{{"events": [\n{lines}\n]}}\n'


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
