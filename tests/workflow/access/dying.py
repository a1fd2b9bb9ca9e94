"""A process that goes on with the check of grants and dies at a named point."""

import asyncio
import sys
from pathlib import Path

from dcs.core import failpoints
from dcs.core.clock import ManualClock
from dcs.engines.database import PLATFORM
from dcs.engines.database.sqlite import SqliteDatabase
from dcs.engines.durable.rows import release_leases
from tests.workflow.access.conftest import desk_on, permits_on


async def main(path: str, point: str) -> None:
    database, clock = SqliteDatabase(Path(path)), ManualClock()
    desk = desk_on(database, clock, permits_on(database, clock), batch=2)
    await database.write(PLATFORM, release_leases)
    failpoints.arm(point)
    await desk.jobs.run_due()


asyncio.run(main(*sys.argv[1:]))
