"""A worker for the tests to kill; it may also be told where to kill itself."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from dcs.engines.durable import Attempt, Hosted, Json, Step
from dcs.engines.durable.temporal.engine import connect
from dcs.engines.durable.temporal.options import TemporalOptions
from tests.engines.temporal_toy import DIG, TOY, TOY_PROCESS, Kept


class Suicidal:
    """Keeps and digs as the toy does, and dies at a place like ``keep.after:2``."""

    def __init__(self, kept: Kept, place: str) -> None:
        self.kept = kept
        self.place = place
        self.times: dict[str, int] = {}

    def reach(self, place: str) -> None:
        self.times[place] = self.times.get(place, 0) + 1
        if f"{place}:{self.times[place]}" == self.place:
            os.kill(os.getpid(), signal.SIGKILL)

    async def keep(self, step: Step) -> None:
        self.reach("keep.before")
        await self.kept.keep(step)
        self.reach("keep.after")

    async def dig(self, attempt: Attempt) -> Json:
        self.kept.begin(attempt.key)
        self.reach("dig.before")
        attempt.tell("half")
        await asyncio.sleep(1.0)  # long enough to be killed in, for those who kill at random
        self.kept.worked(attempt.key)
        self.reach("dig.after")
        return {"type": "dug"}


async def main(address: str, queue: str, path: str, place: str) -> None:
    """Work until killed."""
    engine = await connect(TemporalOptions(address, queue=queue))
    worker = Suicidal(Kept(Path(path)), place)
    async with engine.worker({TOY: Hosted(TOY_PROCESS, worker.keep, {DIG: worker.dig})}):
        print("working", flush=True)  # noqa: T201 - the parent reads it
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
