"""Compressed files made by hand, with whatever lie a test needs."""

import io
import struct
import zipfile
import zlib

import zstandard


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an ordinary archive of some members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def zstd(content: bytes, **options: bool) -> bytes:
    """Return a frame with a checksum."""
    return zstandard.ZstdCompressor(write_checksum=True, **options).compress(content)


def zstd_bomb(blocks: int) -> bytes:
    """Return a frame of *blocks* runs of one byte: 4 bytes each, 128 KiB decoded."""
    size = 128 * 1024
    header = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0x38])  # no checksum; a window of 128 KiB
    runs = [
        struct.pack("<I", (size << 3) | (1 << 1) | (n == blocks - 1))[:3] + b"0"
        for n in range(blocks)
    ]
    return header + b"".join(runs)


def deflated_zeros(size: int) -> bytes:
    """Return raw deflate data of *size* zero bytes, made in bounded memory."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    part = bytes(1024 * 1024)
    parts = [squeeze.compress(part) for _ in range(size // len(part))]
    return b"".join([*parts, squeeze.flush()])


def zip_of(
    name: bytes = b"data.csv",
    content: bytes = b"a,b\n1,2\n",
    *,
    stored: bytes | None = None,
    size: int | None = None,
    crc: int | None = None,
    method: int = 8,
    flags: int = 0,
    mode: int = 0,
    local_name: bytes | None = None,
    entries: int = 1,
) -> bytes:
    """Return an archive of one member whose headers say what the arguments say."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = stored if stored is not None else squeeze.compress(content) + squeeze.flush()
    fields = (crc if crc is not None else zlib.crc32(content), len(data))
    sizes = (*fields, size if size is not None else len(content))
    shown = local_name if local_name is not None else name
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, flags, method, 0, 33, *sizes, len(shown), 0)
    local += shown + data
    entry = struct.pack(
        "<4s6H3L5H2L",
        *(b"PK\1\2", 0x314, 20, flags, method, 0, 33),
        *(*sizes, len(name), 0, 0, 0, 0, mode << 16, 0),
    )
    directory = (entry + name) * entries
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries, entries, len(directory), len(local), 0)
    return local + directory + end
