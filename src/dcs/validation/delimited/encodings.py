"""
Say how a file's text is encoded, and turn it into UTF-8 where it is not.

Marks come first, then the zeros of UTF-16 without one, then UTF-8, which a text
in another encoding practically never is by accident. What is left can only be
an encoding of one byte a character; Windows-1252 and Latin-1 are the ones taken,
and the report says that this is a choice. A file is read in pieces of 1 MiB.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dcs.validation.kernels.counting import check_utf8
from dcs.validation.models import Check, Kind, Outcome, Severity
from dcs.validation.refusal import StructureError

CHUNK = 1024 * 1024
LONGEST = 4  # bytes of a character in UTF-8
PROBED = 4096  # bytes whose zeros are looked at
ZEROS = 1 / 3  # share of characters with a zero byte that makes a text UTF-16
FEW = 32  # characters; below, more than half must have one
FOREIGN = 100  # letters that are not ASCII, beyond which most of them cannot be so in the West

MARKS = {  # the longer first: one begins like another
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 (little endian)",
    "utf-16-be": "UTF-16 (big endian)",
    "utf-32-le": "UTF-32 (little endian)",
    "utf-32-be": "UTF-32 (big endian)",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
_HIGH = bytes(range(0x80, 0x100))
_ASCII = bytes(range(0x80))
_LETTERS = bytes(each for each in _ASCII if chr(each).isalpha())
_HIGH_LETTERS = bytes(range(0xC0, 0x100))
_ONLY_WINDOWS = bytes(range(0x80, 0xA0))
_CONTROLS = bytes(each for each in range(1, 0x20) if each not in b"\t\n\v\f\r\x1a\x1b") + b"\x7f"


@dataclass(frozen=True, slots=True)
class Encoding:
    """
    How a text is encoded.

    Attributes:
        name: As Python's codecs call it.
        mark: How many bytes at the beginning only say so.
        certain: Whether the bytes leave no other choice.
        not_ascii: How many bytes are not ASCII; in UTF-16 and UTF-32, characters.
    """

    name: str
    mark: int = 0
    certain: bool = True
    not_ascii: int = 0

    @property
    def title(self) -> str:
        """What people call it."""
        return NAMES[self.name]

    @property
    def is_utf8(self) -> bool:
        """Whether the file can be read as it is."""
        return self.name == "utf-8"


def detect_encoding(path: Path) -> Encoding:
    """
    Read a file's bytes and say what encoding they are in.

    Raises:
        StructureError: Damaged UTF-8, a NUL byte, an encoding that is not read, or no text.
    """
    with path.open("rb") as source:
        head = source.read(PROBED)
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return Encoding(name, len(mark)) if name != "utf-8" else _utf8(path, len(mark))
    if (unmarked := _zeros(head, path.stat().st_size)) is not None:
        return Encoding(unmarked, certain=False)
    return _utf8(path, 0)


def transcode(path: Path, encoding: Encoding, target: Path) -> Encoding:
    """
    Write the file's text as UTF-8, and return the encoding with what was counted.

    Raises:
        StructureError: A byte or unit that the encoding does not define, with its place.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)()
    offset, line, not_ascii = encoding.mark, 1, 0
    with path.open("rb") as source, target.open("wb") as sink:
        source.seek(encoding.mark)
        while True:
            chunk = source.read(CHUNK)
            waiting = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise _undefined(encoding, error, offset - waiting, line) from None
            if (nul := text.find("\0")) >= 0:
                raise _nul(line + text.count("\n", 0, nul), None)
            written = text.encode()
            not_ascii += len(text) - len(written.translate(None, _HIGH))
            sink.write(written)
            offset += len(chunk)
            line += text.count("\n")
            if not chunk:
                return Encoding(encoding.name, encoding.mark, encoding.certain, not_ascii)


def encoding_check(encoding: Encoding) -> Check:
    """Return what a report says of the encoding: nothing to say of UTF-8."""
    unit = "characters" if encoding.name.startswith("utf-") else "bytes"
    message = (
        f"The text was read as {encoding.title} and turned into UTF-8: "
        f"{encoding.not_ascii:,} {unit} are not ASCII."
    )
    if not encoding.certain:
        message += " Nothing in the file says so for certain; look at its accented letters."
    severity = Severity.INFO if encoding.certain else Severity.WARNING
    return Check(
        id="structure:encoding",
        kind=Kind.STRUCTURE,
        rule="encoding",
        column=None,
        severity=severity,
        outcome=Outcome.PASSED if encoding.is_utf8 else Outcome.WARN,
        message="" if encoding.is_utf8 else message,
        dimension="conformity",
        observed=float(encoding.not_ascii),
        unit=f"{unit} that are not ASCII",
        fix="" if encoding.is_utf8 else "Save the file as UTF-8.",
    )


def _zeros(head: bytes, size: int) -> str | None:
    """Recognise UTF-16 without a mark: on one side of the pairs many zeros, on the other none."""
    pairs = len(head) // 2
    if size % 2 or not pairs:
        return None
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    enough = pairs * (ZEROS if pairs >= FEW else 0.5)
    if even == 0 and odd > enough:
        return "utf-16-le"
    return "utf-16-be" if odd == 0 and even > enough else None


def _utf8(path: Path, mark: int) -> Encoding:
    """Return UTF-8 if all of the file is; else decide between the encodings of one byte."""
    offset = 0
    not_ascii = np.zeros(1, np.int64)
    carried, valid = b"", True
    for chunk in _chunks(path):
        if (nul := chunk.find(0)) >= 0:
            raise _nul(None, offset + nul)
        offset += len(chunk)
        if not valid:
            not_ascii += _count(chunk, _HIGH)
            continue
        block = carried + chunk
        carried = block[check_utf8(np.frombuffer(block, np.uint8), not_ascii) :]
        if len(carried) >= LONGEST:
            valid = False
            not_ascii += _count(carried, _HIGH)
    if valid and not carried:
        return Encoding("utf-8", mark, not_ascii=int(not_ascii[0]))
    not_ascii += _count(carried, _HIGH) if valid else 0
    return _one_byte(path, mark, int(not_ascii[0]))


def _one_byte(path: Path, mark: int, not_ascii: int) -> Encoding:
    """Choose for a text that is not UTF-8, or refuse it as damaged, foreign or no text."""
    characters = wrong = controls = letters = high_letters = windows = size = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in _chunks(path):
        text = decoder.decode(chunk)
        characters += len(text) - len(text.encode("ascii", "ignore"))
        wrong += text.count("\ufffd")
        size += len(chunk)
        controls += _count(chunk, _CONTROLS)
        windows += _count(chunk, _ONLY_WINDOWS)
        letters += _count(chunk, _LETTERS)
        high_letters += _count(chunk, _HIGH_LETTERS)
    if mark or characters - wrong > wrong:
        raise _damaged(path)
    if controls * 100 > size:
        raise StructureError(
            "binary_content",
            f"The file is no text: {controls:,} of its {size:,} bytes are control characters.",
            "Send it as comma-separated text in UTF-8.",
        )
    if high_letters > max(FOREIGN, letters):
        raise StructureError(
            "unknown_encoding",
            f"The file is not UTF-8, and {high_letters:,} of its letters are not ASCII: "
            "too many for Windows-1252 or Latin-1.",
            "Save the file as UTF-8 and send it again.",
        )
    return Encoding("cp1252" if windows else "latin-1", certain=False, not_ascii=not_ascii)


def _count(chunk: bytes, kind: bytes) -> int:
    """Count the bytes of one kind without making an object of each."""
    return len(chunk) - len(chunk.translate(None, kind))


def _damaged(path: Path) -> StructureError:
    """Name the first byte that is not UTF-8 in a file that otherwise is."""
    offset = 0
    place = f"at the file's end (byte {path.stat().st_size:,})"
    for number, line in enumerate(_lines(path), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            place = f"in line {number:,} (byte {offset + error.start:,})"
            break
        offset += len(line)
    return StructureError(
        "not_utf8",
        f"The file is UTF-8 but for a damaged character {place}.",
        "Write the file again; something has cut or changed it on its way.",
    )


def _undefined(
    encoding: Encoding, error: UnicodeDecodeError, offset: int, line: int
) -> StructureError:
    """Name the byte that the encoding does not define."""
    before = error.object[: error.start].decode(encoding.name, "replace")
    line += before.count("\n")
    return StructureError(
        "undefined_byte",
        f"Line {line:,} has a byte that {encoding.title} does not define "
        f"(byte {offset + error.start:,}).",
        "Save the file as UTF-8 and send it again.",
    )


def _nul(line: int | None, offset: int | None) -> StructureError:
    place = f"character in line {line:,}" if offset is None else f"byte at byte {offset:,}"
    return StructureError(
        "nul_bytes",
        f"The file has a NUL {place}.",
        "Remove it; it often means that the file is not text, or was cut.",
    )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        yield from source
