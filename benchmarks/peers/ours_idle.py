"""
A process of ours that waits: ``python -m benchmarks.peers.ours_idle FOLDER DATABASE SECONDS``.

It prints one line of JSON: per cent of a core and resident bytes while nothing happens, and
the seconds from the moment it was ready to the first event of an approval that waited for it.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from benchmarks.approving import office
from benchmarks.watching import memory_of
from dcs.catalog import Status
from dcs.observability import configure_logs


async def main(folder: Path, database: str | None, seconds: float) -> dict[str, float]:
    """Watch this process while its office is idle."""
    async with office(folder, database) as here:
        version = await here.open()  # as if a process had died before anybody worked on it
        began = time.perf_counter()
        working = asyncio.create_task(here.studio.work())
        await here.until(version, Status.VALIDATING)
        first = time.perf_counter() - began
        await here.until(version, Status.AWAITING_APPROVAL)
        await asyncio.sleep(1)  # until what follows a start is over
        cpu = time.process_time()
        await asyncio.sleep(seconds)
        used = (time.process_time() - cpu) / seconds * 100
        memory = memory_of(os.getpid())
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return {"cpu": used, "memory": memory, "first": first}


if __name__ == "__main__":
    configure_logs("critical")
    print(json.dumps(asyncio.run(main(Path(sys.argv[1]), sys.argv[2] or None, float(sys.argv[3])))))
