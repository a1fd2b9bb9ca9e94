"""Read Avro block by block with fastavro, every value as it is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import MAX_PREC, Context, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from dcs.validation.delimited.structure import StructureError
from dcs.validation.models import Check
from dcs.validation.readers.avro_container import read_container
from dcs.validation.readers.avro_schema import arrow_schema
from dcs.validation.readers.reading import (
    check_declared,
    checked_names,
    guarded,
    missing_extra,
    no_rows,
    sliced,
)

ROWS = 16_384  # records that are Python objects at once
CODECS = ("null", "deflate", "bzip2", "xz")
_EXACT = Context(prec=MAX_PREC)


class AvroReader:
    """The rows of an Avro file."""

    kinds = None
    notes: tuple[Check, ...] = ()

    def __init__(self, path: Path) -> None:
        try:
            import fastavro  # noqa: F401  # asked for first, so that its absence is told plainly
        except ImportError as error:
            raise missing_extra("Avro", "formats") from error
        container = read_container(path)
        if container.codec not in CODECS:
            raise StructureError(
                "unsupported_compression",
                "The Avro file is compressed in a way that is not read here.",
                f"Write it with one of: {', '.join(CODECS)}.",
            )
        self._path = path
        self._schema = arrow_schema(container.schema)
        checked_names(self._schema.names)
        check_declared(container.rows, len(self._schema), path.stat().st_size)
        self.rows = container.rows
        if self.rows == 0:
            raise no_rows("Avro")

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the records in batches of at most 16,384."""
        for batch in guarded("Avro", self._batches()):
            yield from sliced(batch)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        import fastavro

        with self._path.open("rb") as source, _stored_values():
            records: list[Any] = []
            for block in fastavro.block_reader(source):
                for record in block:
                    records.append(record)
                    if len(records) == ROWS:
                        yield self._batch(records)
                        records = []
            if records:
                yield self._batch(records)

    def _batch(self, records: list[Any]) -> pa.RecordBatch:
        columns = [
            pa.array([record[field.name] for record in records], field.type)
            for field in self._schema
        ]
        return pa.record_batch(columns, schema=self._schema)


@contextmanager
def _stored_values() -> Iterator[None]:
    """
    Take dates and times as the numbers they are stored as, and decimals without rounding.

    The library's own conversions know years 1 to 9999 only and round a decimal
    that is longer than its type allows.
    """
    from fastavro.read import LOGICAL_READERS

    usual = dict(LOGICAL_READERS)
    LOGICAL_READERS.clear()
    LOGICAL_READERS.update({"bytes-decimal": _decimal, "fixed-decimal": _decimal})
    try:
        yield
    finally:
        LOGICAL_READERS.update(usual)


def _decimal(data: bytes, schema: dict[Any, Any] | None, _: object = None) -> Decimal:
    scale = 0 if schema is None else schema.get("scale", 0)
    return Decimal(int.from_bytes(data, "big", signed=True)).scaleb(-scale, _EXACT)
