"""What judging a file costs us: the same function that the product's child process runs."""

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.equal_checks import EQUAL_CHECKS, EqualCheck, Kind
from dcs.core.settings import Settings
from dcs.studio import local_sandbox
from dcs.validation.running import judge_file

_RULES = {
    ("completeness", "nulls"): Kind.NULLS,
    ("contract", "pattern"): Kind.FORMAT,
    ("zscore", "outliers"): Kind.ZSCORE,
    ("iqr", "outliers"): Kind.IQR,
    ("contract", "unique"): Kind.UNIQUE,
    ("contract", "enum"): Kind.ENUM,
    ("contract", "minimum"): Kind.RANGE,
    ("contract", "maximum"): Kind.RANGE,
}


def judged(path: Path, contract: str | None, names: bool = False) -> dict[str, Any]:
    """
    Judge a file in this process, published table included, and return the report.

    Args:
        names: Whether names in free text are looked for as well (tier C).
    """
    _, limits = local_sandbox(Settings())
    with tempfile.TemporaryDirectory() as scratch:
        arguments = {
            "path": str(path),
            "filename": path.name,
            "contract": contract,
            "target": str(Path(scratch) / "table.parquet"),
            "scratch": scratch,
            "memory": limits.memory,
            "names": names,
        }
        found = judge_file(arguments)
    if found["file"]["rows"] is None:
        raise RuntimeError(f"the file was not read: {found['checks'][0]['message']}")
    return found


def equal_contract() -> str:
    """Return a data contract that promises what the equal checks ask; JSON is YAML too."""
    columns = dict.fromkeys(each.column for each in EQUAL_CHECKS)
    properties = [_property(name) for name in columns]
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "equal-checks",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "table", "properties": properties}],
    }
    return json.dumps(document)


def counts_of(found: Mapping[str, Any]) -> dict[str, int]:
    """Return what a report counts of the equal checks; what was not evaluated is left out."""
    wanted = {each.key for each in EQUAL_CHECKS}
    counts: Counter[str] = Counter()
    for check in found["checks"]:
        kind = _RULES.get((check["kind"], check["rule"]))
        key = f"{kind}:{check['column']}"
        if key in wanted and check["observed"] is not None:
            # Added up: what lies outside a range is below the one bound or above the other.
            rows = (
                found["file"]["rows"]
                if check.get("unit", "share of rows") == "share of rows"
                else 1
            )
            counts[key] += round(check["observed"] * rows)
    return dict(counts)


def _property(name: str) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name}
    for check in EQUAL_CHECKS:
        if check.column == name:
            made |= _promise(check)
    return made


def _promise(check: EqualCheck) -> dict[str, Any]:
    match check.kind:
        case Kind.FORMAT:
            return {"logicalTypeOptions": {"pattern": check.pattern}}
        case Kind.UNIQUE:
            return {"unique": True}
        case Kind.ENUM:
            return {"enum": [{"value": value} for value in check.allowed]}
        case Kind.RANGE:
            return {"logicalTypeOptions": {"minimum": check.low, "maximum": check.high}}
        case _:
            return {}
