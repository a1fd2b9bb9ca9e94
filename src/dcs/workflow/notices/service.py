"""Tell people what happened, in the transaction it happened in, and keep it in their inbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.ids import UserId, new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import JobQueue
from dcs.engines.mail import Mail
from dcs.workflow.notices import store
from dcs.workflow.notices.errors import NoticeNotFoundError
from dcs.workflow.notices.models import About, Notice, NoticeKind, ShownNotice
from dcs.workflow.notices.phrases import Phrases
from dcs.workflow.notices.wording import check_data

MAIL = "notices.mail"
ATTEMPTS = 14  # of a letter, with growing pauses: nearly three days
DIGEST = timedelta(minutes=10)
"""What follows a letter within this time waits, and goes into the next one together."""

MOST_COUNTED = 100  # unread notices; beyond them the number says nothing more


@dataclass(frozen=True, slots=True)
class Notices:
    """Everybody's inbox, and the letters that are to follow."""

    database: Database
    jobs: JobQueue
    mail: Mail
    phrases: Phrases
    clock: Clock

    def tell(
        self,
        session: Session,
        recipients: Iterable[UserId],
        kind: NoticeKind,
        about: About,
        data: Mapping[str, str | int],
        key: str,
    ) -> int:
        """
        Tell people something in the running transaction: all of them, or nobody if it fails.

        A notice is kept once, however often it is told, and a letter with it is planned
        where letters leave. The first letter goes at once; what follows within `DIGEST`
        waits for the next.

        Args:
            recipients: Accounts of the tenant; each is told once.
            kind: What happened.
            about: What it happened to.
            data: A value for each of the kind's placeholders, and ids besides. Of people the
                account's id, of instants RFC 3339; never a text that a person wrote.
            key: What makes it the same news: telling it again changes nothing.

        Returns:
            How many people have not been told before.

        Raises:
            ValueError: *data* is not what notices of *kind* hold.
        """
        check_data(kind, data)
        now = self.clock.now()
        return sum(
            self._add(session, Notice(new_id(), each, kind, about, data, now), key)
            for each in sorted(set(recipients))  # one order, so that no two wait for each other
        )

    def told(self, session: Session, kind: NoticeKind, about: About) -> set[UserId]:
        """Return who has been told something of this kind about it."""
        return store.told(session, kind, about)

    async def find(
        self, actor: Actor, *, unread: bool, before: str | None, limit: int
    ) -> Sequence[ShownNotice]:
        """Return the actor's own notices in words, newest first."""
        found = await self.database.read(
            actor.tenant, lambda s: store.notices(s, actor.id, unread, before, limit)
        )
        return await self.phrases.show(actor.tenant, found)

    async def count_unread(self, actor: Actor) -> int:
        """Return how many of the actor's own notices are not read; `MOST_COUNTED` for many."""
        return await self.database.read(
            actor.tenant, lambda s: store.count_unread(s, actor.id, MOST_COUNTED)
        )

    async def read(self, actor: Actor, notice_id: str) -> ShownNotice:
        """
        Note that the actor has read a notice; the first time counts.

        Raises:
            NoticeNotFoundError: It is not in the actor's inbox.
        """
        now = self.clock.now()

        def mark(session: Session) -> Notice | None:
            store.mark_read(session, actor.id, now, notice_id)
            return store.get_notice(session, actor.id, notice_id)

        found = await self.database.write(actor.tenant, mark)
        if found is None:
            raise NoticeNotFoundError("There is no such notice in your inbox.")
        return (await self.phrases.show(actor.tenant, [found]))[0]

    async def read_all(self, actor: Actor) -> int:
        """Note that the actor has read everything; return how much that was."""
        now = self.clock.now()
        return await self.database.write(
            actor.tenant, lambda s: store.mark_read(s, actor.id, now, None)
        )

    def _add(self, session: Session, new: Notice, key: str) -> bool:
        if not store.add_notice(session, new, key):
            return False
        if self.mail.leaves:
            number = self._open_letter(session, new.recipient)
            store.put_into_letter(session, new.recipient, new.id, number)
        return True

    def _open_letter(self, session: Session, recipient: UserId) -> int:
        """Return the letter that is being gathered for somebody; begin and plan one if none is."""
        newest = store.newest_letter(session, recipient)
        if newest is not None and newest.closed_at is None:
            return int(newest.number)
        now = self.clock.now()
        number = 1 if newest is None else newest.number + 1
        due = now if newest is None else max(now, newest.closed_at + DIGEST)
        if not store.add_letter(session, recipient, number, due):
            return self._open_letter(session, recipient)  # another process began it just now
        payload = {"recipient": recipient, "letter": number}
        self.jobs.add(session, MAIL, f"{recipient}:{number}", payload, due=due, attempts=ATTEMPTS)
        return number
