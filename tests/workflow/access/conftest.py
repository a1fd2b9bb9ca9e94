"""A restricted dataset, its owner, people who may be given it, and the services of access."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from dcs.audit import AuditTrail
from dcs.auth import OPEN_ALL_WEEK, Identity, NewAccount
from dcs.auth.memberships import store as memberships
from dcs.auth.store import account as accounts
from dcs.catalog import Catalog, Changes, Column, NewDataset, Status, Version
from dcs.catalog import store as catalog_rows
from dcs.core.actor import Actor
from dcs.core.classification import Classification
from dcs.core.clock import ManualClock
from dcs.core.ids import DatasetId, TenantId, VersionId, new_id
from dcs.engines.database import PLATFORM, Database, Session
from dcs.engines.decisions.rego import load_rego
from dcs.engines.durable import Kind
from dcs.engines.durable.rows import RowQueue
from dcs.engines.events.outbox import OutboxBus, outbox
from dcs.engines.mail.kept import KeptMail
from dcs.observability import Metrics
from dcs.policy import Grant, Grantee, GranteeKind, Grants, Permits
from dcs.studio.engines import policy_folder
from dcs.workflow import (
    END,
    GRANT,
    VERIFY,
    AccessGrants,
    AccessRecord,
    AccessRequest,
    AccessRequests,
    AccessTelling,
    Extensions,
    GrantChecks,
    GrantEnds,
    NewAccessRequest,
    Notices,
    Phrases,
    Sight,
)
from dcs.workflow.access.drift import Drift
from tests.both_databases import ACME, GLOBEX, clock, database

__all__ = ["clock", "database"]

CLEARED = {"clearance": 3, "department": "research", "employee": True}
PEOPLE: Mapping[str, NewAccount] = {
    "owner": NewAccount("owner", ("producer",), (), {"department": "sales", "clearance": 2}),
    "rita": NewAccount("rita", ("consumer",), ("lab",), CLEARED),
    "lars": NewAccount("lars", ("consumer",), ("lab",), CLEARED),
    "steward": NewAccount("steward", ("steward",), ("lab",), CLEARED),
    "auditor": NewAccount("auditor", ("auditor",)),
}


@dataclass
class Desk:
    """Give, ask, check, and let the machinery do what is due."""

    database: Database
    clock: ManualClock
    identity: Identity
    permits: Permits
    catalog: Catalog
    audit: AuditTrail
    jobs: RowQueue
    notices: Notices
    given: Grants
    ends: GrantEnds
    requests: AccessRequests
    grants: AccessGrants
    extensions: Extensions
    checks: GrantChecks
    people: dict[str, Actor]

    async def dataset(self, name: str = "sales") -> str:
        """Add a CONFIDENTIAL dataset of sales with an active version, and return its id."""
        dataset, now = DatasetId(new_id()), self.clock.now()
        new = NewDataset(name, Classification.CONFIDENTIAL, department="sales")
        owner = self.people["owner"]
        version = Version(
            VersionId(new_id()), ACME, dataset, 1, Status.ACTIVE, "COMPLETED", 100, None, "f.csv",
            1, "a" * 64, owner.id, now, malware="clean", contains_personal_data=False,
            columns=(Column("id", "integer"), Column("amount", "integer")),
        )  # fmt: skip

        def add(session: Session) -> None:
            catalog_rows.add_blob(session, "a" * 64, 1, now)
            catalog_rows.add_dataset(session, dataset, new, owner.id, now)
            catalog_rows.add_version(session, version)
            catalog_rows.change_version(session, version.id, contains_personal_data=False)
            catalog_rows.set_active(session, dataset, 1)

        await self.database.write(ACME, add)
        return dataset

    async def give(self, dataset: str, to: str = "rita", days: float = 30, **more: Any) -> Grant:
        """Give a dataset to somebody, or to a group, as an approved request does."""
        now = self.clock.now()
        known = self.people.get(to)
        kind = GranteeKind.GROUP if known is None else GranteeKind.USER
        grantee = Grantee(kind, to if known is None else known.id)
        grant = Grant(
            new_id(), ACME, dataset, grantee, more.pop("actions", ("preview", "read")),
            more.pop("columns", None), None, self.people["owner"].id, now,
            now + timedelta(days=days), **more,
        )  # fmt: skip

        def add(session: Session) -> None:
            self.given.add(session, grant)
            self.ends.plan(session, grant)

        await self.database.write(ACME, add)
        return grant

    async def ask(self, dataset: str, who: str = "rita", **more: Any) -> AccessRequest:
        new = NewAccessRequest(dataset, "figures of the month", 30, True, **more)
        return await self.requests.ask(self.people[who], new)

    async def change(self, who: str, **values: Any) -> None:
        """Change an account's row."""
        same = accounts.c.id == self.people[who].id
        await self.database.write(ACME, lambda s: s.update(accounts, same, **values))

    async def leave(self, who: str, group: str) -> None:
        """Take somebody out of a group."""
        await self.database.write(
            ACME, lambda s: memberships.remove_member(s, self.people[who].id, group)
        )

    async def settle(self) -> None:
        while await self.jobs.run_due():
            pass

    async def night(self) -> None:
        """Let a day pass, with everything that falls due in it."""
        await self.checks.plan(ACME)
        self.clock.advance(timedelta(days=1))
        await self.settle()

    async def drift(self) -> list[Drift]:
        """Return all drift, as the tenant's auditor sees it."""
        found = await self.checks.find(self.people["auditor"], None, 1_000)
        return [point for each in found for point in each.drift]

    async def grant(self, grant_id: str) -> Grant:
        found = await self.database.read(ACME, lambda s: self.given.get(s, grant_id))
        assert found is not None
        return found

    async def recorded(self, action: str) -> int:
        """Return how often something is on record."""
        events = await self.audit.newest(ACME, limit=10_000)
        return sum(each.action == action for each in events)

    async def published(self, kind: str) -> int:
        """Return how often news of a kind was published."""
        query = outbox.c.type == kind
        return await self.database.read(
            PLATFORM, lambda s: len(s.all(s.select(outbox.c.seq).where(query)))
        )

    async def told(self, who: str) -> list[str]:
        """Return the kinds of notices in somebody's inbox, oldest first."""
        found = await self.notices.find(self.people[who], unread=False, before=None, limit=1_000)
        return [each.notice.kind.value for each in reversed(found)]


def desk_on(database: Database, clock: ManualClock, permits: Permits, batch: int = 50) -> Desk:
    """Wire the services of access as the studio does."""
    audit, events = permits.audit, OutboxBus(database)
    jobs = RowQueue(database, clock)
    changes = Changes(shared=False)
    catalog = Catalog(database, permits, audit, clock, changes)
    notices = Notices(database, jobs, KeptMail(), Phrases(database, permits.identity), clock)
    sight, given = Sight(catalog, permits), Grants(database)
    record = AccessRecord(audit, events, AccessTelling(notices), clock)
    ends = GrantEnds(given, record, jobs, clock)
    requests = AccessRequests(database, catalog, sight, record, jobs, clock)
    grants = AccessGrants(database, given, sight, record, ends, clock)
    checks = GrantChecks(
        database, catalog, permits, given, sight, record, ends, audit, jobs, changes, clock, batch
    )
    for kind, handler in ((GRANT, grants.write), (END, ends.meet), (VERIFY, checks.check)):
        jobs.kinds[kind] = Kind(handler, lambda job, reason: lambda session: None)
    extensions = Extensions(database, grants, record, clock)
    return Desk(
        database, clock, permits.identity, permits, catalog, audit, jobs, notices, given, ends,
        requests, grants, extensions, checks, {},
    )  # fmt: skip


def permits_on(database: Database, clock: ManualClock) -> Permits:
    """Return the product's own policy over a database."""
    audit = AuditTrail(database, clock)
    identity = Identity(database, audit, clock, timedelta(hours=1))
    return Permits(load_rego(policy_folder()), database, audit, identity, clock, Metrics())


async def move_in(desk: Desk) -> None:
    """Add the people of acme, and a stranger."""
    for tenant in (ACME, GLOBEX):
        await desk.identity.add_tenant(TenantId(tenant), tenant.title(), OPEN_ALL_WEEK)
    for name, new in PEOPLE.items():
        desk.people[name] = (await desk.identity.add_account(ACME, new, None)).actor()
    stranger = NewAccount("stranger", ("auditor", "steward"), ("lab",), CLEARED)
    desk.people["stranger"] = (await desk.identity.add_account(GLOBEX, stranger, None)).actor()


async def meet_again(desk: Desk) -> None:
    """Find the people of a database that was filled before."""
    for name in PEOPLE:
        found = await desk.identity.account_by_login(ACME, name)
        assert found is not None
        desk.people[name] = found.actor()


@pytest.fixture
def permits(database: Database, clock: ManualClock) -> Iterator[Permits]:
    opened = permits_on(database, clock)
    yield opened
    opened.close()


@pytest.fixture
async def desk(database: Database, clock: ManualClock, permits: Permits) -> Desk:
    """Lend the desk of acme on each database; a check goes two grants at a time."""
    opened = desk_on(database, clock, permits, batch=2)
    await move_in(opened)
    return opened
