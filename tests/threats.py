"""Files that harm careless readers, made at run time: nothing harmful lies in the repository."""

import gzip
import io
import stat
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq

from tests.archives import deflated_zeros, zip_of, zipped, zstd, zstd_bomb
from tests.malware import EICAR

MIB = 1024 * 1024
TABLE = b"id,name\n" + b"".join(b"%d,name %d\n" % (n, n) for n in range(1, 1001))
SHEET = "xl/worksheets/sheet1.xml"
XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def sheet(*cells: str, text: str = "1", dimension: str = "A1:B2") -> bytes:
    """Return a worksheet with a cell at each reference."""
    rows = "".join(
        f'<row r="{n}"><c r="{ref}"><v>{text}</v></c></row>' for n, ref in enumerate(cells, 1)
    )
    return (
        XML
        + f'<worksheet><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def workbook(first: bytes | None = None, **extra: bytes) -> bytes:
    """Return a small spreadsheet; *extra* names parts with ``__`` for ``/``."""
    parts = {
        "[Content_Types].xml": XML + b"<Types/>",
        "_rels/.rels": XML + b"<Relationships/>",
        "xl/workbook.xml": XML + b"<workbook/>",
        SHEET: sheet("A1", "B2") if first is None else first,
    }
    parts.update({name.replace("__", "/"): content for name, content in extra.items()})
    return zipped(parts)


def gzip_bomb(size: int = 256 * MIB) -> bytes:
    """Return a gzip file of a few hundred kilobytes that unfolds to *size* bytes."""
    return b"\x1f\x8b\x08" + bytes(6) + b"\x03" + deflated_zeros(size) + bytes(8)


def wrong_checksum() -> bytes:
    """Return a whole gzip file with another checksum."""
    packed = bytearray(gzip.compress(TABLE))
    packed[-8] ^= 0xFF
    return bytes(packed)


def parquet() -> bytes:
    """Return an ordinary Parquet file."""
    target = io.BytesIO()
    pq.write_table(pa.table({"id": list(range(1000))}), target)
    return target.getvalue()


def arrow() -> bytes:
    """Return an ordinary Arrow file."""
    target = io.BytesIO()
    table = pa.table({"id": list(range(1000))})
    with pa.ipc.new_file(target, table.schema) as writer:
        writer.write_table(table)
    return target.getvalue()


def orc() -> bytes:
    """Return an ordinary ORC file."""
    from pyarrow import orc as writer

    target = io.BytesIO()
    writer.write_table(pa.table({"id": list(range(1000))}), target)
    return target.getvalue()


def nested(levels: int) -> bytes:
    """Return an archive in an archive, several times, named so that no name tells it."""
    content = TABLE
    for _ in range(levels):
        content = zipped({"data.csv": content})
    return content


def one_giant_cell() -> bytes:
    """Return a spreadsheet of one megabyte or less whose only cell is 256 MiB."""
    return zip_of(SHEET.encode(), stored=deflated_zeros(256 * MIB), size=256 * MIB, content=b"")


XXE = XML + b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><worksheet>&f;</worksheet>'
LAUGHS = (
    XML
    + b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8))
    + b"]><worksheet>&i;</worksheet>"
)

# Each: the name it is sent under, its bytes, the hostile code it is answered with.
HOSTILE = {
    "gzip bomb": lambda: ("a.csv.gz", gzip_bomb(), "bomb_ratio"),
    "zstd bomb of 2 GiB": lambda: ("a.csv.zst", zstd_bomb(16 * 1024), "bomb_ratio"),
    "zip bomb": lambda: ("a.csv.zip", zipped({"a.csv": bytes(128 * MIB)}), "bomb_ratio"),
    "zip whose size lies": lambda: ("a.zip", zip_of(size=3), "zip_broken"),
    "zip with shared bytes": lambda: ("a.zip", zip_of(entries=50), "zip_overlap"),
    "gzip with a wrong checksum": lambda: ("a.csv.gz", wrong_checksum(), "gzip_crc"),
    "gzip with garbage behind": lambda: (
        "a.csv.gz",
        gzip.compress(TABLE) + b"more",
        "trailing_garbage",
    ),
    "gzip cut short": lambda: ("a.csv.gz", gzip.compress(TABLE)[:-5], "gzip_truncated"),
    "zstd cut short": lambda: ("a.tsv.zst", zstd(TABLE)[:-5], "zstd_truncated"),
    "gzip in gzip": lambda: ("a.csv.gz", gzip.compress(gzip.compress(TABLE)), "nested_archive"),
    "zip in zip, six times": lambda: ("a.zip", nested(6), "nested_archive"),
    "zip with an absolute name": lambda: ("a.zip", zip_of(b"/etc/passwd"), "zip_names"),
    "zip that climbs": lambda: ("a.zip", zip_of(b"../../x.csv"), "zip_names"),
    "zip with a link": lambda: ("a.zip", zip_of(mode=stat.S_IFLNK | 0o777), "zip_names"),
    "zip with a password": lambda: ("a.zip", zip_of(flags=1), "zip_encrypted"),
    "zip with two tables": lambda: ("a.zip", zipped({"a.csv": b"1", "b.csv": b"2"}), "zip_single"),
    "zip with 10,001 members": lambda: (
        "a.zip",
        zipped({f"{n}": b"" for n in range(10_001)}, zipfile.ZIP_STORED),
        "zip_members",
    ),
    "zip behind a text": lambda: ("a.csv", TABLE + zipped({"x.csv": b"1"}), "polyglot"),
    "zip behind a Parquet file": lambda: ("a.parquet", parquet() + zipped({"x": b"1"}), "polyglot"),
    "zip with a text before it": lambda: (
        "a.xlsx",
        b"PK\x03\x04" + TABLE + workbook(),
        "zip_prefix",
    ),
    "PDF inside a text": lambda: ("a.csv", b"a,b\n%PDF-1.7\n1,2\n%%EOF\n", "polyglot"),
    "Parquet with a wrong head": lambda: ("a.parquet", b"XXXX" + parquet()[4:], "polyglot"),
    "Parquet that is a PDF": lambda: ("a.parquet", b"%PDF-1.7" + parquet()[8:], "polyglot"),
    "encrypted Parquet": lambda: ("a.parquet", b"PARE" + parquet()[4:-4] + b"PARE", "encrypted"),
    "cell in the last corner": lambda: (
        "a.xlsx",
        workbook(sheet("A1", "XFD1048576")),
        "cell_references",
    ),
    "dimension of everything": lambda: (
        "a.xlsx",
        workbook(sheet("A1", dimension="A1:XFD1048576")),
        "cell_references",
    ),
    "corner in escapes": lambda: (
        "a.xlsx",
        workbook(sheet("A1", "&#88;FD1048576")),
        "cell_references",
    ),
    "corner behind a bracket": lambda: (
        "a.xlsx",
        workbook(XML + b'<worksheet><c s=">" r=\'XFD1\'/><c\n r = "$A$1048576"/></worksheet>'),
        "cell_references",
    ),
    "corner in a far part": lambda: (
        "a.xlsx",
        workbook(xl__notes__x=sheet("A1", "XFD1048576")),
        "cell_references",
    ),
    "one giant cell": lambda: ("a.xlsx", one_giant_cell(), "bomb_ratio"),
    "endless text in a cell": lambda: (
        "a.xlsx",
        workbook(sheet("A1", text="x" * 4 * MIB)),
        "xml_too_long",
    ),
    "external entity": lambda: ("a.xlsx", workbook(XXE), "xml_declaration"),
    "billion laughs": lambda: ("a.xlsx", workbook(LAUGHS), "xml_declaration"),
    "entity in UTF-16": lambda: (
        "a.xlsx",
        workbook(XXE.decode().encode("utf-16")),
        "xml_encoding",
    ),
    "entity in UTF-7": lambda: (
        "a.xlsx",
        workbook(XXE.replace(b"UTF-8", b"UTF-7").replace(b"<!D", b"+ADw-!D")),
        "xml_encoding",
    ),
    "macros": lambda: ("a.xlsx", workbook(xl__vbaProject_bin=b"\xd0\xcf"), "macros"),
    "old macros": lambda: ("a.xlsx", workbook(xl__macrosheets__sheet1=sheet("A1")), "macros"),
    "links to other files": lambda: (
        "a.xlsx",
        workbook(xl__externalLinks__externalLink1=XML + b"<externalLink/>"),
        "external_links",
    ),
    "embedded file": lambda: ("a.xlsx", workbook(xl__embeddings__x=b"MZ"), "embedded_files"),
}

# Each: the name, the bytes, what inspection names, and what the strict reader refuses it for.
REFUSED = {
    "program called a table": lambda: ("a.csv", b"\x7fELF\x02\x01" + bytes(99), "type_mismatch"),
    "gzip called a table": lambda: ("a.csv", gzip.compress(TABLE), "type_mismatch"),
    "broken zip called a table": lambda: ("a.csv", b"PK\x03\x04\x14\x00\n1,2\n", "zip_broken"),
    "web page": lambda: ("a.csv", b"<!DOCTYPE html><title>Sign in</title>", "type_mismatch"),
    "NUL byte in a cell": lambda: ("a.csv", TABLE + b"7,\x00\n", "nul_bytes"),
    "UTF-16": lambda: ("a.csv", TABLE.decode().encode("utf-16"), "unsupported_encoding"),
    "UTF-32": lambda: ("a.csv", TABLE.decode().encode("utf-32"), "unsupported_encoding"),
    "random bytes": lambda: ("a.csv", bytes(range(256)) * 99, "control_characters"),
    "line of 20 MB": lambda: ("a.csv", b"a\n" + b"x" * 20 * MIB + b"\n", "long_line"),
    "Parquet cut short": lambda: ("a.parquet", parquet()[:-100], "cut_short"),
    "Parquet of a head alone": lambda: ("a.parquet", b"PAR1\0\0\0\0", "cut_short"),
    "text called Parquet": lambda: ("a.parquet", TABLE, "type_mismatch"),
    "zip called a spreadsheet": lambda: ("a.xlsx", zipped({"a.csv": TABLE}), "type_mismatch"),
}

INFECTED = {
    "in a cell": lambda: ("a.csv", TABLE + b"7," + EICAR + b"\n"),
    "in gzip": lambda: ("a.csv.gz", gzip.compress(TABLE + EICAR)),
    "in gzip called a table": lambda: ("a.csv", gzip.compress(TABLE + EICAR)),
    "in Zstandard": lambda: ("a.csv.zst", zstd(TABLE * 50 + EICAR + TABLE)),
    "in zip": lambda: ("a.csv.zip", zipped({"a.csv": TABLE + EICAR})),
    "in zip called a table": lambda: ("a.csv", zipped({"a": TABLE, "b": TABLE + EICAR})),
    "between the members of a zip": lambda: ("a.zip", zip_of(stored=EICAR, size=3)),
    "in a spreadsheet": lambda: ("a.xlsx", workbook(xl__media__image1=EICAR * 2)),
    "in Parquet": lambda: ("a.parquet", b"PAR1" + EICAR + parquet()[4:]),
}

HARMLESS = {
    "a.csv": lambda: TABLE,
    "a.txt": lambda: b"ORC,PAR1,MZ\n1,2,PAR1",
    "a.csv.gz": lambda: gzip.compress(TABLE),
    "a.csv.zst": lambda: zstd(TABLE),
    "a.tsv.zip": lambda: zipped({"a.tsv": TABLE}),
    "a.zip": lambda: zipped({"folder/a.csv": TABLE}),
    "a.parquet": parquet,
    "a.arrow": arrow,
    "a.orc": orc,
    "a.avro": lambda: b"Obj\x01" + bytes(99),
    "a.xlsx": workbook,
}
