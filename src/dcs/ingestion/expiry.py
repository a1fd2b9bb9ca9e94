"""
The time of an upload: it lives on while bytes come, and is removed when nobody finishes it.

The end is a durable job, so it comes whatever happens to the process. It
takes no upload away from a sender who is still sending, unless even the
longest time is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcs.core.clock import Clock
from dcs.core.errors import DcsError, UnavailableError
from dcs.core.ids import TenantId, new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import JobQueue
from dcs.engines.objects import ObjectStore
from dcs.ingestion import store
from dcs.ingestion.chunks import is_all
from dcs.ingestion.completion import Completion
from dcs.ingestion.models import Upload, UploadKind, UploadState
from dcs.ingestion.turns import Turns

EXPIRE = "upload.expire"
LONGEST = timedelta(days=7)  # however diligently bytes trickle in
ATTEMPTS = 1_000  # of ending one: a store that is away for days comes back
LOOK_AGAIN = timedelta(minutes=1)  # at an upload that is being received when its time is over


@dataclass(frozen=True, slots=True)
class Expiry:
    """
    End uploads whose time is over.

    Attributes:
        lifetime: How long an upload lives after its last byte.
    """

    database: Database
    objects: ObjectStore
    completion: Completion
    turns: Turns
    jobs: JobQueue
    clock: Clock
    lifetime: timedelta

    async def expire(self, tenant: TenantId, upload_id: str) -> datetime | None:
        """
        End an upload whose time is over; complete it instead if its last byte had come.

        A request in flight goes on, unless even the longest time is over.

        Returns:
            When to look again, if its time is not over yet.
        """
        upload = await self._expiring(tenant, upload_id)
        if upload is None:
            await self.objects.abandon(tenant, upload_id)  # its process may have died before that
            return None
        if (later := self._alive_until(upload)) is not None:
            return later
        async with self.turns.take(upload_id):
            upload = await self._expiring(tenant, upload_id)
            if upload is None:
                return None
            if upload.expires_at > self.clock.now() and not self._is_too_old(upload):
                return upload.expires_at
            if not await self._completed_late(upload):
                await self.completion.end(upload, UploadState.EXPIRED, "expired")
            return None

    async def _expiring(self, tenant: TenantId, upload_id: str) -> Upload | None:
        """Return an upload that its time can end."""
        upload = await self.database.read(tenant, lambda s: store.get_upload(s, upload_id))
        ended = upload is None or upload.state not in {UploadState.OPEN, UploadState.COMPLETE}
        return None if ended or upload is None or upload.version is not None else upload

    def _alive_until(self, upload: Upload) -> datetime | None:
        """Return when to look at an upload again; None if its time is over."""
        now = self.clock.now()
        if self._is_too_old(upload):
            return None
        if upload.expires_at > now:
            return upload.expires_at
        if self.turns.is_taken(upload.id):
            return now + LOOK_AGAIN
        return None

    def _is_too_old(self, upload: Upload) -> bool:
        return upload.created_at + LONGEST <= self.clock.now()

    async def _completed_late(self, upload: Upload) -> bool:
        """Complete an upload whose bytes are all there, if it may still become a version."""
        is_file = upload.kind is not UploadKind.PARTIAL and upload.state is UploadState.OPEN
        if not (is_file and is_all(upload, await self.offset(upload))):
            return False
        account = await self.completion.gate.identity.account(upload.tenant, upload.created_by)
        if account is None or account.disabled:
            return False
        try:
            await self.completion.resume(account.actor(), upload)
        except UnavailableError:
            raise  # the job tries again
        except DcsError:
            return False  # refused for good, or until nobody will ask any more
        return True

    def plan(self, session: Session, upload_id: str, at: datetime) -> None:
        """Plan the job that ends an upload which nobody finishes."""
        key = f"{upload_id}:{new_id()}"  # a clock set back may bring the same instant again
        self.jobs.add(session, EXPIRE, key, {"upload": upload_id}, due=at, attempts=ATTEMPTS)

    async def touch(self, upload: Upload) -> Upload:
        """Let an upload live on because something came; never longer than the longest time."""
        longer = min(self.clock.now() + self.lifetime, upload.created_at + LONGEST)
        expires = max(longer, upload.expires_at)  # a clock that was set back shortens nothing

        def touch(session: Session) -> Upload | None:
            store.touch_upload(session, upload.id, expires)
            return store.get_upload(session, upload.id)

        return await self.database.write(upload.tenant, touch) or upload

    def hasten(self, session: Session, parts: Sequence[str], at: datetime) -> None:
        """Let parts go earlier, now that they were joined."""
        for part in parts:
            store.expire_part(session, part, at)
            self.plan(session, part, at)

    async def offset(self, upload: Upload) -> int:
        """Return how many bytes of an upload are kept."""
        if upload.size is not None:
            return upload.size
        return await self.objects.received(upload.tenant, upload.id)
