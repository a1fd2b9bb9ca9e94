"""People of two organisations, their inboxes on both databases, and a real mail server."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from dcs.audit import AuditTrail
from dcs.auth import Account, Calendar, Identity, NewAccount
from dcs.core.actor import Actor
from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId, UserId
from dcs.engines.database import Database
from dcs.engines.durable.rows import RowQueue
from dcs.engines.mail import Mail
from dcs.engines.mail.kept import KeptMail
from dcs.engines.mail.server import MailServer
from dcs.engines.mail.smtp import SmtpMail
from dcs.workflow import About, AboutKind, Letters, NoticeKind, Notices, Phrases, ShownNotice
from tests.both_databases import ACME, GLOBEX, clock, database
from tests.post import Post, post

__all__ = ["clock", "database"]

APPROVAL = About(AboutKind.APPROVAL, "a1")


@dataclass
class Desk:
    """Tell people things and let their letters go."""

    database: Database
    clock: ManualClock
    audit: AuditTrail
    identity: Identity
    jobs: RowQueue
    notices: Notices
    letters: Letters

    async def add(
        self, login: str, email: object = None, tenant: TenantId = ACME, **given: object
    ) -> Actor:
        attributes = {} if email is None else {"email": email}
        new = NewAccount(login, ("steward",), (), attributes, **given)  # type: ignore[arg-type]
        account: Account = await self.identity.add_account(tenant, new, None)
        return account.actor()

    async def tell(
        self, *people: Actor, key: str, kind: NoticeKind = NoticeKind.COMMENTED, **data: str | int
    ) -> int:
        values = data or {"dataset": "orders", "number": 3, "by": people[0].id}
        return await self.database.write(
            people[0].tenant,
            lambda s: self.notices.tell(
                s, [UserId(each.id) for each in people], kind, APPROVAL, values, key
            ),
        )

    async def inbox(self, actor: Actor) -> list[ShownNotice]:
        return list(await self.notices.find(actor, unread=False, before=None, limit=1_000))

    async def settle(self) -> None:
        while await self.jobs.run_due():
            pass


async def desk_of(database: Database, clock: ManualClock, mail: Mail) -> Desk:
    audit = AuditTrail(database, clock)
    identity = Identity(database, audit, clock, timedelta(hours=1))
    jobs = RowQueue(database, clock)
    phrases = Phrases(database, identity)
    notices = Notices(database, jobs, mail, phrases, clock)
    letters = Letters(
        database, mail, phrases, identity, audit, clock, "https://studio.example.org/"
    )
    jobs.kinds["notices.mail"] = letters.kind()
    for tenant in (ACME, GLOBEX):
        await identity.add_tenant(tenant, tenant.title(), Calendar())
    return Desk(database, clock, audit, identity, jobs, notices, letters)


@pytest.fixture
async def office(anyio_backend: str) -> AsyncIterator[Post]:
    async with post() as opened:
        yield opened


@pytest.fixture
async def desk(database: Database, clock: ManualClock, office: Post) -> Desk:
    """Lend a desk whose letters go to the mail server."""
    server = MailServer.at(office.url(), "studio@example.org", None)
    return await desk_of(database, clock, SmtpMail(server, clock))


@pytest.fixture
async def quiet_desk(database: Database, clock: ManualClock) -> Desk:
    """Lend a desk whose letters do not leave."""
    return await desk_of(database, clock, KeptMail())
