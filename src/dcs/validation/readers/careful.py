"""Read a table of texts that is not regular: backslash escapes, mixed line ends, quotes inside cells."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from dcs.validation.delimited.structure import MAX_CELL, Structure, StructureError
from dcs.validation.models import Check
from dcs.validation.readers.reading import BATCH
from dcs.validation.sql import quoted_text

if TYPE_CHECKING:
    import duckdb

MIB = 1024**2
REJECTS = 1_000  # rejected records that are counted


class CarefulReader:
    """The rows of a text whose structure is known, loaded by DuckDB exactly as the structure says."""

    notes: tuple[Check, ...] = ()

    def __init__(self, structure: Structure, scratch: Path, memory: int) -> None:
        self._structure = structure
        self._scratch = scratch
        self._memory = memory
        self.rows = structure.rows

    @property
    def kinds(self) -> Mapping[str, frozenset[str]]:
        """Nothing is known of any column: its texts decide."""
        return {}

    def batches(self) -> Iterator[pa.RecordBatch]:
        """
        Yield the rows in order.

        Raises:
            StructureError: The loader does not understand a record as the strict reader has.
        """
        import duckdb  # 50 ms that regular files need not pay

        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"SET memory_limit='{max(self._memory // MIB, 64)}MiB'")
            connection.execute("SET threads=1")
            spill = quoted_text(str(self._scratch / "spill"))
            connection.execute(f"SET temp_directory={spill}")
            # `sql` streams; `execute` would load everything beside the memory limit.
            yield from self._streamed(connection)
            rejects = connection.execute(
                "SELECT error_type, line, byte_position, count(*) OVER () FROM reject_errors "
                "ORDER BY line, byte_position LIMIT 1"
            ).fetchall()
        finally:
            connection.close()
        if rejects:
            raise _rejected(*rejects[0])

    def _streamed(self, connection: "duckdb.DuckDBPyConnection") -> Iterator[pa.RecordBatch]:
        import duckdb

        try:
            relation = connection.sql(f"SELECT {self._columns()} FROM {self._source()}")  # noqa: S608  # quoted
            for batch in relation.to_arrow_reader(BATCH):
                yield batch.rename_columns(list(self._structure.names))
        except (duckdb.OutOfMemoryException, MemoryError):
            raise
        except (duckdb.Error, pa.ArrowInvalid, OSError) as error:
            raise StructureError(
                "not_loadable",
                "The file's quoting or line ends are mixed in a way that two readers understand "
                "differently.",
                "Write it again with one kind of line end and quotes doubled inside quotes.",
            ) from error

    def _columns(self) -> str:
        cells = (f"c{position}" for position in range(len(self._structure.names)))
        return ", ".join(
            f"ltrim({cell}, ' ') AS {cell}" if self._structure.trim else cell for cell in cells
        )

    def _source(self) -> str:
        """Return SQL that reads the text strictly, with nothing left to be detected."""
        structure = self._structure
        cells = (f"c{position}: 'VARCHAR'" for position in range(len(structure.names)))
        return (
            f"read_csv({quoted_text(str(structure.path))}, auto_detect=false, header=true, "
            f"strict_mode=true, delim={quoted_text(structure.delimiter)}, "
            f"quote={quoted_text(structure.quote)}, escape={quoted_text(structure.escape)}, "
            f"nullstr='', null_padding=false, store_rejects=true, rejects_limit={REJECTS}, "
            f"parallel={not structure.multiline}, max_line_size={4 * MAX_CELL}, "
            f"columns={{{', '.join(cells)}}})"
        )


def _rejected(what: str, line: int, position: int | None, count: int) -> StructureError:
    """Say where the loader did not understand what the strict reader had."""
    place = f"line {line:,}" if position is None else f"line {line:,} (byte {position - 1:,})"
    return StructureError(
        "not_loadable",
        f"Two readers understand {place} differently: {what.lower()}.",
        "Look for quotes and line ends inside cells, and write the file again.",
        count,
    )
