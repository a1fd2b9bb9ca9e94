"""One process on a cluster, with a queue of its own, for the tests to talk to."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from dcs.core.errors import UnavailableError
from dcs.core.ids import new_id
from dcs.engines.durable import Json, Start
from dcs.engines.durable.temporal.engine import TemporalEngine
from dcs.engines.durable.temporal.options import TemporalOptions
from tests.engines.temporal_toy import TOY, Kept, opened

ROOT = Path(__file__).parents[2]


class Case:
    """A cluster, a queue of the test's own, and one process on it."""

    def __init__(self, engine: TemporalEngine, kept: Kept) -> None:
        self.engine, self.kept = engine, kept
        self.id = new_id()
        self.workflow = f"toy-acme-{self.id}"

    async def start(self, **values: Any) -> None:
        first = Start(TOY, self.id, "acme", opened(**values))
        attributes = {"DatasetId": "d1", "RequesterId": "u1"}
        await self.engine.start(self.workflow, first, attributes)

    async def agree(self, who: str, key: str | None = None) -> None:
        event = {"type": "agreed", "by": who}
        await self.engine.tell(self.workflow, key or new_id(), event)

    async def end(self) -> Json:
        handle = self.engine.client.get_workflow_handle(self.workflow, result_type=dict[str, Any])
        async with asyncio.timeout(60):
            return await handle.result()

    async def until(self, true: Callable[[], Awaitable[bool]]) -> None:
        """Look until it is so: the cluster has no event to wait for."""
        async with asyncio.timeout(30):
            while not await true():
                await asyncio.sleep(0.05)

    async def until_status(self, *wanted: str) -> None:
        async def reached() -> bool:
            with suppress(UnavailableError):  # no worker is alive to say it
                return (await self.engine.status(self.workflow)).get("status") in wanted
            return False

        await self.until(reached)

    @property
    def events(self) -> list[str]:
        return self.kept.events(self.id)


def options(**values: Any) -> TemporalOptions:
    values = {"address": os.environ["STUDIO_TEST_TEMPORAL"], "queue": f"test-{new_id()}"} | values
    return TemporalOptions(**values)


@asynccontextmanager
async def child(case: Case, place: str = "") -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a worker in a process of its own; *place* is where it kills itself."""
    options = case.engine.options
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.engines.temporal_child", options.address, options.queue),
        *(str(case.kept.path), place),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"working\n"
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def killed(process: asyncio.subprocess.Process) -> bool:
    """Wait for its end and say whether it was a SIGKILL."""
    async with asyncio.timeout(30):
        return await process.wait() == -9
