"""
Fetch a file where it is and take it in like any other.

An import is a durable job that appends to an upload. Whatever breaks off, its
next attempt goes on at the byte the upload has reached, if the other side can
show that the content is still the same; otherwise it begins anew.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from dcs.audit import AuditTrail
from dcs.catalog import Catalog
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.errors import DcsError, ForbiddenError, InvalidError, NotFoundError
from dcs.core.ids import new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job, JobQueue
from dcs.engines.fetch import ContentChangedError, Fetcher, Remote
from dcs.engines.objects import UploadBusyError
from dcs.ingestion.chunks import Chunks
from dcs.ingestion.errors import (
    EmptyFileError,
    TurnEndedError,
    UploadCompleteError,
    UploadEndedError,
)
from dcs.ingestion.importing import store
from dcs.ingestion.importing.models import Import, ImportState, Source
from dcs.ingestion.models import NewUpload, Progress, UploadRequest
from dcs.ingestion.uploads import Uploads
from dcs.policy import Action, Permits, Resource

IMPORT = "import.fetch"
ATTEMPTS = 20  # each goes on where the one before stopped


class ImportNotFoundError(NotFoundError):
    """There is no such import, or it is somebody else's."""

    code = "import_not_found"


class SourceNotListedError(ForbiddenError):
    """No admin has listed the place the file is in."""

    code = "source_not_listed"


class SourceNotFoundError(NotFoundError):
    """The place is not on the list."""

    code = "source_not_found"


class ImportNotPossibleError(InvalidError):
    """Files cannot be fetched from such an address here."""

    code = "import_not_possible"


@dataclass(frozen=True, slots=True)
class Imports:
    """
    The tenant's imports and the places they may come from.

    Attributes:
        fetchers: What fetches, by the scheme of the address.
    """

    database: Database
    catalog: Catalog
    uploads: Uploads
    permits: Permits
    audit: AuditTrail
    jobs: JobQueue
    clock: Clock
    fetchers: dict[str, Fetcher]

    async def ask(self, actor: Actor, url: str, dataset: str, request: UploadRequest) -> Import:
        """
        Have a file fetched as the next version of a dataset.

        Raises:
            ImportNotPossibleError: The address has a scheme that is not fetched here.
            SourceNotListedError: It is in S3, in no place that an admin listed.
            DcsError: The actor may not add versions to the dataset, see `Gate.admit`.
        """
        await self._check(actor, url)
        found = await self.catalog.dataset_for(actor, dataset, Action.UPLOAD)
        new = Import(
            id=new_id(),
            tenant=actor.tenant,
            dataset=found.id,
            created_by=actor.id,
            url=url,
            state=ImportState.WAITING,
            submit=request.submit,
            sensitive=request.sensitive,
            created_at=self.clock.now(),
        )

        def add(session: Session) -> None:
            store.add_import(session, new)
            self.jobs.add(session, IMPORT, new.id, {"import": new.id}, attempts=ATTEMPTS)
            self._record(session, actor, "import.ask", "import", new.id)

        await self.database.write(actor.tenant, add)
        return new

    async def show(self, actor: Actor, import_id: str) -> tuple[Import, int]:
        """Return an import and how many bytes have come; only to whoever asked for it."""
        found = await self._own(actor, import_id)
        return found, await self._received(found)

    async def find(self, actor: Actor, limit: int) -> Sequence[Import]:
        """Return the actor's imports, newest first."""
        return await self.database.read(
            actor.tenant, lambda s: store.imports_of(s, actor.id, limit)
        )

    async def cancel(self, actor: Actor, import_id: str) -> None:
        """End an import and remove what has come; one that has ended stays as it is."""
        found = await self._own(actor, import_id)
        if found.state not in {ImportState.WAITING, ImportState.FETCHING}:
            return
        try:
            if found.upload is not None:
                await self.uploads.cancel(actor, found.upload)
        except UploadCompleteError:
            return  # its last byte has come; it ends as a version
        await self.database.write(
            actor.tenant, lambda s: self._end(s, found, ImportState.CANCELLED, "cancelled")
        )

    async def sources(self, actor: Actor) -> Sequence[Source]:
        """Return the places in S3 from which people may import."""
        await self._may_set_sources(actor)
        return await self.database.read(actor.tenant, store.sources)

    async def add_source(self, actor: Actor, address: str) -> Source:
        """List a place in S3, as ``s3://bucket/prefix``."""
        await self._may_set_sources(actor)
        source = Source(new_id(), address, actor.id, self.clock.now())

        def add(session: Session) -> None:
            store.add_source(session, source.id, address, actor.id, source.created_at)
            self._record(session, actor, "source.add", "source", source.id)

        await self.database.write(actor.tenant, add)
        return source

    async def remove_source(self, actor: Actor, source_id: str) -> None:
        """Take a place off the list."""
        await self._may_set_sources(actor)

        def remove(session: Session) -> bool:
            self._record(session, actor, "source.remove", "source", source_id)
            return store.remove_source(session, source_id)

        if not await self.database.write(actor.tenant, remove):
            raise SourceNotFoundError("There is no such source.")

    async def fetch(self, job: Job) -> Finish:
        """Fetch as far as it goes; the job's work, which goes on in its next attempt."""
        found = await self.database.read(
            job.tenant, lambda s: store.get_import(s, job.payload["import"])
        )
        if found is None or found.state not in {ImportState.WAITING, ImportState.FETCHING}:
            return _nothing
        try:
            progress = await self._fetch(await self._who(found), found)
        except (ContentChangedError, UploadEndedError):
            await self._begin_anew(found)
            raise
        except (TurnEndedError, UploadBusyError):
            raise  # the next attempt goes on, or sees that it was cancelled
        except DcsError as error:
            if error.retryable and not getattr(error, "too_large", False):
                raise
            code = error.code
            return lambda s: self._end(s, found, ImportState.FAILED, code)
        version = None if progress.version is None else progress.version.id
        return lambda s: self._end(s, found, ImportState.COMPLETE, None, version)

    def give_up(self, job: Job, _reason: str) -> Finish:
        """Say that an import failed for the last time."""

        def fail(session: Session) -> None:
            found = store.get_import(session, job.payload["import"])
            if found is not None and found.state is not ImportState.CANCELLED:
                self._end(session, found, ImportState.FAILED, "remote_unavailable")

        return fail

    async def _fetch(self, actor: Actor, found: Import) -> Progress:
        if found.upload is not None:
            progress = await self.uploads.show(actor, found.upload)
            if progress.complete:  # the process died between its last byte and its end
                return progress
        await self._check(actor, found.url)  # a place may have been taken off the list
        offset = await self._received(found)
        validator = found.validator if offset else None
        fetcher = self._fetcher(found.url)
        async with fetcher.open(found.url, offset=offset, validator=validator) as remote:
            if found.upload is None or remote.offset != offset:
                found = await self._begin(actor, found, remote)
            assert found.upload is not None  # noqa: S101  # begun above
            chunks = Chunks(remote.offset, remote.chunks, last=True)
            return await self.uploads.append(actor, found.upload, chunks)

    async def _begin(self, actor: Actor, found: Import, remote: Remote) -> Import:
        """Begin an upload for what the other side offers."""
        if remote.size == 0:
            raise EmptyFileError("The file is empty.")
        if found.upload is not None:
            await self.uploads.cancel(actor, found.upload)
        request = UploadRequest(found.submit, found.sensitive)
        new = NewUpload(found.dataset, remote.filename or "", remote.size, request=request)
        begun = await self.uploads.create(actor, new)

        def note(session: Session) -> Import | None:
            store.change_import(
                session,
                found.id,
                state=ImportState.FETCHING.value,
                upload=begun.upload.id,
                size=remote.size,
                validator=remote.validator,
            )
            return store.get_import(session, found.id)

        return await self.database.write(found.tenant, note) or found

    async def _begin_anew(self, found: Import) -> None:
        """Let go of what has come: the other side offers something else now."""
        if found.upload is not None:
            with suppress(UploadEndedError):  # its time was over
                await self.uploads.cancel(await self._who(found), found.upload)
        await self.database.write(
            found.tenant, lambda s: store.change_import(s, found.id, upload=None, validator=None)
        )

    async def _check(self, actor: Actor, url: str) -> None:
        """Refuse schemes that are not fetched, and places in S3 that nobody listed."""
        self._fetcher(url)
        if not url.startswith("s3://"):
            return
        listed = await self.database.read(actor.tenant, store.sources)
        if not any(source.holds(url) for source in listed):
            raise SourceNotListedError("An admin has to list this place in S3 first.")

    def _fetcher(self, url: str) -> Fetcher:
        fetcher = self.fetchers.get(url.partition("://")[0])
        if fetcher is None:
            schemes = ", ".join(f"{each}://" for each in sorted(self.fetchers)) or "nowhere"
            raise ImportNotPossibleError(f"Files are fetched from {schemes} here.")
        return fetcher

    async def _received(self, found: Import) -> int:
        if found.state is ImportState.COMPLETE:
            return found.size or 0
        if found.upload is None:
            return 0
        return await self.uploads.objects.received(found.tenant, found.upload)

    async def _own(self, actor: Actor, import_id: str) -> Import:
        found = await self.database.read(actor.tenant, lambda s: store.get_import(s, import_id))
        if found is None or found.created_by != actor.id:
            raise ImportNotFoundError("There is no such import.")
        return found

    async def _who(self, found: Import) -> Actor:
        """Return who asked, as they are now: a disabled account imports nothing."""
        account = await self.uploads.gate.identity.account(found.tenant, found.created_by)
        if account is None or account.disabled:
            raise ForbiddenError("The account that asked for this import is not active.")
        return account.actor()

    async def _may_set_sources(self, actor: Actor) -> None:
        everything = Resource("tenant", actor.tenant, actor.tenant)
        await self.permits.require(actor, Action.SET_SOURCES, everything)

    def _end(
        self,
        session: Session,
        found: Import,
        state: ImportState,
        reason: str | None,
        version: str | None = None,
    ) -> None:
        now = self.clock.now()
        store.change_import(
            session,
            found.id,
            state=state.value,
            reason=reason,
            version=version,
            finished_at=now,
            url=f"{found.url.partition('://')[0]}://{found.host}",  # it may have carried a secret
        )

    def _record(
        self, session: Session, actor: Actor, action: str, kind: str, object_id: str
    ) -> None:
        self.audit.record(
            session, actor=actor.id, action=action, object_kind=kind, object_id=object_id
        )


def _nothing(_session: Session) -> None:
    """The import has ended already."""
