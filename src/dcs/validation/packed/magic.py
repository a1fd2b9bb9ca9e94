"""What a file really is, by its first and last bytes: an own table, because others miss data formats."""

import re
from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 1024  # a PDF reader looks that far for its mark
TAIL_BYTES = 22 + 65_535  # an archive's closing record and its longest comment
ZIP_END = b"PK\x05\x06"
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_PDF = re.compile(rb"%PDF-\d\.\d")


class Content(StrEnum):
    """Formats that are told apart because a reader for them exists or is planned."""

    TEXT = "text"
    GZIP = "gzip"
    ZSTD = "zstd"
    ZIP = "zip"
    PARQUET = "parquet"
    ARROW = "arrow"
    ORC = "orc"
    AVRO = "avro"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Mark:
    """
    Bytes that tell a format.

    Attributes:
        magic: The bytes that stand there.
        name: What the format is called in a message.
        content: Which of our formats it is.
        at: The offset; from the end of the file if negative.
        text: The format is text itself, so its mark needs no binary neighbours.
    """

    magic: bytes
    name: str
    content: Content = Content.OTHER
    at: int = 0
    text: bool = False

    @property
    def readable(self) -> bool:
        """Whether the mark could be words, as ``ORC`` of ``ORC,colour``."""
        return not self.text and self.magic.isascii() and self.magic.decode().isprintable()

    def stands_in(self, head: bytes, tail: bytes) -> bool:
        """Say whether the mark is there, and not by chance in a text."""
        part, begin = (head, self.at) if self.at >= 0 else (tail, len(tail) + self.at)
        if begin < 0 or not part.startswith(self.magic, begin):
            return False
        around = head[:HEAD_BYTES] if self.at >= 0 else tail[-HEAD_BYTES:]
        return not self.readable or _CONTROL.search(around) is not None


# A row here, and nothing else, makes another format known.
HEADS = (
    Mark(b"PK\x03\x04", "a zip archive (also .xlsx, .docx)", Content.ZIP),
    Mark(b"PK\x05\x06", "an empty zip archive", Content.ZIP),
    Mark(b"\x1f\x8b", "gzip", Content.GZIP),
    Mark(b"\x28\xb5\x2f\xfd", "zstandard", Content.ZSTD),
    *(
        Mark(bytes([0x50 + n]) + b"\x2a\x4d\x18", "zstandard or lz4", Content.ZSTD)
        for n in range(16)
    ),
    Mark(b"PAR1", "Parquet", Content.PARQUET),
    Mark(b"PARE", "encrypted Parquet"),
    Mark(b"ARROW1", "Arrow", Content.ARROW),
    Mark(b"\xff\xff\xff\xff", "an Arrow stream"),
    Mark(b"FEA1", "Feather of the first version"),
    Mark(b"ORC", "ORC", Content.ORC),
    Mark(b"Obj\x01", "Avro", Content.AVRO),
    Mark(b"\x89HDF\r\n\x1a\n", "HDF5"),
    Mark(b"SQLite format 3\x00", "SQLite"),
    Mark(b"DUCK", "a DuckDB database", at=8),
    Mark(b"BZh", "bzip2"),
    Mark(b"\xfd7zXZ\x00", "xz"),
    Mark(b"\x04\x22\x4d\x18", "lz4"),
    Mark(b"\xff\x06\x00\x00sNaPpY", "snappy"),
    Mark(b"7z\xbc\xaf\x27\x1c", "7-zip"),
    Mark(b"Rar!\x1a\x07", "rar"),
    Mark(b"ustar", "tar", at=257),
    Mark(b"%PDF-", "PDF", text=True),
    Mark(b"{\\rtf", "rich text", text=True),
    Mark(b"<?xml", "XML", text=True),
    Mark(b"<!DOCTYPE", "a web page", text=True),
    Mark(b"<html", "a web page", text=True),
    Mark(b"#!/", "a script", text=True),
    Mark(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    Mark(b"\x89PNG\r\n\x1a\n", "PNG"),
    Mark(b"\xff\xd8\xff", "JPEG"),
    Mark(b"GIF8", "GIF"),
    Mark(b"\x7fELF", "a Linux program"),
    Mark(b"MZ\x90", "a Windows program"),
    Mark(b"\xca\xfe\xba\xbe", "a Java class or macOS program"),
    Mark(b"\xcf\xfa\xed\xfe", "a macOS program"),
)
TAILS = (
    Mark(b"PAR1", "Parquet", Content.PARQUET, at=-4),
    Mark(b"PARE", "encrypted Parquet", at=-4),
    Mark(b"ARROW1", "Arrow", Content.ARROW, at=-6),
    Mark(b"ORC", "ORC", Content.ORC, at=-4),
)

# Ordered: the mark of UTF-32 begins like that of UTF-16.
ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32 (little endian)",
    b"\x00\x00\xfe\xff": "UTF-32 (big endian)",
    b"\xff\xfe": "UTF-16 (little endian)",
    b"\xfe\xff": "UTF-16 (big endian)",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    What the two ends of a file look like.

    Attributes:
        head: The format it begins like; None for what may be text.
        tail: The format it ends like.
    """

    head: Mark | None
    tail: Mark | None

    @property
    def content(self) -> Content:
        """Return what a reader that believes the first bytes would take it for."""
        return Content.TEXT if self.head is None else self.head.content


def sight(head: bytes, tail: bytes) -> Sighting:
    """
    Recognise a format at either end of a file.

    Args:
        head: The first `HEAD_BYTES` bytes, or all there are.
        tail: The last `TAIL_BYTES` bytes, or all there are.
    """
    behind = next((mark for mark in TAILS if mark.stands_in(head, tail)), None)
    if behind is None and _zip_ends(tail):
        behind = HEADS[0]
    return Sighting(_head_mark(head), behind)


def binary_kind(head: bytes) -> str | None:
    """Name the format a file begins like that is no table of text, or None."""
    mark = _head_mark(head)
    return None if mark is None else mark.name


def utf16_kind(head: bytes) -> str | None:
    """Name the UTF-16 or UTF-32 form whose mark a file begins with, or None."""
    return next((name for mark, name in ENCODINGS.items() if head.startswith(mark)), None)


def hidden_pdf(head: bytes, tail: bytes) -> int | None:
    """Return the offset of a PDF that begins a little behind the file's own beginning, or None."""
    found = _PDF.search(head[:HEAD_BYTES])
    if found is None or found.start() == 0 or b"%%EOF" not in tail[-HEAD_BYTES:]:
        return None
    return found.start()


def _head_mark(head: bytes) -> Mark | None:
    return next((mark for mark in HEADS if mark.stands_in(head, b"")), None)


def _zip_ends(tail: bytes) -> bool:
    """Find an archive behind something else: zip is read from its end, whatever precedes it."""
    at = tail.rfind(ZIP_END)
    while at >= 0:
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        if at + 22 + comment == len(tail):
            return True
        at = tail.rfind(ZIP_END, 0, at)
    return False
