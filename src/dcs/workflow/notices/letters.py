"""
The job behind a letter: close it, write it, hand it over, note it.

A letter is closed in a transaction of its own before it is written, so each
attempt sends the same notices under the same id, whatever was told meanwhile.
A process that dies between handing it over and noting that sends it once more,
and the receiving side knows the repeat by its id.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dcs.audit import AuditTrail
from dcs.auth import Identity
from dcs.core.clock import Clock
from dcs.core.ids import UserId
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job, Kind
from dcs.engines.mail import Letter, Mail, MailRefusedError, MailUnavailableError
from dcs.workflow.notices import store
from dcs.workflow.notices.models import Notice, ShownNotice
from dcs.workflow.notices.phrases import Phrases

MOST_IN_LETTER = 200  # notices told one by one; of more, the number
FIRST_PAUSE = timedelta(minutes=1)
SENT, UNADDRESSED, REFUSED, GIVEN_UP = "sent", "unaddressed", "refused", "given_up"


@dataclass(frozen=True, slots=True)
class Letters:
    """Take the notices that are due to somebody into one letter."""

    database: Database
    mail: Mail
    phrases: Phrases
    identity: Identity
    audit: AuditTrail
    clock: Clock
    public_url: str | None

    def kind(self) -> Kind:
        """Return how the jobs of letters are done."""
        return Kind(self.send, self.give_up, first_pause=FIRST_PAUSE)

    async def send(self, job: Job) -> Finish:
        """Hand a letter over, and return what notes it."""
        recipient, number = UserId(job.payload["recipient"]), int(job.payload["letter"])
        notices = await self.database.write(job.tenant, lambda s: self._close(s, recipient, number))
        account = await self.identity.account(job.tenant, recipient)
        to = None if account is None or account.disabled else account.attributes.get("email")
        if not isinstance(to, str) or not to:
            return lambda session: store.end_letter(session, recipient, number, UNADDRESSED)
        name = (await self.identity.tenant(job.tenant)).name
        shown = await self.phrases.show(job.tenant, notices)
        try:
            await self.mail.send(written(to, name, shown, self.public_url))
        except MailRefusedError as error:
            return self._ended_without(recipient, number, REFUSED, error.code)
        return lambda session: self._note_sent(session, recipient, number)

    def give_up(self, job: Job, reason: str) -> Finish:
        """End a letter that no attempt got rid of; its notices stay in the inbox."""
        recipient, number = UserId(job.payload["recipient"]), int(job.payload["letter"])
        code = MailUnavailableError.code
        return self._ended_without(recipient, number, GIVEN_UP, code, error=reason)

    def _close(self, session: Session, recipient: UserId, number: int) -> Sequence[Notice]:
        store.close_letter(session, recipient, number, self.clock.now())
        return store.letter_notices(session, recipient, number)

    def _note_sent(self, session: Session, recipient: UserId, number: int) -> None:
        store.mark_mailed(session, recipient, number, self.clock.now())
        store.end_letter(session, recipient, number, SENT)

    def _ended_without(
        self, recipient: UserId, number: int, outcome: str, reason: str, **details: str
    ) -> Finish:
        def end(session: Session) -> None:
            store.end_letter(session, recipient, number, outcome)
            self.audit.record(
                session,
                actor=None,
                action="letter.give_up",
                object_kind="account",
                object_id=recipient,
                outcome="failed",
                reasons=[reason],
                details={"letter": number, **details},
            )

        return end


def written(to: str, tenant: str, notices: Sequence[ShownNotice], public_url: str | None) -> Letter:
    """
    Write a letter: one notice as it is, several as a list, very many by their number.

    Args:
        to: The recipient's address.
        tenant: The name of the organisation.
        notices: What they are told, oldest first.
        public_url: Where the studio is reached; None to name no address.

    Raises:
        MailRefusedError: The address is none.
    """
    base = None if public_url is None else public_url.rstrip("/")
    subject = notices[0].subject
    if len(notices) > 1:
        subject = f"{len(notices)} notices: {subject} and more"
    parts = [_paragraph(each, base) for each in notices[:MOST_IN_LETTER]]
    if len(notices) > MOST_IN_LETTER:
        parts.append(f"{len(notices) - MOST_IN_LETTER} more are in your inbox.")
    where = "in your inbox" if base is None else f"at {base}/inbox"
    parts.append(f"-- \nData Collaboration Studio of {tenant}. All your notices are {where}.")
    digest = hashlib.sha256(" ".join(each.notice.id for each in notices).encode())
    return Letter(to, subject, "\n\n".join(parts) + "\n", digest.hexdigest()[:40])


def _paragraph(shown: ShownNotice, base: str | None) -> str:
    lines = [shown.subject, shown.text]
    if base is not None:
        lines.append(base + shown.notice.page)
    return "\n".join(lines)
