"""
Read zip archives strictly: what two readers could understand differently is refused.

The central directory decides what is in an archive, and everything else must
agree with it: local headers, sizes, checksums, the place of each member.
``zipfile`` of the standard library forgives much of that, and its answer would
then not be what the reader behind it sees. Layout: PKWARE's APPNOTE, 4.3.
"""

import os
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dcs.validation.packed.caps import Caps, UnpackError, check_growth

READ = 64 * 1024
CHUNK = 1024 * 1024
STORED, DEFLATED, AES = 0, 8, 99
ENCRYPTED = 0x2041  # flag bits 0, 6 and 13: member, strong, directory
PACKED_ENDINGS = frozenset(
    [
        ".zip",
        ".gz",
        ".tgz",
        ".zst",
        ".bz2",
        ".xz",
        ".7z",
        ".rar",
        ".tar",
        ".lz4",
        ".br",
        ".xlsx",
        ".xlsm",
        ".docx",
        ".pptx",
        ".jar",
    ]
)
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_REPACK = "Pack the file again with an ordinary zip program."


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive as its directory describes it."""

    name: str
    raw_name: bytes
    method: int
    crc: int
    stored: int
    size: int
    offset: int

    @property
    def is_folder(self) -> bool:
        """Whether the entry is a folder and has no bytes."""
        return self.name.endswith("/") and self.size == 0


@dataclass(frozen=True, slots=True)
class _Directory:
    offset: int
    size: int
    entries: int


def members_of(path: Path, caps: Caps) -> tuple[Member, ...]:
    """
    Return the members of a zip archive after judging its directory.

    No member has been decoded yet. Memory is bounded by ``caps.directory``.

    Raises:
        UnpackError: ``zip_broken``, ``zip_prefix``, ``trailing_garbage``, ``zip_members``,
            ``zip_encrypted``, ``zip_method``, ``zip_names``, ``zip_duplicate_names``,
            ``zip_overlap``, ``nested_archive``, ``bomb_ratio`` or ``bomb_size``.
    """
    with path.open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        directory = _find_directory(source, size)
        if directory.entries > caps.members or directory.size > caps.directory:
            raise UnpackError(
                "zip_members",
                f"The archive has more than {caps.members:,} members.",
                "Send fewer files in one archive.",
            )
        source.seek(directory.offset)
        members = tuple(_entries(source.read(directory.size), directory))
    _check_places(members, directory)
    _check_names(members)
    check_growth(size, sum(member.size for member in members), caps)
    return members


def member_bytes(path: Path, member: Member) -> Iterator[bytes]:
    """
    Yield a member's decoded bytes in chunks of at most 1 MiB.

    Raises:
        UnpackError: ``zip_broken`` or ``zip_crc``: it is not what the directory says.
    """
    crc = size = 0
    with path.open("rb") as source:
        source.seek(_data_offset(source, member))
        for chunk in _decoded(source, member):
            size += len(chunk)
            if size > member.size:
                raise _broken("A member unfolds to more than its declared size.")
            crc = zlib.crc32(chunk, crc)
            yield chunk
    if size != member.size:
        raise _broken("A member is shorter than its declared size.")
    if crc != member.crc:
        raise UnpackError("zip_crc", "A member's checksum is wrong.", _REPACK)


def _decoded(source: BinaryIO, member: Member) -> Iterator[bytes]:
    left = member.stored
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == DEFLATED else None
    while left:
        part = source.read(min(READ, left))
        if not part:
            raise _broken("The archive ends inside a member.")
        left -= len(part)
        if inflate is None:
            yield part
            continue
        while part:
            try:
                chunk = inflate.decompress(part, CHUNK)
            except zlib.error:
                raise _broken("A member cannot be unpacked.") from None
            part = inflate.unconsumed_tail
            if inflate.unused_data:
                raise _broken("Bytes stand behind the end of a member.")
            if chunk:
                yield chunk
    if inflate is not None and member.stored:
        if chunk := inflate.flush(CHUNK):
            yield chunk
        if not inflate.eof:
            raise _broken("A member is cut short.")


def _find_directory(source: BinaryIO, size: int) -> _Directory:
    """Find the directory from the archive's end, where nothing may follow it."""
    source.seek(max(0, size - _END.size - 0xFFFF))
    tail = source.read()
    at = _end_at(tail)
    _, disk, start_disk, here, entries, length, offset, _ = _END.unpack_from(tail, at)
    end = size - len(tail) + at
    if 0xFFFF in (here, entries) or 0xFFFFFFFF in (length, offset):
        entries, length, offset, end = _find_directory64(source, end)
    elif disk or start_disk or here != entries:
        raise _broken("The archive is one part of several.")
    if offset + length < end:
        raise UnpackError(
            "zip_prefix", "Bytes stand before or between the parts of the archive.", _REPACK
        )
    if offset + length > end:
        raise _broken("The archive's directory lies outside the file.")
    return _Directory(offset, length, entries)


def _end_at(tail: bytes) -> int:
    at = tail.rfind(b"PK\x05\x06")
    whole = False
    while at >= 0:
        if at + _END.size <= len(tail):
            whole = True
            comment = int.from_bytes(tail[at + 20 : at + 22], "little")
            if at + _END.size + comment == len(tail):
                return at
        at = tail.rfind(b"PK\x05\x06", 0, at)
    if whole:
        raise UnpackError("trailing_garbage", "Bytes stand behind the archive's end.", _REPACK)
    raise _broken("The archive has no directory; it may be cut short.")


def _find_directory64(source: BinaryIO, end: int) -> tuple[int, int, int, int]:
    """Return entries, bytes, offset and end of the directory of a large archive."""
    at = end - _LOCATOR.size
    if at >= 0:
        source.seek(at)
        mark, _, at64, _ = _LOCATOR.unpack(source.read(_LOCATOR.size))
        if mark == b"PK\x06\x07" and at64 + _END64.size == at:
            source.seek(at64)
            fields = _END64.unpack(source.read(_END64.size))
            if fields[0] == b"PK\x06\x06" and fields[6] == fields[7]:
                return fields[7], fields[8], fields[9], at64
    raise _broken("The large archive's closing record is wrong.")


def _entries(data: bytes, directory: _Directory) -> Iterator[Member]:
    at = 0
    for _ in range(directory.entries):
        if at + _ENTRY.size > len(data):
            raise _broken("The archive's directory is cut short.")
        fields = _ENTRY.unpack_from(data, at)
        if fields[0] != b"PK\x01\x02":
            raise _broken("The archive's directory is damaged.")
        names, extra, comment = fields[10:13]
        begin = at + _ENTRY.size
        at = begin + names + extra + comment
        if at > len(data):
            raise _broken("The archive's directory is cut short.")
        yield _member(fields, data[begin : begin + names], data[begin + names :][:extra])
    if at != len(data):
        raise _broken("The archive's directory has more entries than it says.")


def _member(fields: tuple[int, ...], raw: bytes, extra: bytes) -> Member:
    flags, method, crc, stored, size = fields[3], fields[4], fields[7], fields[8], fields[9]
    mode, offset = fields[15] >> 16, fields[16]
    if flags & ENCRYPTED or method == AES:
        raise UnpackError(
            "zip_encrypted", "The archive is encrypted.", "Send it without a password."
        )
    if method not in (STORED, DEFLATED):
        raise UnpackError(
            "zip_method", "A member is compressed in a way that is not read here.", _REPACK
        )
    if stat.S_ISLNK(mode):
        raise UnpackError("zip_names", "A member is a link, not a file.", _REPACK)
    size, stored, offset = _large(extra, size, stored, offset)
    if method == STORED and size != stored:
        raise _broken("A member has two different sizes.")
    name = raw.decode("utf-8" if flags & 0x800 else "cp437", errors="replace")
    return Member(name, raw, method, crc, stored, size, offset)


def _large(extra: bytes, size: int, stored: int, offset: int) -> tuple[int, int, int]:
    """Take sizes and offset from the extra field where their own fields are too small."""
    values = [size, stored, offset]
    wanted = [index for index, value in enumerate(values) if value == 0xFFFFFFFF]
    at = 0
    while wanted and at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1 and length >= 8 * len(wanted) and at + 4 + length <= len(extra):
            numbers = struct.unpack_from(f"<{len(wanted)}Q", extra, at + 4)
            for index, number in zip(wanted, numbers, strict=True):
                values[index] = number
            return values[0], values[1], values[2]
        at += 4 + length
    if wanted:
        raise _broken("A large member's sizes are missing.")
    return size, stored, offset


def _check_places(members: tuple[Member, ...], directory: _Directory) -> None:
    """Refuse members that share bytes, as bombs do, and bytes before the first."""
    end = 0
    for member in sorted(members, key=lambda each: each.offset):
        if member.offset < end:
            raise UnpackError("zip_overlap", "Members of the archive share bytes.", _REPACK)
        if end == 0 and member.offset:
            raise UnpackError("zip_prefix", "Bytes stand before the archive.", _REPACK)
        end = member.offset + _LOCAL.size + len(member.raw_name) + member.stored
    if end > directory.offset:
        raise UnpackError("zip_overlap", "A member reaches into the directory.", _REPACK)


def _check_names(members: tuple[Member, ...]) -> None:
    seen: set[str] = set()
    for member in members:
        name = member.name.replace("\\", "/")
        parts = name.split("/")
        if name.startswith("/") or ".." in parts or ":" in parts[0] or not name.isprintable():
            raise UnpackError("zip_names", "A member's name leads out of the archive.", _REPACK)
        if name.casefold() in seen:
            raise UnpackError("zip_duplicate_names", "Two members have the same name.", _REPACK)
        seen.add(name.casefold())
        if PurePosixPath(name).suffix.lower() in PACKED_ENDINGS:
            raise nested()


def _data_offset(source: BinaryIO, member: Member) -> int:
    """Return where a member's bytes begin; its own header must agree with the directory."""
    source.seek(member.offset)
    header = source.read(_LOCAL.size)
    if len(header) < _LOCAL.size:
        raise _broken("A member lies outside the archive.")
    mark, _, flags, method, *_, names, extra = _LOCAL.unpack(header)
    same = source.read(names) == member.raw_name and method == member.method
    if mark != b"PK\x03\x04" or not same or flags & ENCRYPTED:
        raise _broken("A member's header contradicts the directory.")
    return source.tell() + int(extra)


def nested() -> UnpackError:
    """Return the refusal of an archive inside an archive."""
    return UnpackError(
        "nested_archive", "The file holds another compressed file.", "Pack the data only once."
    )


def _broken(message: str) -> UnpackError:
    return UnpackError("zip_broken", message, _REPACK)
