"""What the record costs: appending under load, and proving it."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dcs.audit import AuditTrail
from dcs.core.clock import SystemClock
from dcs.core.ids import TenantId
from dcs.engines.database import Session
from dcs.engines.database.sqlite import SqliteDatabase

TENANT = TenantId("acme")


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the rates on SQLite, each append a transaction of its own."""
    count = 1_000 if quick else 20_000
    with tempfile.TemporaryDirectory() as folder:
        append, verify = asyncio.run(_measure(Path(folder), count))
    yield "audit events appended, 32 callers, each durable", f"{append:,.0f}/s", ""
    yield "audit events proven", f"{verify:,.0f}/s", ""


async def _measure(folder: Path, count: int) -> tuple[float, float]:
    database = SqliteDatabase(folder / "dcs.sqlite")
    trail = AuditTrail(database, SystemClock())

    def append(session: Session) -> None:
        trail.record(session, actor="u", action="read", object_kind="version", object_id="v")

    async def caller() -> None:
        for _ in range(count // 32):
            await database.write(TENANT, append)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(32)))
    appended = time.perf_counter() - began
    began = time.perf_counter()
    proof = await trail.verify(TENANT)
    verified = time.perf_counter() - began
    assert proof.verified, proof
    await database.close()
    return proof.events / appended, proof.events / verified
