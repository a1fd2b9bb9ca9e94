"""
Judge one file: read it strictly, look at every cell, write the published table.

`judge_file` runs in a child process, because the file is hostile until it has
been read; `judge` is what others call, and turns whatever happens to the child
into a report. A file can make its own report bad, never this process.
"""

import asyncio
import hashlib
import resource
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

import dcs
from dcs.engines.sandbox import ChildEndedError, Limits, Sandbox, TaskFailedError
from dcs.validation.contract import Contract, parse_contract
from dcs.validation.encodings import encoding_check
from dcs.validation.models import Check, Kind, Outcome, Report, Severity
from dcs.validation.readers import Source, source_of
from dcs.validation.structure import StructureError, read_structure

if TYPE_CHECKING:
    from dcs.validation.table import Table

log = structlog.get_logger()

TASK = "dcs.validation.judging:judge_file"
CHUNK = 1024 * 1024
DUCKDB_SHARE = 0.4  # of the child's memory; Arrow, Python and the code itself need the rest


async def judge(
    sandbox: Sandbox,
    path: Path,
    *,
    filename: str,
    contract: bytes | None,
    target: Path,
    scratch: Path,
    limits: Limits,
    key: bytes = b"",
    sketched: bool = False,
    previous: Mapping[str, Any] | None = None,
) -> Report:
    """
    Judge a file and write its table as Parquet.

    Args:
        path: The file.
        filename: What its sender called it.
        contract: The data contract's document, if there is one; already known to be valid.
        target: Where the table is written; it is there only if the file could be read.
        scratch: An empty folder for intermediate files, on the same disk.
        limits: What the child may use.
        key: The secret that digests of values are keyed with.
        sketched: Whether the report comes with what a later version can be compared with.
        previous: Such a sketch of an earlier version; the report then says what changed.

    Returns:
        The report. A file that cannot be read, or that ends its reader, gets one too.
    """
    arguments = {
        "path": str(path),
        "filename": filename,
        "contract": None if contract is None else contract.decode(),
        "target": str(target),
        "scratch": str(scratch),
        "memory": limits.memory,
        "key": key.hex(),
        "sketched": sketched or previous is not None,
        "previous": previous,
    }
    try:
        return Report.from_json(await sandbox.run(TASK, arguments, limits))
    except (ChildEndedError, TaskFailedError) as error:
        await asyncio.to_thread(target.unlink, missing_ok=True)
        log.warning("file_reader_ended", error=type(error).__name__, detail=error.detail)
        why = error.why if isinstance(error, ChildEndedError) else "crash"
        return _unreadable(path, filename, _ended(why))


def judge_file(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Judge a file in this process; the sandbox's task. Takes and returns JSON values."""
    began = time.perf_counter()
    path, filename = Path(arguments["path"]), arguments["filename"]
    document = arguments["contract"]
    contract = None if document is None else parse_contract(document.encode())
    try:
        source = source_of(path, filename, Path(arguments["scratch"]))
        report = _judge_table(path, filename, source, contract, arguments)
        report = _followed(report, arguments)
    except StructureError as error:
        report = _unreadable(path, filename, error, contract)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    engine = {
        "version": dcs.__version__,
        "seconds": round(time.perf_counter() - began, 3),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "peak_bytes": usage.ru_maxrss * 1024,
    }
    sketch = {} if report.sketch is None else {"sketch": report.sketch}
    return report.to_json() | {"engine": engine} | sketch


def _judge_table(
    path: Path,
    filename: str,
    source: Source,
    contract: Contract | None,
    arguments: Mapping[str, Any],
) -> Report:
    from dcs.validation.checks import default_checks
    from dcs.validation.personal import scan
    from dcs.validation.profile import profile_columns
    from dcs.validation.promises import contract_checks

    table = _table(source, Path(arguments["scratch"]), int(arguments["memory"] * DUCKDB_SHARE))
    try:
        found = scan(table.names, table.batches(), _declared(contract))
        profiles = profile_columns(table, found)
        checks = [_structure_passed(source, table), *table.notes]
        if contract is not None:
            checks += contract_checks(table, contract)
        checks += default_checks(table, profiles, found)
        table.publish(Path(arguments["target"]))
    finally:
        table.close()
    return Report(
        filename=filename,
        bytes=path.stat().st_size,
        sha256=_sha256(path),
        rows=table.rows,
        checks=tuple(checks),
        columns=tuple(profiles.values()),
        personal_data=found,
        contract=None if contract is None else contract.to_json(),
    )


def _followed(report: Report, arguments: Mapping[str, Any]) -> Report:
    """Add the table's sketch to its report, and what changed since the previous version."""
    if not arguments.get("sketched"):
        return report
    from dcs.validation.drift.judged import followed

    return followed(
        report,
        Path(arguments["target"]),
        bytes.fromhex(arguments["key"]),
        arguments["previous"],
        scratch=Path(arguments["scratch"]),
        memory=int(arguments["memory"] * DUCKDB_SHARE),
    )


def _table(source: Source, scratch: Path, memory: int) -> "Table":
    from dcs.validation.table import Table

    if source.format.reader is not None:
        return Table.of(source.format.reader(source.path), scratch, memory)
    structure = read_structure(source.path, scratch, source.filename)
    table = Table(structure.path, structure, scratch, memory)
    table.notes = (encoding_check(structure.encoding),)
    return table


def _declared(contract: Contract | None) -> frozenset[str]:
    columns = () if contract is None else contract.columns
    return frozenset(each.name for each in columns if each.declares_personal_data)


def _structure_passed(source: Source, table: "Table") -> Check:
    return Check(
        id="structure:table",
        kind=Kind.STRUCTURE,
        rule="table",
        column=None,
        severity=Severity.ERROR,
        outcome=Outcome.PASSED,
        message=f"read as {source.description}",
        dimension="conformity",
        observed=float(table.rows),
    )


def _unreadable(
    path: Path, filename: str, error: StructureError, contract: Contract | None = None
) -> Report:
    """Return the report of a file that is not a table."""
    check = Check(
        id=f"structure:{error.rule}",
        kind=Kind.STRUCTURE,
        rule=error.rule,
        column=None,
        severity=Severity.ERROR,
        outcome=Outcome.FAILED,
        message=error.message,
        dimension="conformity",
        failed_rows=error.rows,
        fix=error.fix,
        samples=error.samples,
        samples_truncated=error.rows > len(error.samples),
    )
    return Report(
        filename=filename,
        bytes=path.stat().st_size,
        sha256=_sha256(path),
        rows=None,
        checks=(check,),
        contract=None if contract is None else contract.to_json(),
    )


def _ended(why: str) -> StructureError:
    what = {
        "memory": "needed more memory than a file may",
        "time": "took longer than a file may",
        "output": "gave a longer report than a file may",
    }.get(why, "was ended by the file")
    return StructureError(
        f"reader_{why}",
        f"The process that read the file {what}.",
        "Split the file, or look for a cell that has swallowed many others.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
