"""The report of a file that is not a table."""

import hashlib
from pathlib import Path

from dcs.validation.contracts import Contract
from dcs.validation.delimited.structure import StructureError
from dcs.validation.models import Check, Kind, Outcome, Report, Severity


def unreadable(
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
        sha256=sha256_of(path),
        rows=None,
        checks=(check,),
        contract=None if contract is None else contract.to_json(),
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
