"""
Decode compressed files in bounded memory, or refuse them by name.

Readers of the same format differ: some of them return rows from a gzip file
whose checksum is wrong, some end the process on a bomb. So the bytes are
decoded here, once, by the same rules for whoever looks at them.
"""

import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import zstandard

from dcs.validation.packed.archives import member_bytes, members_of, nested
from dcs.validation.packed.caps import Caps, Meter, UnpackError

CHUNK = 1024 * 1024
GZIP_READ = 32 * 1024  # a file of tiny members copies the rest of its input once for each
ZSTD_READ = 4 * 1024  # one call cannot be bounded: these may unfold to 128 MiB
MAGIC_BYTES = 4
DEFAULTS = Caps()
_AGAIN = "Compress and send the file again; it was damaged or cut on its way."
_MESSAGES = {
    "gzip_crc": "The compressed file's checksum is wrong.",
    "zstd_crc": "The compressed file's checksum is wrong.",
    "zstd_window": "Decoding the file would take too much memory.",
}


class Compression(StrEnum):
    """How a file is packed, by its first bytes."""

    GZIP = "gzip"
    ZSTD = "zstd"
    ZIP = "zip"


_MAGIC = {
    b"\x1f\x8b": Compression.GZIP,
    b"\x28\xb5\x2f\xfd": Compression.ZSTD,
    b"PK\x03\x04": Compression.ZIP,
    b"PK\x05\x06": Compression.ZIP,
    # A Zstandard file may begin with a frame to skip, as parallel compressors write it.
    **{bytes([0x50 + n]) + b"\x2a\x4d\x18": Compression.ZSTD for n in range(16)},
}


def compression_of(head: bytes) -> Compression | None:
    """Say how a file is packed that begins with these 4 bytes or more; None for not at all."""
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


def unpacked(path: Path, caps: Caps = DEFAULTS) -> Iterator[bytes]:
    """
    Yield the decoded bytes of a file in chunks of 1 to 1 MiB bytes, in bounded memory.

    A gzip or Zstandard file is decoded, of a zip archive its only file; anything
    else is passed on as it is. The bytes decide, not the name. What was yielded
    is worth something only once the iterator has ended: a wrong checksum and a
    missing end show at the end.

    Raises:
        UnpackError: ``gzip_truncated``, ``gzip_crc``, ``gzip_broken``, ``zstd_truncated``,
            ``zstd_crc``, ``zstd_broken``, ``zstd_window``, ``trailing_garbage``, ``bomb_ratio``,
            ``bomb_size``, ``nested_archive``, ``zip_single`` or what
            `dcs.validation.packed.archives.members_of` raises.
        OSError: The file cannot be read.
    """
    with path.open("rb") as source:
        kind = compression_of(source.read(MAGIC_BYTES))
    if kind is None:
        return _plain(path, caps)
    return _not_nested(_decoded(path, kind, caps))


def _decoded(path: Path, kind: Compression, caps: Caps) -> Iterator[bytes]:
    match kind:
        case Compression.GZIP:
            return _stream(path, caps, _Gzip())
        case Compression.ZSTD:
            return _stream(path, caps, _Zstd(caps))
        case Compression.ZIP:
            return _only_member(path, caps)


def _plain(path: Path, caps: Caps) -> Iterator[bytes]:
    meter = Meter(caps)
    with path.open("rb", buffering=0) as source:
        while chunk := source.read(CHUNK):
            meter.read(len(chunk))
            meter.decoded(len(chunk))
            yield chunk


def _only_member(path: Path, caps: Caps) -> Iterator[bytes]:
    files = [member for member in members_of(path, caps) if not member.is_folder]
    if len(files) != 1:
        raise UnpackError(
            "zip_single",
            f"The archive holds {len(files):,} files instead of one.",
            "Send one table in one archive.",
        )
    yield from member_bytes(path, files[0])


def _not_nested(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Pass decoded bytes on unless they are packed again."""
    head = b""
    for chunk in chunks:
        head = head + chunk if len(head) < MAGIC_BYTES else head
        if len(head) < MAGIC_BYTES:
            continue
        if compression_of(head) is not None:
            raise nested()
        yield head
        break
    else:
        if compression_of(head) is not None:
            raise nested()
        if head:
            yield head
    yield from chunks


class _Decoder(Protocol):
    """Decodes one member or frame; what zlib's and zstandard's have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Gzip:
    """A gzip member; zlib checks its checksum and length."""

    name = "gzip"
    read = GZIP_READ
    magics = (b"\x1f\x8b",)

    def start(self) -> _Decoder:
        return _BoundedInflate()

    def rule(self, error: Exception) -> str:
        checked = "data check" in str(error) or "length check" in str(error)
        return "gzip_crc" if checked else "gzip_broken"


class _BoundedInflate:
    """zlib's decoder with at most `CHUNK` bytes from each call."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    @property
    def unconsumed_tail(self) -> bytes:
        return self._inflate.unconsumed_tail

    def decompress(self, data: bytes, /) -> bytes:
        return self._inflate.decompress(data, CHUNK)


class _Zstd:
    """A Zstandard frame, also one that only carries something to skip."""

    name = "zstd"
    read = ZSTD_READ
    magics = tuple(magic for magic, kind in _MAGIC.items() if kind is Compression.ZSTD)

    def __init__(self, caps: Caps) -> None:
        self._zstd = zstandard.ZstdDecompressor(max_window_size=caps.window)

    def start(self) -> _Decoder:
        return self._zstd.decompressobj()

    def rule(self, error: Exception) -> str:
        text = str(error)
        if "too much memory" in text:
            return "zstd_window"
        return "zstd_crc" if "checksum" in text else "zstd_broken"


def _stream(path: Path, caps: Caps, form: _Gzip | _Zstd) -> Iterator[bytes]:
    """Decode member after member; each has its end, and only another may follow it."""
    meter = Meter(caps)
    decoder: _Decoder | None = form.start()
    with path.open("rb", buffering=0) as source:
        while part := source.read(form.read):
            meter.read(len(part))
            while part:
                decoder = decoder or form.start()
                chunk = _decompress(decoder, part, form)
                meter.decoded(len(chunk))
                for begin in range(0, len(chunk), CHUNK):
                    yield chunk[begin : begin + CHUNK]
                if not decoder.eof:
                    part = decoder.unconsumed_tail
                    continue
                part, decoder = decoder.unused_data, None
                if part and not any(_begins(part, magic) for magic in form.magics):
                    raise UnpackError(
                        "trailing_garbage", "Bytes stand behind the compressed data.", _AGAIN
                    )
    if decoder is not None:
        raise UnpackError(f"{form.name}_truncated", "The compressed file ends too early.", _AGAIN)


def _begins(data: bytes, magic: bytes) -> bool:
    """Say whether *data*, which may be cut after any byte, begins like *magic*."""
    return data.startswith(magic[: len(data)])


def _decompress(decoder: _Decoder, part: bytes, form: _Gzip | _Zstd) -> bytes:
    try:
        return decoder.decompress(part)
    except (zlib.error, zstandard.ZstdError) as error:
        rule = form.rule(error)
        message = _MESSAGES.get(rule, "The compressed data is damaged.")
        raise UnpackError(rule, message, _AGAIN) from None
