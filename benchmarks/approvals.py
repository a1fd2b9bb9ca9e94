"""
What an approval costs the machinery, on both databases, beside five durable steps of DBOS.

Activities find nothing to do; everything else is as in life: people are asked and told,
policy decides about every vote, the record is chained, news goes out, and every change is
durable before it is answered. Rounds of ours and of DBOS take turns. CPU seconds are those
of the process; PostgreSQL's own are not in them.
"""

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.approving import ACME, Office, office
from benchmarks.peers.installed import Missing
from benchmarks.peers.running import Script, output_of
from dcs.catalog import Status
from dcs.engines.database import Session
from dcs.engines.durable.rows import job
from dcs.observability import configure_logs
from dcs.workflow import store
from tests.databases import fresh_postgres

TOGETHER = 8
ROUNDS = 3
BOUNDS = {"SQLite": 100, "PostgreSQL": 40}
GROUP = 100  # approvals that are parked together
WATCHED = 10.0  # seconds an idle office is watched


@dataclass
class Figures:
    """What one round came to: figures by their names."""

    a_second: float = 0.0
    cpu_ms: float = 0.0
    rows: float = 0.0
    waits: list[float] = field(default_factory=list)


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures of each database that is there."""
    configure_logs("critical")
    count, rounds = (40, 1) if quick else (200, ROUNDS)
    for name, places in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgresql)):
        if name == "PostgreSQL" and "STUDIO_TEST_POSTGRES_OWNER" not in os.environ:
            yield f"approvals, {name}", "it is not there: `make services`", ""
            continue
        yield from _speed(name, places, count, rounds)
        yield from _parked(name, places, 500 if quick else 10_000)


def _speed(name: str, places: "Places", count: int, rounds: int) -> Iterator[tuple[str, str, str]]:
    ours: Mapping[int, list[Figures]] = {1: [], 2: []}
    theirs: list[dict[str, float]] = []
    missing: Missing | None = None
    for _ in range(rounds):
        for levels, runs in ours.items():
            with places() as (folder, address, _):
                runs.append(asyncio.run(_round(folder, address, levels, count)))
        if missing is None:
            with places() as (folder, _, dbos):
                told = _dbos(dbos, count)
            if isinstance(told, Missing):
                missing = told
            else:
                theirs.append(told)
    yield from _rows(name, ours)
    yield _beside(name, ours[1], theirs, missing)


def _rows(name: str, ours: Mapping[int, list[Figures]]) -> Iterator[tuple[str, str, str]]:
    for levels, runs in ours.items():
        speeds, cpu = [each.a_second for each in runs], [each.cpu_ms for each in runs]
        waits = sorted(wait for each in runs for wait in each.waits)
        what = f"{name}, {levels} level{'s' * (levels > 1)}"
        spread = f"{min(speeds):.0f} to {max(speeds):.0f}"
        yield (
            f"approvals, {what}, {TOGETHER} at once",
            f"{statistics.median(speeds):.0f}/s ({spread}), {statistics.median(cpu):.1f} CPU ms each",
            f"{BOUNDS[name]}/s",
        )
        yield f"rows of the engine an approval, {what}", f"{runs[0].rows:.1f}", "12"
        middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
        yield (
            f"vote to the version's activation, {what}",
            f"median {middle * 1e3:.0f} ms, 95th percentile {late * 1e3:.0f} ms",
            "95th percentile 100 ms",
        )


def _beside(
    name: str, ours: list[Figures], theirs: list[dict[str, float]], missing: Missing | None
) -> tuple[str, str, str]:
    what = f"peer DBOS 3.4.0, five steps that do nothing, {name}"
    if missing is not None:
        return what, missing.reason, "ours 2 ×"
    speed = statistics.median(each["a_second"] for each in theirs)
    cpu = statistics.median(each["cpu_ms"] for each in theirs)
    speed_ratio = statistics.median(each.a_second for each in ours) / speed
    cpu_ratio = cpu / statistics.median(each.cpu_ms for each in ours)
    ratios = f"ours {speed_ratio:.2f} × as many, {cpu_ratio:.2f} × as many a CPU second"
    return what, f"{speed:.0f}/s, {cpu:.1f} CPU ms each; {ratios}", "ours 2 ×"


def _dbos(address: str, count: int) -> dict[str, float] | Missing:
    told = output_of(Script("dbos_steps", "dbos"), [address, str(count), str(TOGETHER)])
    if isinstance(told, Missing):
        return told
    found: dict[str, float] = json.loads(told.strip().splitlines()[-1])
    return found


async def _round(folder: Path, address: str | None, levels: int, count: int) -> Figures:
    """Take *count* approvals from their opening to their version's activation."""
    found = Figures()
    async with office(folder, address, levels=levels) as here:
        working = asyncio.create_task(here.studio.work())
        for _ in range(TOGETHER):  # what is done at first is not what is done always
            await _journey(here, levels, [])
        before = await _engine_rows(here)
        began, cpu = time.perf_counter(), time.process_time()
        await _in_parallel(lambda: _journey(here, levels, found.waits), count)
        found.a_second = count / (time.perf_counter() - began)
        found.cpu_ms = (time.process_time() - cpu) / count * 1e3
        found.rows = (await _engine_rows(here) - before) / count
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return found


async def _journey(here: Office, levels: int, waits: list[float]) -> None:
    version = await here.open()
    await here.until(version, Status.AWAITING_APPROVAL)
    approval = await here.approval_of(version)
    for level in ("L1", "L2")[: levels - 1]:
        await here.vote(approval, level)
    began = time.perf_counter()
    await here.vote(approval, f"L{levels}")
    await here.until(version, Status.ACTIVE)
    waits.append(time.perf_counter() - began)


async def _in_parallel(once: Callable[[], Awaitable[None]], count: int) -> None:
    left = iter(range(count))

    async def person() -> None:
        for _ in left:
            await once()

    await asyncio.gather(*(person() for _ in range(TOGETHER)))


async def _engine_rows(here: Office) -> int:
    """Count approvals, requests, votes and jobs; record, news and notices are not the engine's."""

    def count(session: Session) -> int:
        tables = (store.approval, store.request, store.vote, job)
        return sum(len(session.all(session.select(table.c.tenant))) for table in tables)

    return await here.studio.database.read(ACME, count)


def _parked(name: str, places: "Places", many: int) -> Iterator[tuple[str, str, str]]:
    """Yield what approvals that wait for people cost, and how soon work begins after a start."""
    with places() as (folder, address, _):
        empty = _idle(folder, address)
        asyncio.run(_park(folder, address, many))
        full = _idle(folder, address)
    what = f"{many:,} approvals that wait for people, {name}"
    yield (
        f"{what}: an idle process",
        f"{full['cpu']:.2f} % of a core ({empty['cpu']:.2f} % with none), "
        f"{(full['memory'] - empty['memory']) / 1e6:+.0f} MB ({full['memory'] / 1e6:.0f} MB)",
        "1 %, 100 MB",
    )
    yield f"{what}: first progress after the start", f"{full['first']:.2f} s", "1 s"


async def _park(folder: Path, address: str | None, many: int) -> None:
    async with office(folder, address) as here:
        for _ in range(many // GROUP):
            await here.park(GROUP)
            await here.pass_on_news()


def _idle(folder: Path, address: str | None) -> dict[str, float]:
    """Return what a process of its own uses while it waits: per cent of a core, and bytes."""
    told = output_of(Script("ours_idle"), [str(folder), address or "", str(WATCHED)])
    if isinstance(told, Missing):
        raise RuntimeError(told.reason)
    found: dict[str, float] = json.loads(told.strip().splitlines()[-1])
    return found


Places = Callable[[], AbstractContextManager[tuple[Path, str | None, str]]]


@contextmanager
def _on_sqlite() -> Iterator[tuple[Path, str | None, str]]:
    """Lend a folder, no address, and the address of a database for a peer."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder), None, f"sqlite:///{folder}/peer.sqlite"


@contextmanager
def _on_postgresql() -> Iterator[tuple[Path, str | None, str]]:
    owner, application = (os.environ[f"STUDIO_TEST_POSTGRES_{each}"] for each in ("OWNER", "APP"))
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp"))
        addresses = stack.enter_context(fresh_postgres(owner, application))
        yield Path(folder), addresses["application"], addresses["owner"]
