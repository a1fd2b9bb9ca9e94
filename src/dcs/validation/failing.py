"""
Which rows failed which check.

A judge writes them as a Parquet file of two columns, ``check`` (its id) and
``row`` (the data row, 1 for the first below the header), ordered by both, so
that the rows of one check lie together. Reports of judges that did not write
it name their first twenty.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dcs.catalog import Version
from dcs.engines.database import Database
from dcs.engines.objects import ObjectStore
from dcs.validation import store
from dcs.validation.errors import CheckNotFoundError, ReportNotFoundError
from dcs.validation.models import Report

FILE = "failing.parquet"  # beside the judge's other scratch files
SCHEMA = pa.schema([("check", pa.string()), ("row", pa.int64())])


@dataclass(frozen=True, slots=True)
class FailingRows:
    """
    The rows that failed one check.

    Attributes:
        rows: Data rows from 1, ascending, each once.
        failed: How many failed.
    """

    rows: tuple[int, ...]
    failed: int

    @property
    def complete(self) -> bool:
        """Whether all of them are known."""
        return len(self.rows) >= self.failed


async def failing_rows(
    database: Database, objects: ObjectStore, version: Version, check: str, limit: int
) -> FailingRows:
    """
    Return the first rows of a version that failed a check; policy was asked by the caller.

    Raises:
        ReportNotFoundError: The version has not been judged yet.
        CheckNotFoundError: Its report has no such check.
    """
    document = await database.read(version.tenant, lambda s: store.get_report(s, version.id))
    if document is None:
        raise ReportNotFoundError("This version has not been judged yet.")
    stored = await database.read(version.tenant, lambda s: store.get_failing(s, version.id))
    report = Report.from_json(document)
    if stored is None:
        return rows_of(report, check, None, limit)
    async with objects.local_path(version.tenant, stored) as path:
        return await asyncio.to_thread(rows_of, report, check, path, limit)


def rows_of(report: Report, check_id: str, stored: Path | None, limit: int) -> FailingRows:
    """
    Return the first rows that failed a check.

    Args:
        stored: The judge's file of failing rows, if there is one.
        limit: The most rows.

    Raises:
        CheckNotFoundError: The report has no such check.
    """
    check = next((each for each in report.checks if each.id == check_id), None)
    if check is None:
        raise CheckNotFoundError("The report has no check of this id.")
    named = {each.row for each in check.samples if each.row > 0}
    rows = sorted(named | set(_stored(stored, check_id, limit)))
    return FailingRows(tuple(rows[:limit]), max(check.failed_rows, len(rows)))


def _stored(stored: Path | None, check_id: str, limit: int) -> list[int]:
    """Return the first rows of a check from the file; only row groups that hold it are read."""
    if stored is None:
        return []
    found: list[int] = []
    with pq.ParquetFile(stored) as source:
        for group in range(source.num_row_groups):
            if not _may_hold(source, group, check_id):
                continue
            part = source.read_row_group(group)
            mask = pc.equal(part["check"], check_id)
            found += part["row"].filter(mask).slice(0, limit - len(found)).to_pylist()
            if len(found) >= limit:
                break
    return found


def _may_hold(source: pq.ParquetFile, group: int, check_id: str) -> bool:
    statistics = source.metadata.row_group(group).column(0).statistics
    if statistics is None or not statistics.has_min_max:
        return True
    return bool(statistics.min <= check_id <= statistics.max)
