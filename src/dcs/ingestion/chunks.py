"""The bytes of one request: what is said about them, and whether they may be taken."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from dcs.engines.objects import Incoming
from dcs.ingestion.checksums import Checksum
from dcs.ingestion.errors import (
    ChecksumMismatchError,
    InconsistentLengthError,
    JoinedUploadError,
    LengthExceededError,
    OffsetMismatchError,
    UploadCompleteError,
)
from dcs.ingestion.models import Upload, UploadKind, UploadState
from dcs.ingestion.turns import Turn


@dataclass(frozen=True, slots=True)
class Chunks:
    """
    The bytes of one request, and what its sender says about them.

    Attributes:
        offset: Where in the file they begin.
        body: The bytes in order, read once.
        checksum: What they hash to; others are not kept.
        last: Whether they end the file; None where its length says so.
        length: Bytes of the whole file, if it is known now.
        size: Bytes of the body, if they were announced.
    """

    offset: int
    body: AsyncIterator[bytes]
    checksum: Checksum | None = None
    last: bool | None = None
    length: int | None = None
    size: int | None = None


async def receive(stream: Incoming, chunks: Chunks, turn: Turn, length: int | None) -> None:
    """Write the request's bytes; with a checksum, keep them only if they fit it."""
    running = None if chunks.checksum is None else chunks.checksum.running()
    if running is not None:
        await stream.hold()
    async with turn.receiving() as heard:
        async for chunk in chunks.body:
            heard()
            if length is not None and stream.offset + len(chunk) > length:
                raise LengthExceededError(
                    f"The upload has more than the {length:,} bytes announced."
                )
            if running is not None:
                running.update(chunk)
            await stream.write(chunk)
    if chunks.checksum is None:
        return
    if not chunks.checksum.fits(running):
        await stream.drop()
        raise ChecksumMismatchError("The bytes are not what their sender hashed. Send them again.")
    await stream.keep()


def writable(upload: Upload, chunks: Chunks) -> Upload:
    """
    Return an upload that may take bytes.

    Raises:
        JoinedUploadError: It is made of others.
        OffsetMismatchError: It is complete, and the bytes are for another place.
        UploadCompleteError: It is complete.
    """
    if upload.kind is UploadKind.FINAL:
        raise JoinedUploadError("An upload that joins parts takes no bytes of its own.")
    if upload.state is UploadState.COMPLETE:
        if upload.size is not None and chunks.offset != upload.size:
            raise OffsetMismatchError(upload.size, chunks.offset)
        raise UploadCompleteError("The upload is complete.")
    return upload


def agreed_length(upload: Upload, chunks: Chunks) -> int | None:
    """Return the length of the whole file that everything said so far agrees on."""
    counted = None
    if chunks.last and chunks.size is not None:
        counted = chunks.offset + chunks.size
    said = {upload.length, chunks.length, counted} - {None}
    if len(said) > 1:
        raise InconsistentLengthError("The length of an upload cannot change.")
    length = next(iter(said), None)
    if length is not None and length < chunks.offset:
        raise InconsistentLengthError("The upload has more bytes than that already.")
    return length


def is_all(upload: Upload, offset: int) -> bool:
    """Say whether an upload is complete but for the last step of our own."""
    return not upload.explicit and upload.length is not None and offset == upload.length
