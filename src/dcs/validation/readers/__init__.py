"""Read every format that is taken: the name says which one, and the bytes have to agree."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dcs.validation.delimited.structure import StructureError
from dcs.validation.packed.archives import members_of
from dcs.validation.packed.caps import Caps
from dcs.validation.packed.magic import HEAD_BYTES, binary_kind, utf16_kind
from dcs.validation.packed.unpacking import Compression, compression_of, unpacked
from dcs.validation.readers.reading import Reader, empty_file, head_of, unpacking

__all__ = [
    "ENDINGS",
    "FORMATS",
    "Format",
    "Reader",
    "Source",
    "format_of",
    "source_of",
]


def _parquet(path: Path) -> Reader:
    from dcs.validation.readers.parquet import ParquetReader

    return ParquetReader(path)


def _arrow(path: Path) -> Reader:
    from dcs.validation.readers.arrow import ArrowReader

    return ArrowReader(path)


def _orc(path: Path) -> Reader:
    from dcs.validation.readers.orc import OrcReader

    return OrcReader(path)


def _avro(path: Path) -> Reader:
    from dcs.validation.readers.avro import AvroReader

    return AvroReader(path)


def _ndjson(path: Path) -> Reader:
    from dcs.validation.readers.json_rows import NdjsonReader

    return NdjsonReader(path)


def _json(path: Path) -> Reader:
    from dcs.validation.readers.json_rows import JsonArrayReader

    return JsonArrayReader(path)


def _spreadsheet(path: Path) -> Reader:
    from dcs.validation.readers.spreadsheet import SpreadsheetReader

    return SpreadsheetReader(path)


@dataclass(frozen=True, slots=True)
class Format:
    """
    A form of table.

    Attributes:
        name: What people call it.
        endings: Of file names that declare it.
        heads: What its files begin with; none for text.
        reader: Opens a file; None for CSV, which has a way of its own.
    """

    name: str
    endings: tuple[str, ...]
    heads: tuple[bytes, ...] = ()
    reader: Callable[[Path], Reader] | None = None

    @property
    def is_text(self) -> bool:
        """Whether its files are text, and may come compressed."""
        return not self.heads


CSV = Format("CSV", (".csv", ".tsv", ".txt"))
FORMATS = (
    CSV,
    Format("NDJSON", (".ndjson", ".jsonl"), reader=_ndjson),
    Format("JSON", (".json",), reader=_json),
    Format("Parquet", (".parquet",), (b"PAR1", b"PARE"), _parquet),
    Format("Arrow", (".arrow", ".feather", ".arrows"), (b"ARROW1", b"\xff\xff\xff\xff"), _arrow),
    Format("ORC", (".orc",), (b"ORC",), _orc),
    Format("Avro", (".avro",), (b"Obj\x01",), _avro),
    Format("Excel", (".xlsx",), (b"PK\x03\x04",), _spreadsheet),
)
PACKED = {".gz": Compression.GZIP, ".zst": Compression.ZSTD, ".zip": Compression.ZIP}
ENDINGS = (
    *(ending for each in FORMATS for ending in each.endings),
    *(
        ending + packed
        for each in FORMATS
        if each.is_text
        for ending in each.endings
        for packed in PACKED
    ),
    ".zip",
)


@dataclass(frozen=True, slots=True)
class Source:
    """
    A file that may be read: what it is, and where its own bytes are.

    Attributes:
        path: The file itself, or its decoded copy.
        filename: What it is called, without the ending that says how it was packed.
        compression: How it was packed.
    """

    format: Format
    path: Path
    filename: str
    compression: Compression | None = None

    @property
    def description(self) -> str:
        """What was read, for people: ``CSV`` or ``CSV, gzip``."""
        return self.format.name + (f", {self.compression}" if self.compression else "")


def format_of(filename: str) -> Format:
    """Return the format that a name's last ending declares; a name that declares none means CSV."""
    ending = PurePosixPath(filename).suffix.lower()
    return next((each for each in FORMATS if ending in each.endings), CSV)


def source_of(path: Path, filename: str, scratch: Path, caps: Caps | None = None) -> Source:
    """
    Say what a file is, by its name and its bytes, and unpack it if it is packed.

    Args:
        scratch: A folder for the decoded copy.

    Raises:
        StructureError: Name and bytes contradict each other, or it cannot be unpacked.
    """
    head = head_of(path, HEAD_BYTES)
    if not head:
        raise empty_file()
    name = PurePosixPath(filename)
    packed = PACKED.get(name.suffix.lower())
    if packed is None:
        return _agreeing(Source(format_of(filename), path, filename), head)
    if compression_of(head) is not packed:
        raise _contradiction(packed.value, head)
    with unpacking():
        return _unpacked(path, name, packed, scratch, caps or Caps())


def _unpacked(
    path: Path, name: PurePosixPath, packed: Compression, scratch: Path, caps: Caps
) -> Source:
    inner, form = _packed_format(path, name, packed, caps)
    target = scratch / "decoded"
    with target.open("wb") as decoded:
        for chunk in unpacked(path, caps):
            decoded.write(chunk)
    head = head_of(target, HEAD_BYTES)
    if not head:
        raise empty_file()
    return _agreeing(Source(form, target, inner, packed), head)


def _packed_format(
    path: Path, name: PurePosixPath, packed: Compression, caps: Caps
) -> tuple[str, Format]:
    """Return name and format of what is packed: by the name before the last ending, or inside."""
    outside = PurePosixPath(name.stem).suffix.lower()
    inside = outside
    if packed is Compression.ZIP:
        files = [each.name for each in members_of(path, caps) if not each.is_folder]
        inside = PurePosixPath(files[0]).suffix.lower() if len(files) == 1 else outside
    inner = f"{PurePosixPath(name.stem).stem}{inside or outside}"
    form = format_of(inner)
    if outside in ENDINGS and format_of(f"x{outside}") is not form:
        raise StructureError(
            "binary_content",
            f"The name says {format_of(f'x{outside}').name} and the file inside is {form.name}.",
            "Give the file the ending of what it is, or send the file that was meant.",
        )
    if not form.is_text:
        raise StructureError(
            "packed_binary",
            f"{form.name} files are not read from inside {packed} files.",
            f"Send the {form.name} file itself; it is compressed already.",
        )
    return inner, form


def _agreeing(source: Source, head: bytes) -> Source:
    """Return the source if its bytes begin as its name says."""
    form = source.format
    if form.is_text:
        if binary_kind(head) is not None:
            raise _contradiction(form.name, head)
        if form.reader is not None and (kind := utf16_kind(head)):
            raise StructureError(
                "utf16", f"The file is {kind}.", "Save the file as UTF-8 and send it again."
            )
    elif not any(head.startswith(each) for each in form.heads):
        raise _contradiction(form.name, head)
    return source


def _contradiction(declared: str, head: bytes) -> StructureError:
    found = binary_kind(head) or utf16_kind(head) or "something else"
    return StructureError(
        "binary_content",
        f"The name says {declared} and the content is {found}.",
        "Give the file the ending of what it is, or send the file that was meant.",
    )
