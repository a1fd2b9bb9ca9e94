"""
Walk through an Avro file without decoding a record: header, blocks, markers.

The walk counts the records that the blocks declare, sees every synchronisation
marker and the very last byte; a decoder stops quietly where a file was cut.
Layout: the Avro specification, "Object Container Files".
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from dcs.validation.delimited.structure import StructureError
from dcs.validation.readers.reading import MIB, damaged

MAGIC = b"Obj\x01"
MOST_HEADER = 16 * MIB
MOST_BLOCK = 256 * MIB  # stored; a block is decoded whole
MARKER = 16
LONGEST_NUMBER = 10  # bytes of a 64-bit number in steps of 7 bits


@dataclass(frozen=True, slots=True)
class Container:
    """
    What an Avro file says about itself.

    Attributes:
        schema: The records' schema, as JSON values.
        codec: How its blocks are compressed.
        rows: Records of all blocks.
    """

    schema: Any
    codec: str
    rows: int


def read_container(path: Path) -> Container:
    """
    Walk through a file once.

    Raises:
        StructureError: It is cut or damaged, or one of its parts is too large.
    """
    size = path.stat().st_size
    with path.open("rb") as source:
        if source.read(len(MAGIC)) != MAGIC:
            raise damaged("Avro", "its beginning is wrong")
        metadata = dict(_metadata(source, size))
        marker = source.read(MARKER)
        rows = sum(_blocks(source, size, marker))
    try:
        schema = json.loads(metadata["avro.schema"])
        codec = metadata.get("avro.codec", b"null").decode("ascii")
    except (KeyError, ValueError) as error:
        raise damaged("Avro", "its schema cannot be read") from error
    except RecursionError as error:
        raise StructureError(
            "nested_too_deep", "The Avro file's schema is nested too deep.", "Flatten it."
        ) from error
    return Container(schema, codec, rows)


def _metadata(source: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    while count := _number(source):
        if count < 0:
            _number(source)  # the bytes of this part, for readers that skip it
        for _ in range(abs(count)):
            key = _bytes(source, size)
            yield key.decode("utf-8", errors="replace"), _bytes(source, size)
            if source.tell() > MOST_HEADER:
                raise damaged("Avro", "its header is too large")


def _blocks(source: BinaryIO, size: int, marker: bytes) -> Iterator[int]:
    while source.tell() < size:
        rows, length = _number(source), _number(source)
        if rows < 0 or not 0 <= length <= size - source.tell() - MARKER:
            raise damaged("Avro", "a block is longer than the file")
        if length > MOST_BLOCK:
            raise StructureError(
                "block_too_large",
                f"A block of the Avro file has {length // MIB:,} MiB; "
                f"{MOST_BLOCK // MIB} MiB are read at most.",
                "Write the file with smaller blocks.",
            )
        source.seek(length, 1)
        if source.read(MARKER) != marker:
            raise damaged("Avro", "the marker behind a block is wrong")
        yield rows


def _bytes(source: BinaryIO, size: int) -> bytes:
    length = _number(source)
    if not 0 <= length <= min(size - source.tell(), MOST_HEADER):
        raise damaged("Avro", "its header is longer than the file")
    return source.read(length)


def _number(source: BinaryIO) -> int:
    """Read a number of variable length, seven bits a byte, zigzag."""
    value = 0
    for position in range(LONGEST_NUMBER):
        byte = source.read(1)
        if not byte:
            raise damaged("Avro", "it ends too early")
        value |= (byte[0] & 0x7F) << (7 * position)
        if byte[0] < 0x80:
            return (value >> 1) ^ -(value & 1)
    raise damaged("Avro", "a number in it is too long")
