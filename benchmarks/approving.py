"""An office in which approvals are opened, voted on and activated; what activities do is left out."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pydantic import SecretStr

from dcs.auth import OPEN_ALL_WEEK, NewAccount
from dcs.catalog import Dataset, NewDataset, Status, Version
from dcs.catalog import store as catalog
from dcs.core.actor import Actor
from dcs.core.clock import SystemClock
from dcs.core.ids import TenantId, VersionId, new_id
from dcs.core.settings import Settings
from dcs.engines.database import Session
from dcs.engines.durable.rows import DONE, job
from dcs.ingestion import UploadRequest
from dcs.studio import Studio, open_studio
from dcs.studio.services import EVENT_LOG
from dcs.workflow import Activity, Ballot, Conclude, Level, messages, store
from dcs.workflow.engine import DEADLINE
from dcs.workflow.service import ActivityBody

ACME = TenantId("acme")
LONGEST = 60.0  # seconds somebody waits for one approval
SHA256 = "0" * 64


@dataclass(frozen=True)
class Office:
    """A studio whose activities find nothing to do, and the people in it."""

    studio: Studio
    paula: Actor
    voters: tuple[Actor, Actor]
    dataset: Dataset
    numbers: Iterator[int]
    sensitive: bool = False

    async def open(self) -> Version:
        """Add a version as if its file had just been received, and open its approval."""
        version = self._version()
        await self.studio.database.write(ACME, lambda session: self._add(session, version))
        return version

    async def park(self, many: int) -> None:
        """Add approvals that wait for people, as if the machinery had done its part."""

        def park(session: Session) -> None:
            for _ in range(many):
                version = self._version()
                self._add(session, version)
                row = store.approval_of(session, version.id)
                assert row is not None
                for event in self._until_people_are_asked():
                    self.studio.approvals.engine.apply(session, row.id, event)
            session.update(job, job.c.kind != DEADLINE, job.c.every.is_(None), state=DONE)

        await self.studio.database.write(ACME, park)

    async def pass_on_news(self) -> None:
        """Let everybody who follows the news have it, as happens while work goes on."""
        while await self.studio.events.deliver(EVENT_LOG, self.studio._note_event):
            pass

    def _until_people_are_asked(self) -> tuple[messages.Event, ...]:
        now = self.studio.clock.now()
        asked = tuple(each.id for each in self.voters)
        return (
            messages.Inspected(now, "clean", True),
            messages.ValidationFinished(now, True),
            messages.ComplianceFinished(now, True, (), asked),
        )

    def _add(self, session: Session, version: Version) -> None:
        self.studio.catalog.add_version(session, version)
        self.studio.approvals.open(
            session, self.dataset, version, UploadRequest(sensitive=self.sensitive)
        )

    def _version(self) -> Version:
        return Version(
            id=VersionId(new_id()),
            tenant=ACME,
            dataset=self.dataset.id,
            number=next(self.numbers),
            status=Status.INSPECTING,
            stage="INITIALIZING",
            progress=0,
            reason=None,
            filename="f.csv",
            bytes=1,
            sha256=SHA256,
            uploaded_by=self.paula.id,
            created_at=self.studio.clock.now(),
        )

    async def until(self, version: Version, status: Status) -> None:
        """Return once a version has come to a status."""
        async with self.studio.catalog.changes.watch(version.id) as changed:
            while (now := await self._status(version)) is not status:
                assert now not in {Status.FAILED, Status.REJECTED}, now
                await changed(LONGEST)

    async def _status(self, version: Version) -> Status:
        """Return the status alone: what is measured is the work, not the looking on."""

        def status(session: Session) -> Status:
            row = session.get(catalog.version, only=("status",), id=version.id)
            assert row is not None
            return Status(row.status)

        return await self.studio.database.read(ACME, status)

    async def approval_of(self, version: Version) -> str:
        """Return the id of a version's approval."""
        row = await self.studio.database.read(ACME, lambda s: store.approval_of(s, version.id))
        assert row is not None
        return str(row.id)

    async def vote(self, approval: str, level: str) -> None:
        """Agree for a level, as somebody who may."""
        voter = self.voters[level == "L2"]
        await self.studio.approvals.vote(voter, approval, Ballot(Level(level), "approve"))


@asynccontextmanager
async def office(
    folder: Path, database: str | None = None, *, levels: int = 1
) -> AsyncIterator[Office]:
    """Lend an office on SQLite in a folder, or on PostgreSQL; its durable work is not begun."""
    settings = Settings(
        environment="test",
        data_dir=folder,
        database=None if database is None else SecretStr(database),
        digest_key=SecretStr("k" * 32),
    )
    async with open_studio(settings, SystemClock()) as studio:
        studio.jobs.kinds.update(studio.approvals.kinds(_bodies(studio)))
        yield await _with_people(studio, levels)


async def _with_people(studio: Studio, levels: int) -> Office:
    """Return the office with its people, who are added the first time."""
    if not (found := await studio.identity.people(ACME)):
        await studio.identity.add_tenant(ACME, "Acme", OPEN_ALL_WEEK)
        for login, role in (("paula", "producer"), ("stella", "steward"), ("simon", "steward")):
            attributes = {"clearance": 3, "department": "it", "employee": True}
            new = NewAccount(login, (role,), (), attributes)
            await studio.identity.add_account(ACME, new, None)
        found = await studio.identity.people(ACME)
    people = {each.login: each.actor() for each in found}
    return Office(
        studio,
        people["paula"],
        (people["stella"], people["simon"]),
        *await _dataset(studio, people["paula"]),
        sensitive=levels > 1,
    )


async def _dataset(studio: Studio, owner: Actor) -> tuple[Dataset, Iterator[int]]:
    """Return the dataset, and the numbers that its next versions get."""

    def find(session: Session) -> tuple[Dataset | None, int]:
        versions = session.all(session.select(catalog.version.c.id))
        return catalog.get_dataset(session, "d"), len(versions)

    dataset, known = await studio.database.read(ACME, find)
    if dataset is None:
        dataset = await studio.catalog.add_dataset(owner, NewDataset("d", department="it"))
    return dataset, count(known + 1)


def _bodies(studio: Studio) -> dict[Activity, ActivityBody]:
    """Return bodies that agree at once; people are asked as in life."""
    now = studio.clock.now

    async def inspect(_tenant: TenantId, _dataset: Dataset, _version: Version) -> Conclude:
        return lambda _session: messages.Inspected(now(), "clean", True)

    async def validate(_tenant: TenantId, _dataset: Dataset, _version: Version) -> Conclude:
        return lambda _session: messages.ValidationFinished(now(), True)

    async def check(tenant: TenantId, _dataset: Dataset, _version: Version) -> Conclude:
        people = await studio.identity.people(tenant)
        asked = tuple(each.id for each in people if "steward" in each.roles)
        return lambda _session: messages.ComplianceFinished(now(), True, (), asked)

    async def activate(_tenant: TenantId, _dataset: Dataset, _version: Version) -> Conclude:
        return lambda _session: messages.Activated(now())

    return {
        Activity.INSPECT: inspect,
        Activity.VALIDATE: validate,
        Activity.CHECK_COMPLIANCE: check,
        Activity.ACTIVATE: activate,
    }
