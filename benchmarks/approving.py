"""An office in which approvals are opened, voted on and activated; what activities do is left out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from dcs.auth import OPEN_ALL_WEEK, NewAccount
from dcs.catalog import Dataset, NewDataset, Status, Version
from dcs.catalog import store as catalog
from dcs.core.actor import Actor
from dcs.core.classification import Classification
from dcs.core.clock import SystemClock
from dcs.core.ids import TenantId, VersionId, new_id
from dcs.core.settings import Settings
from dcs.engines.database import Session
from dcs.ingestion import UploadRequest
from dcs.studio import Studio, open_studio
from dcs.workflow import Activity, ActivityResult, messages, store

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
    numbers: list[int] = field(default_factory=list)

    async def open(self) -> Version:
        """Add a version as if its file had just been received, and open its approval."""
        version = Version(
            id=VersionId(new_id()),
            tenant=ACME,
            dataset=self.dataset.id,
            number=self._next(),
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

        def add(session: Session) -> None:
            self.studio.catalog.add_version(session, version)
            self.studio.approvals.open(session, self.dataset, version, UploadRequest())

        await self.studio.database.write(ACME, add)
        return version

    async def until(self, version: Version, status: Status) -> None:
        """Return once a version has come to a status."""
        async with self.studio.catalog.changes.watch(version.id) as changed:
            while (now := await self._status(version)) is not status:
                assert now not in {Status.FAILED, Status.REJECTED}, now
                await changed(LONGEST)

    async def _status(self, version: Version) -> Status:
        """Return the status alone: what is measured is the work, not the looking on."""
        table = catalog.version

        def status(session: Session) -> Status:
            query = session.select(table.c.status).where(table.c.id == version.id)
            return Status(session.scalar(query))

        return await self.studio.database.read(ACME, status)

    async def approval_of(self, version: Version) -> str:
        """Return the id of a version's approval."""
        row = await self.studio.database.read(ACME, lambda s: store.approval_of(s, version.id))
        assert row is not None
        return str(row.id)

    async def vote(self, approval: str, level: str) -> None:
        """Agree for a level, as somebody who may."""
        voter = self.voters[level == "L2"]
        await self.studio.approvals.vote(voter, approval, level, "approve", "")

    def _next(self) -> int:
        self.numbers.append(len(self.numbers) + 1)
        return self.numbers[-1]


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
    await studio.identity.add_tenant(ACME, "Acme", OPEN_ALL_WEEK)
    people = []
    for login, role in (("paula", "producer"), ("stella", "steward"), ("simon", "steward")):
        attributes = {"clearance": 3, "department": "it", "employee": True}
        new = NewAccount(login, (role,), (), attributes)
        people.append((await studio.identity.add_account(ACME, new, None)).actor())
    label = Classification.INTERNAL if levels == 1 else Classification.CONFIDENTIAL
    new_dataset = NewDataset("d", label, department="it")
    dataset = await studio.catalog.add_dataset(people[0], new_dataset)
    return Office(studio, people[0], (people[1], people[2]), dataset)


def _bodies(studio: Studio) -> dict[Activity, Callable[..., object]]:
    """Return bodies that agree at once; people are asked as in life."""

    def body(event: Callable[..., messages.Event], keep: Callable[..., None] | None = None):
        async def run(_tenant: TenantId, _dataset: Dataset, version: Version) -> ActivityResult:
            found = event(studio.clock.now())
            return ActivityResult(found, lambda s: keep(s, version) if keep else None)

        return run

    async def compliant(_tenant: TenantId, _dataset: Dataset, _version: Version) -> ActivityResult:
        people = await studio.identity.people(ACME)
        asked = tuple(each.id for each in people if "steward" in each.roles)
        return ActivityResult(
            messages.ComplianceFinished(studio.clock.now(), True, (), asked), lambda s: None
        )

    return {
        Activity.INSPECT: body(lambda at: messages.Inspected(at, "clean", True)),
        Activity.VALIDATE: body(lambda at: messages.ValidationFinished(at, True)),
        Activity.CHECK_COMPLIANCE: compliant,
        Activity.ACTIVATE: body(
            messages.Activated,
            lambda s, version: studio.catalog.activate(s, version, studio.clock.now()),
        ),
    }
