"""`dcs worker`: durable work in processes of its own, on rows and on a cluster."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from dcs.catalog import Status
from dcs.cli.commands import UNAVAILABLE, USAGE
from tests.databases import empty
from tests.processes import environment_of, free_port
from tests.workflow.engine_case import Engine, on_a_cluster, on_postgresql, opened

pytestmark = pytest.mark.anyio

POSTGRESQL, TEMPORAL = pytest.mark.service("postgresql"), pytest.mark.service("temporal")


@contextmanager
def worker(engine: Engine) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker; it has said that it works."""
    process = start("worker", engine.environment())
    assert process.stderr is not None
    try:
        assert process.stderr.readline() == b"Working  (Ctrl-C stops)\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def start(command: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dcs", command],
        env=environment_of(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


@pytest.fixture(
    params=[
        pytest.param("postgresql", marks=POSTGRESQL),
        pytest.param("temporal-postgresql", marks=[POSTGRESQL, TEMPORAL]),
    ]
)
def engine(request: pytest.FixtureRequest, tmp_path: Path, postgres: Mapping[str, str]) -> Engine:
    empty(postgres["owner"])
    chosen = on_postgresql(postgres["application"])
    if "temporal" in request.param:
        chosen |= on_a_cluster()
    return Engine(request.param, tmp_path / "data", chosen)


async def test_several_work_beside_a_process_that_only_receives(engine: Engine) -> None:
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(engine)) for _ in range(2)]
        async with opened(engine, work=False) as case:
            version = await case.send()
            await case.until(version, Status.AWAITING_APPROVAL)
            await case.vote("stella")
            await case.until(version, Status.ACTIVE)
            assert await case.told("paula") == ["decided"]
        for each in workers:
            each.send_signal(signal.SIGTERM)
            assert each.wait(timeout=20) == 0


async def test_when_one_is_killed_another_goes_on(engine: Engine) -> None:
    with worker(engine) as first:
        async with opened(engine, work=False) as case:
            version = await case.send()
            await case.until(version, Status.VALIDATING)
            first.kill()
    later = timedelta(0) if engine.on_cluster else timedelta(minutes=10)  # the lease of the first
    async with opened(engine) as case:
        await case.let_pass(later)
        await case.until(version, Status.AWAITING_APPROVAL)
        await case.vote("stella")
        await case.until(version, Status.ACTIVE)
        actions = [action for action, _ in await case.history()]
        assert len(actions) == len(set(actions)) == 6


def test_sqlite_belongs_to_the_process_that_serves(tmp_path: Path) -> None:
    ended = _ended("worker", {"DCS_DATA_DIR": str(tmp_path / "data")})
    assert ended.returncode == USAGE
    assert b"PostgreSQL" in ended.stderr
    assert not (tmp_path / "data").exists()


def test_nobody_serves_without_somebody_who_works(tmp_path: Path) -> None:
    ended = _ended("serve", {"DCS_DATA_DIR": str(tmp_path / "data"), "DCS_WORK": "false"})
    assert ended.returncode == USAGE
    assert b"dcs worker" in ended.stderr


@pytest.mark.service("temporal")
def test_a_cluster_that_does_not_answer_ends_it_by_its_name(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    environment = {
        "DCS_DATA_DIR": str(tmp_path / "data"),
        "DCS_WORKFLOW": f"temporal://{address}/default",
    }
    ended = _ended("serve", environment)
    assert ended.returncode == UNAVAILABLE
    assert address.encode() in ended.stderr
    assert ended.stderr.count(b"\n") == 1


def _ended(command: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "dcs", command],
        env=environment_of(environment),
        capture_output=True,
        timeout=30,
        check=False,
    )
