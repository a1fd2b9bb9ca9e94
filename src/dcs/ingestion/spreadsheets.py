"""
Look into a spreadsheet's parts before a parser opens it.

A file of 8 KB with one cell in the last corner of a sheet makes readers allot
seventeen billion cells, and some of them end the process. So the references
are bounded here, on the stream, together with what no table of data needs:
macros, links to other files, document type declarations (ECMA-376, part 1, 18.3).
"""

import re
from collections.abc import Iterable
from string import ascii_letters

from dcs.validation import Caps, Member, UnpackError

LONGEST_TAG = (
    512 * 1024
)  # bytes from one tag to the next; a cell's text has at most 32,767 characters
CONTENT_TYPES, WORKBOOK = "[content_types].xml", "xl/workbook.xml"
ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"})
_LETTERS = ascii_letters.encode()
_FORBIDDEN = {
    "vbaproject": ("macros", "The spreadsheet holds macros.", "Save it as .xlsx without macros."),
    "/macrosheets/": ("macros", "The spreadsheet holds macros.", "Save it without macro sheets."),
    "/activex/": ("macros", "The spreadsheet holds controls.", "Save it without controls."),
    "/externallinks/": (
        "external_links",
        "The spreadsheet refers to other files.",
        "Replace the references by their values.",
    ),
    "/embeddings/": (
        "embedded_files",
        "The spreadsheet holds other files.",
        "Remove the embedded objects.",
    ),
}
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CELL = re.compile(rb"""[\s"']r\s*=\s*["']\s*\$?([A-Za-z]{1,8})\$?([0-9]{1,12})""")
_ROW = re.compile(rb"""[\s"']r\s*=\s*["']\s*([0-9]{1,12})\s*["'][^<]*<(?:[\w.-]+:)?c[\s/>]""")
_SPAN = re.compile(
    rb"""<(?:[\w.-]+:)?dimension\s[^<]{0,400}?ref\s*=\s*["']([A-Za-z$]{1,10}[0-9]{1,12})"""
    rb""":([A-Za-z$]{1,10}[0-9]{1,12})["']"""
)
_ESCAPED = re.compile(
    rb"""<(?:[\w.-]+:)?(?:c|row|dimension)\s[^<]{0,4000}?\br(?:ef)?\s*=\s*["'][^"'<]{0,80}&"""
)


def is_spreadsheet(members: Iterable[Member]) -> bool:
    """Say whether an archive has the parts that make a spreadsheet."""
    names = {member.name.lower() for member in members}
    return CONTENT_TYPES in names and WORKBOOK in names


def check_parts(members: Iterable[Member]) -> None:
    """
    Refuse parts that no table of data needs, by their names.

    Raises:
        UnpackError: ``macros``, ``external_links`` or ``embedded_files``.
    """
    for member in members:
        name = "/" + member.name.lower().replace("\\", "/")
        for part, (rule, message, fix) in _FORBIDDEN.items():
            if part in name:
                raise UnpackError(rule, message, fix)


class Part:
    """
    One decoded part, taken in chunks in bounded memory.

    Both methods raise `UnpackError`: ``xml_declaration``, ``xml_encoding``,
    ``xml_too_long`` or ``cell_references``.
    """

    def __init__(self, name: str, caps: Caps) -> None:
        self._xml = name.lower().endswith((".xml", ".rels"))
        self._caps = caps
        self._head: bytes | None = b""
        self._rest = b""
        self._rows = self._columns = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        if self._head is not None:
            self._head += chunk
            if len(self._head) < 256:
                return
            chunk = self._begin()
        if self._xml:
            self._look(chunk)

    def finish(self) -> None:
        """Look at what is left."""
        if self._head is not None and (chunk := self._begin()) and self._xml:
            self._look(chunk)
        if self._xml and self._rest:
            self._search(self._rest + b"<")

    def _begin(self) -> bytes:
        """Decide by the first bytes whether the part is XML, in an encoding that hides nothing."""
        head, self._head = self._head or b"", None
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
        starts = text.startswith(b"<") and text[1:2] != b"\0"
        foreign = head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0", b"\0\0"))
        declared = _ENCODING.search(text[:256])
        hidden = declared is not None and declared[1].lower() not in ENCODINGS
        if (self._xml and head and not starts) or (foreign and b"<" in head[:8]) or hidden:
            raise UnpackError(
                "xml_encoding",
                "A part of the spreadsheet is not XML in UTF-8.",
                "Save the spreadsheet again with an ordinary program.",
            )
        self._xml = self._xml or starts
        return head

    def _look(self, chunk: bytes) -> None:
        """Search whole tags; what follows the last two waits for the next chunk."""
        text = self._rest + chunk
        last = text.rfind(b"<")
        cut = max(text.rfind(b"<", 0, max(last, 0)), 0)
        if len(text) - cut > LONGEST_TAG + len(chunk):
            raise UnpackError(
                "xml_too_long",
                f"A text in the spreadsheet is longer than {LONGEST_TAG:,} bytes.",
                "Shorten the cell's text.",
            )
        self._search(text[: last + 1])
        self._rest = text[cut:]

    def _search(self, text: bytes) -> None:
        if _DECLARATION.search(text):
            raise UnpackError(
                "xml_declaration",
                "A part of the spreadsheet declares a document type or entities.",
                "Save the spreadsheet again with an ordinary program.",
            )
        if _ESCAPED.search(text):
            raise _references("A cell's reference is written in a way that hides it.")
        rows, columns = {b"0"}, {b""}
        for column, row in _CELL.findall(text):
            rows.add(row)
            columns.add(column)
        rows.update(_ROW.findall(text))
        for corner in (each for span in _SPAN.findall(text) for each in span):
            plain = corner.replace(b"$", b"")
            columns.add(plain.rstrip(b"0123456789"))
            rows.add(plain.lstrip(_LETTERS))
        self._rows = max(self._rows, *(int(row) for row in rows))
        self._columns = max(self._columns, *(_column(each) for each in columns))
        if self._rows * self._columns > self._caps.cells:
            raise _references(f"A sheet spans more than {self._caps.cells:,} cells.")


def _column(letters: bytes) -> int:
    """Return the number of a column: A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _references(message: str) -> UnpackError:
    return UnpackError(
        "cell_references", message, "Remove cells far from the table, or send it as CSV."
    )
