"""Read ORC stripe by stripe. Layout: the ORC specification, "File Tail"."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from dcs.validation.delimited.structure import StructureError
from dcs.validation.models import Check
from dcs.validation.readers.reading import (
    MIB,
    check_declared,
    checked_names,
    damaged,
    guarded,
    no_rows,
    sliced,
    tail_of,
)

MAGIC = b"ORC"
MOST_STRIPE = 512 * MIB  # of the file; a stripe is decoded whole
_RANGE = "out of range for nanosecond"


class OrcReader:
    """The rows of an ORC file, stripe by stripe."""

    kinds = None
    notes: tuple[Check, ...] = ()

    def __init__(self, path: Path) -> None:
        from pyarrow import orc

        if tail_of(path, 4)[:3] != MAGIC:
            raise damaged("ORC", "its end is missing")
        [self._file] = guarded("ORC", iter(map(orc.ORCFile, [str(path)])))
        checked_names(self._file.schema.names)
        self.rows = self._file.nrows
        size, stripes = path.stat().st_size, self._file.nstripes
        check_declared(self.rows, len(self._file.schema), size)
        if self.rows == 0:
            raise no_rows("ORC")
        if self._file.content_length > size or stripes > size:
            raise damaged("ORC", "its stripes are larger than the file")
        if self._file.content_length // max(stripes, 1) > MOST_STRIPE:
            raise StructureError(
                "stripe_too_large",
                f"The ORC file's stripes hold more than {MOST_STRIPE // MIB} MiB each.",
                "Write it with smaller stripes.",
            )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the stripes in pieces."""
        for number in range(self._file.nstripes):
            for batch in guarded("ORC", self._stripe(number)):
                yield from sliced(batch)

    def _stripe(self, number: int) -> Iterator[pa.RecordBatch]:
        try:
            batch = self._file.read_stripe(number)
        except pa.ArrowInvalid as error:
            if _RANGE not in str(error):
                raise
            raise StructureError(
                "inexact_values",
                f"Stripe {number + 1:,} has a timestamp before 1677 or after 2262.",
                "Write such timestamps as text.",
            ) from error
        batch.validate(full=True)
        yield batch
