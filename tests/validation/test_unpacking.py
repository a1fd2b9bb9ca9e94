"""Compressed files are decoded whole and verified, or refused by name; memory stays bounded."""

import gzip
import io
import random
import stat
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from dcs.validation import Caps, Compression, UnpackError, compression_of, unpacked
from dcs.validation.packed.unpacking import CHUNK
from tests.archives import deflated_zeros, zip_of, zipped, zstd, zstd_bomb

TABLE = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(200_000))
SMALL = Caps(slack=1024 * 1024, ratio=10)


def write(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


def refusal(tmp_path: Path, content: bytes, caps: Caps | None = None) -> str:
    with pytest.raises(UnpackError) as error:
        for _ in unpacked(write(tmp_path, content), caps or Caps()):
            pass
    assert error.value.message
    assert error.value.fix
    return error.value.rule


@pytest.mark.parametrize(
    ("packed", "kind"),
    [
        (TABLE, None),
        (gzip.compress(TABLE), Compression.GZIP),
        (gzip.compress(TABLE[:9]) + gzip.compress(TABLE[9:]), Compression.GZIP),
        (zstd(TABLE), Compression.ZSTD),
        (zstd(TABLE[:9]) + zstd(TABLE[9:]), Compression.ZSTD),
        (b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zstd(TABLE), Compression.ZSTD),
        (zstd(TABLE) + b"\x5f\x2a\x4d\x18\x03\0\0\0abc", Compression.ZSTD),
        (zipped({"data.csv": TABLE}), Compression.ZIP),
        (zipped({"folder/": b"", "folder/data.csv": TABLE}), Compression.ZIP),
        (zipped({"data.csv": TABLE}, zipfile.ZIP_STORED), Compression.ZIP),
    ],
    ids=[
        "plain",
        "gzip",
        "gzips",
        "zstd",
        "zstds",
        "skip-first",
        "zstd-skip",
        "zip",
        "zip-folder",
        "zip-stored",
    ],
)
def test_what_was_packed_is_what_comes_out(
    tmp_path: Path, packed: bytes, kind: Compression | None
) -> None:
    assert compression_of(packed) is kind
    chunks = list(unpacked(write(tmp_path, packed)))
    assert b"".join(chunks) == TABLE
    assert all(0 < len(chunk) <= CHUNK for chunk in chunks)


def test_an_archive_written_as_a_stream_in_the_large_form_is_read(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        content = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.content += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("data.csv", "w", force_zip64=True) as member:
            member.write(TABLE)
        archive.comment = b"a comment"
    assert b"".join(unpacked(write(tmp_path, pipe.content))) == TABLE


def test_members_of_any_size_across_any_border_are_joined(tmp_path: Path) -> None:
    chance = random.Random(7)
    parts = [chance.randbytes(chance.choice([0, 1, 31, 4096, 70_000])) for _ in range(60)]
    for packed in (gzip.compress, zstd):
        path = write(tmp_path, b"".join(packed(b"x" + part) for part in parts))
        assert b"".join(unpacked(path)) == b"".join(b"x" + part for part in parts)


def flipped(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at] ^= 0x55
    return bytes(changed)


GZIPPED, ZSTDED, ZIPPED = gzip.compress(TABLE), zstd(TABLE), zipped({"data.csv": TABLE})


BROKEN = [
    (GZIPPED[:-1], "gzip_truncated"),
    (GZIPPED[: len(GZIPPED) // 2], "gzip_truncated"),
    (GZIPPED[:4], "gzip_truncated"),
    (GZIPPED + GZIPPED[:12], "gzip_truncated"),
    (flipped(GZIPPED, -8), "gzip_crc"),
    (flipped(GZIPPED, -1), "gzip_crc"),
    (b"\x1f\x8b\x08" + b"\xff" * 40, "gzip_broken"),
    (GZIPPED + b"rest", "trailing_garbage"),
    (GZIPPED + b"\0" * 512, "trailing_garbage"),
    (ZSTDED[:-1], "zstd_truncated"),
    (ZSTDED[:6], "zstd_truncated"),
    (flipped(ZSTDED, -1), "zstd_crc"),
    (ZSTDED[:9] + b"\xff" * 30, "zstd_broken"),
    (ZSTDED + b"rest", "trailing_garbage"),
    (gzip.compress(GZIPPED), "nested_archive"),
    (gzip.compress(b"") + gzip.compress(b"\x1f") + gzip.compress(b"\x8b"), "nested_archive"),
    (zstd(GZIPPED), "nested_archive"),
    (gzip.compress(ZIPPED), "nested_archive"),
    (zipped({"data.csv": ZSTDED}), "nested_archive"),
    (zipped({"inner.zip": b"x"}), "nested_archive"),
    (ZIPPED[:-1], "zip_broken"),
    (ZIPPED[:100], "zip_broken"),
    (ZIPPED + b"rest", "trailing_garbage"),
    (zipped({}), "zip_single"),
    (zipped({"a.csv": b"a", "b.csv": b"b"}), "zip_single"),
    (zip_of(b"/etc/cron.d/x"), "zip_names"),
    (zip_of(b"a/../../x.csv"), "zip_names"),
    (zip_of(b"..\\x.csv"), "zip_names"),
    (zip_of(b"C:\\x.csv"), "zip_names"),
    (zip_of(b"a\n.csv"), "zip_names"),
    (zip_of(mode=stat.S_IFLNK | 0o777), "zip_names"),
    (zip_of(flags=1), "zip_encrypted"),
    (zip_of(method=99), "zip_encrypted"),
    (zip_of(method=14), "zip_method"),
    (zip_of(crc=1), "zip_crc"),
    (zip_of(size=3), "zip_broken"),
    (zip_of(size=99), "zip_broken"),
    (zip_of(stored=b"\xff\xff\xff"), "zip_broken"),
    (zip_of(local_name=b"other.cs"), "zip_broken"),
    (zip_of(entries=2), "zip_overlap"),
]


@pytest.mark.parametrize(
    ("content", "rule"),
    BROKEN,
    ids=[f"{rule}-{n}" for n, (_, rule) in enumerate(BROKEN)],  # bytes may hold the time
)
def test_what_is_broken_or_hides_something_is_refused_by_name(
    tmp_path: Path, content: bytes, rule: str
) -> None:
    assert refusal(tmp_path, content) == rule


def test_bytes_before_an_archive_are_refused(tmp_path: Path) -> None:
    shifted = bytearray(ZIPPED)
    assert refusal(tmp_path, ZIPPED[:4] + b"more" + bytes(shifted)) == "zip_prefix"


def test_an_archive_of_too_many_members_is_refused_before_they_are_read(tmp_path: Path) -> None:
    packed = zipped({f"{n}.csv": b"" for n in range(101)})
    assert refusal(tmp_path, packed, Caps(members=100)) == "zip_members"


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(bytes(20 * CHUNK)),
        zstd(bytes(20 * CHUNK)),
        zstd_bomb(200),
        zipped({"data.csv": bytes(20 * CHUNK)}),
    ],
    ids=["gzip", "zstd", "zstd-runs", "zip"],
)
def test_what_unfolds_without_measure_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content, SMALL) == "bomb_ratio"
    assert refusal(tmp_path, content, Caps(size=5 * CHUNK)) == "bomb_size"


def test_a_plain_file_beyond_the_size_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, bytes(3 * CHUNK), Caps(size=2 * CHUNK)) == "bomb_size"


@pytest.mark.parametrize("kind", ["gzip", "zstd", "zip"])
def test_a_bomb_costs_little_memory_before_it_is_refused(tmp_path: Path, kind: str) -> None:
    size = 256 * CHUNK
    raw = deflated_zeros(size)
    content = {
        "gzip": b"\x1f\x8b\x08" + bytes(6) + b"\x03" + raw + bytes(8),
        "zstd": zstd_bomb(8 * 1024),
        "zip": zip_of(stored=raw, size=2 * CHUNK, content=b""),
    }[kind]
    tracemalloc.start()
    try:
        rule = refusal(tmp_path, content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert rule == ("zip_broken" if kind == "zip" else "bomb_ratio")
    assert peak < (300 if kind == "zstd" else 8) * CHUNK


def test_a_frame_that_wants_a_giant_memory_is_refused(tmp_path: Path) -> None:
    header = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0x98])  # a window of 512 MiB
    assert refusal(tmp_path, header + b"\x01\0\0") == "zstd_window"


def test_an_empty_file_has_no_chunk(tmp_path: Path) -> None:
    assert list(unpacked(write(tmp_path, b""))) == []
    assert list(unpacked(write(tmp_path, gzip.compress(b"")))) == []


def test_caps_travel_as_json() -> None:
    assert Caps.from_json(SMALL.to_json()) == SMALL
    assert Caps.from_json({}) == Caps()


def test_every_cut_of_a_file_is_refused(tmp_path: Path) -> None:
    content = b"a,b\n1,2\n"
    for packed in (gzip.compress(content), zstd(content), zipped({"a.csv": content})):
        for end in range(4, len(packed)):
            refusal(tmp_path, packed[:end])


def test_every_changed_byte_of_a_file_is_refused_or_harmless(tmp_path: Path) -> None:
    content = zlib.compress(bytes(range(256)))  # some bytes without a pattern
    for packed in (gzip.compress(content), zstd(content), zipped({"a.csv": content})):
        for at in range(4, len(packed)):
            path = write(tmp_path, flipped(packed, at))
            try:
                assert b"".join(unpacked(path)) == content
            except UnpackError:
                continue
