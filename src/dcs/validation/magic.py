"""What a file really is, by its first bytes: an own table, because others miss data formats."""

from collections.abc import Mapping

HEADS: Mapping[bytes, str] = {
    b"PK\x03\x04": "a zip archive (also .xlsx, .docx)",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7-zip",
    b"Rar!\x1a\x07": "rar",
    b"PAR1": "Parquet",
    b"PARE": "encrypted Parquet",
    b"ARROW1": "Arrow",
    b"ORC": "ORC",
    b"Obj\x01": "Avro",
    b"%PDF-": "PDF",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x7fELF": "a Linux program",
    b"MZ\x90": "a Windows program",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office document",
    b"SQLite format 3\x00": "SQLite",
}

UTF16 = {b"\xff\xfe": "UTF-16 (little endian)", b"\xfe\xff": "UTF-16 (big endian)"}
HEAD_BYTES = 16


def binary_kind(head: bytes) -> str | None:
    """Name the binary format a file begins like, or None for what may be text."""
    for mark, name in HEADS.items():
        if head.startswith(mark) and not _is_word(head, mark):
            return name
    return None


def utf16_kind(head: bytes) -> str | None:
    """Name the UTF-16 form whose mark a file begins with, or None."""
    return UTF16.get(head[:2])


def _is_word(head: bytes, mark: bytes) -> bool:
    """Say whether a mark made of letters is the beginning of a header such as ``ORCHID,…``."""
    return mark.isalnum() and head[len(mark) : len(mark) + 1].isalnum()
