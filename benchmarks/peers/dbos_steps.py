"""
Five durable steps that do nothing, with DBOS Transact; runs in DBOS's environment.

``python -m benchmarks.peers.dbos_steps ADDRESS COUNT TOGETHER`` prints one line of JSON.
On SQLite it gets what makes it quickest among what survives a power failure: a
write-ahead log, ``synchronous=FULL``, one connection.
"""

import asyncio
import json
import sys
import time
from typing import Any

import sqlalchemy
from dbos import DBOS, DBOSConfig


@DBOS.step()
async def nothing(number: int) -> int:
    """Do nothing durably."""
    return number


@DBOS.workflow()
async def five_steps() -> int:
    """Do nothing five times."""
    for number in range(5):
        await nothing(number)
    return 1


def main(address: str, count: int, together: int) -> None:
    """Run as many workflows as asked for, and print what they took."""
    config: DBOSConfig = {
        "name": "benchmark",
        "system_database_url": address,
        "application_version": "1",
        "log_level": "ERROR",
    }
    if address.startswith("sqlite"):
        config["system_database_engine"] = _sqlite(address)
    DBOS(config=config)
    DBOS.launch()
    print(json.dumps(asyncio.run(_measure(count, together))), flush=True)
    DBOS.destroy()


def _sqlite(address: str) -> sqlalchemy.Engine:
    engine = sqlalchemy.create_engine(address, pool_size=1, max_overflow=0)

    @sqlalchemy.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


async def _measure(count: int, together: int) -> dict[str, float]:
    async def caller(times: int) -> None:
        for _ in range(times):
            handle = await DBOS.start_workflow_async(five_steps)
            await handle.get_result()

    await caller(5)  # what a library does at first is not what it does
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller(count // together) for _ in range(together)))
    done = count // together * together
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    return {"a_second": done / seconds, "cpu_ms": used / done * 1e3}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
