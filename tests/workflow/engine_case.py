"""One approval on each engine in turn: rows on SQLite, rows on PostgreSQL, a cluster."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dcs.auth import OPEN_ALL_WEEK, NewAccount
from dcs.catalog import NewDataset, Status, Version
from dcs.core.actor import Actor
from dcs.core.classification import Classification
from dcs.core.clock import SystemClock
from dcs.core.ids import TenantId, new_id
from dcs.core.settings import Settings
from dcs.ingestion import UploadRequest
from dcs.studio import Studio, open_studio
from dcs.workflow import ApprovalView, Ballot, Level
from tests.processes import environment_of
from tests.validation.contracts.documents import contract

ROOT = Path(__file__).parents[2]
ACME = TenantId("acme")
PEOPLE = {"paula": ("producer",), "stella": ("steward",), "simon": ("steward",), "adam": ("admin",)}
CONTENT = b"id,amount\n1,2\n"


@dataclass
class MovedClock:
    """The machine's clock, moved."""

    by: timedelta = timedelta(0)

    def now(self) -> datetime:
        return SystemClock().now() + self.by


@dataclass(frozen=True)
class Engine:
    """What is set to have approvals live there."""

    name: str
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def on_cluster(self) -> bool:
        return "workflow" in self.settings

    def all_settings(self) -> Settings:
        return Settings(environment="test", data_dir=self.folder, **self.settings)

    def environment(self) -> dict[str, str]:
        """Return the same for a process of its own."""
        found = {"DCS_ENVIRONMENT": "test", "DCS_DATA_DIR": str(self.folder)}
        for name, value in self.settings.items():
            if isinstance(value, dict):
                found |= {f"DCS_{name}__{key}".upper(): each for key, each in value.items()}
            else:
                found[f"DCS_{name}".upper()] = value
        return found


def on_a_cluster() -> dict[str, Any]:
    """Return settings for a queue of the test's own."""
    address = os.environ["STUDIO_TEST_TEMPORAL"]
    return {
        "workflow": f"temporal://{address}/default",
        "temporal": {"queue": f"test-{new_id()}"},
    }


def on_postgresql(address: str) -> dict[str, Any]:
    return {"database": address, "digest_key": "0123456789" * 4}


class Case:
    """A studio that works, a producer, two stewards and an admin."""

    def __init__(self, engine: Engine, studio: Studio, clock: MovedClock) -> None:
        self.engine, self.studio, self.clock = engine, studio, clock
        self.people: dict[str, Actor] = {}

    async def meet(self) -> None:
        """Learn who the people are, and make them if nobody is there."""
        identity = self.studio.identity
        if not await identity.people(ACME):
            await identity.add_tenant(ACME, "Acme", OPEN_ALL_WEEK)
            for login, roles in PEOPLE.items():
                attributes = {"clearance": 3, "department": "it", "employee": True}
                await identity.add_account(ACME, NewAccount(login, roles, (), attributes), None)
        self.people = {each.login: each.actor() for each in await identity.people(ACME)}

    async def send(
        self,
        classification: Classification = Classification.INTERNAL,
        content: bytes = CONTENT,
        *,
        submit: bool = True,
    ) -> Version:
        """Send a file; nothing but the receiving itself is done when this returns."""
        await self.meet()
        paula = self.people["paula"]
        new = NewDataset("d", classification, department="it")
        await self.studio.catalog.add_dataset(paula, new)
        if classification is Classification.CONFIDENTIAL:  # it has to have one
            promised = contract("name: id", "name: amount").encode()
            await self.studio.reports.set_contract(paula, "d", promised)
        received = await self.studio.receiver.receive(
            paula, "d", "d.csv", chunks(content), UploadRequest(submit=submit)
        )
        return received.version

    async def now(self, version: Version) -> Version:
        return (await self.studio.catalog.load(ACME, version.id))[1]

    async def until(self, version: Version, *wanted: Status) -> Version:
        """Look until its status is one of these: it changes in another task, or process."""
        async with asyncio.timeout(60):
            while (now := await self.now(version)).status not in wanted:
                await asyncio.sleep(0.05)
        return now

    async def approval(self) -> ApprovalView:
        """Return the newest approval."""
        [found, *_] = await self.studio.approvals.find(
            self.people["stella"], mine=False, before=None, limit=5
        )
        return found

    async def vote(
        self, login: str, level: str = "L1", decision: str = "approve", reason: str = ""
    ) -> ApprovalView:
        approval = await self.approval()
        actor = self.people[login]
        ballot = Ballot(Level(level), decision, reason)
        return await self.studio.approvals.vote(actor, approval.id, ballot)

    async def history(self) -> list[tuple[str, str]]:
        """Return what is on record of the approval, oldest first, with what became of it."""
        story = await self.studio.approvals.story(self.people["stella"], (await self.approval()).id)
        return [(each["action"], each["outcome"]) for each in story["history"]]

    async def told(self, login: str) -> list[str]:
        notices = self.studio.notices
        found = await notices.find(self.people[login], unread=False, before=None, limit=50)
        return sorted(each.notice.kind.value for each in found)

    async def let_pass(self, time: timedelta) -> None:
        """
        Let time pass.

        A cluster's clock cannot be moved: there the case lives in the past from
        its beginning, and what is due by the real clock happens by itself.
        """
        if not self.engine.on_cluster:
            self.clock.by += time


async def killed_at(engine: Engine, point: str) -> bool:
    """Work in a process of its own that kills itself at a point; say whether it did."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.workflow.engine_child"),
        cwd=ROOT,
        env=environment_of({**engine.environment(), "DCS_FAILPOINT": point}),
        stdout=subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(60):
            return await child.wait() == -signal.SIGKILL
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


@asynccontextmanager
async def opened(
    engine: Engine, *, past: timedelta = timedelta(0), work: bool = True
) -> AsyncIterator[Case]:
    """Open a studio and let it work; on a cluster its clock is in the *past*."""
    clock = MovedClock(-past if engine.on_cluster else timedelta(0))
    async with open_studio(engine.all_settings(), clock) as studio:
        case = Case(engine, studio, clock)
        await case.meet()
        task = asyncio.create_task(studio.work()) if work else None
        try:
            yield case
        finally:
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
