"""Make tables, reports and sketches of a few rows."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dcs.validation import ColumnProfile, PersonalData, Report
from dcs.validation.drift import Sketch, sketch_of

KEY = b"a key of tests"
Sketched = Callable[..., Sketch]
TYPES = {pa.int64(): "integer", pa.float64(): "number", pa.bool_(): "boolean", pa.date32(): "date"}


def report_of(table: pa.Table, personal: Mapping[str, tuple[str, int]] | None = None) -> Report:
    """Return what a judge says of a table's types and personal data; nothing else is asked."""
    return Report(
        filename="d.csv",
        bytes=1,
        sha256="0",
        rows=table.num_rows,
        checks=(),
        columns=tuple(
            ColumnProfile(field.name, TYPES.get(field.type, "text"), 0, 0.0, 0)
            for field in table.schema
        ),
        personal_data=tuple(
            PersonalData(column, entity, cells, 1.0, False)
            for column, (entity, cells) in (personal or {}).items()
        ),
    )


@pytest.fixture
def sketched(tmp_path: Path) -> Sketched:
    """Write columns as a Parquet file and sketch it."""

    def sketch(
        columns: Mapping[str, Sequence[Any]] | pa.Table,
        personal: Mapping[str, tuple[str, int]] | None = None,
        key: bytes = KEY,
    ) -> Sketch:
        table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
        path = tmp_path / "sketched.parquet"
        pq.write_table(table, path, row_group_size=1_000)
        return sketch_of(path, report_of(table, personal), key, scratch=tmp_path)

    return sketch
