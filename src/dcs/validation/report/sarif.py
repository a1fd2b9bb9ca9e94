"""
The report as SARIF 2.1.0 (OASIS), which code hosts and editors show beside a file.

A finding is a result; its place is a line where the line is known, else the
column as a logical location, with the data row in its properties. Fingerprints
follow from the check alone, so a finding stays the same one from run to run.
"""

import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import dcs
from dcs.validation.report.located import Sample
from dcs.validation.report.models import Check, Drift, Kind, Outcome, Report, Severity
from dcs.validation.report.outline import look_of, movements, place_of
from dcs.validation.report.rules import PERSONAL_HELP, help_of

VERSION = "2.1.0"
DOCUMENT_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

Json = dict[str, Any]


def to_sarif(report: Report) -> Json:
    """Return the findings, personal data and drift of a report as a SARIF log with one run."""
    results = [*_findings(report), *_personal_data(report), *_movements(report)]
    rules = {each["ruleId"]: each.pop("_rule") for each in results}
    positions = {name: position for position, name in enumerate(rules)}
    for each in results:
        each["ruleIndex"] = positions[each["ruleId"]]
    run = {
        "tool": {
            "driver": {
                "name": "dcs",
                "fullName": "Data Collaboration Studio",
                "semanticVersion": dcs.__version__,
                "rules": list(rules.values()),
            }
        },
        "artifacts": [
            {
                "location": {"uri": _uri(report)},
                "length": report.bytes,
                "hashes": {"sha-256": report.sha256},
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"status": report.status.value, "rows": report.rows},
    }
    return {"$schema": DOCUMENT_SCHEMA, "version": VERSION, "runs": [run]}


def _findings(report: Report) -> Iterator[Json]:
    for check in report.findings:
        if check.kind is Kind.DRIFT:
            continue  # told as drift below
        name = f"{check.kind.value}/{check.rule}"
        said = check.message or f"{check.rule} was not evaluated"
        yield {
            "ruleId": name,
            "level": _level(check),
            "message": {"text": _sentence(check.column, said, check.samples, check.fix)},
            "locations": _locations(report, check.column, check.samples),
            "partialFingerprints": _fingerprint(check.id),
            "properties": {
                "outcome": check.outcome.value,
                "failedRows": check.failed_rows,
                "rows": [sample.row for sample in check.samples],
            },
            "_rule": _rule(name, help_of(check.kind), LEVELS[check.severity], check.dimension),
        }


def _personal_data(report: Report) -> Iterator[Json]:
    for found in report.personal_data:
        name = f"personal_data/{found.entity}"
        quiet = found.declared or found.is_suspected or found.excluded
        word = "suspected in" if found.is_suspected else "in"
        result = {
            "ruleId": name,
            "level": "note" if quiet else "warning",
            "message": {
                "text": _sentence(
                    found.column, f"{found.entity} {word} {found.cells:,} cells", found.samples, ""
                )
            },
            "locations": _locations(report, found.column, found.samples),
            "partialFingerprints": _fingerprint(f"personal:{found.entity}:{found.column}"),
            "properties": {
                "tier": found.tier,
                "score": found.score,
                "declared": found.declared,
                "cells": found.cells,
                "rows": [sample.row for sample in found.samples],
            },
            "_rule": _rule(name, PERSONAL_HELP, "warning", "personal data"),
        }
        if found.excluded:
            result["suppressions"] = [{"kind": "external", "justification": found.excluded}]
        yield result


def _movements(report: Report) -> Iterator[Json]:
    for each in movements(report):
        if each.outcome in {Outcome.PASSED, Outcome.EXCLUDED}:
            continue
        name = f"drift/{each.metric}"
        yield {
            "ruleId": name,
            "level": _drift_level(each),
            "message": {"text": _sentence(each.column, each.message, (), "")},
            "locations": _locations(report, each.column, ()),
            "partialFingerprints": _fingerprint(f"drift:{each.metric}:{each.column or ''}"),
            "properties": {"outcome": each.outcome.value, "value": each.value},
            "_rule": _rule(name, help_of(Kind.DRIFT), "warning", "consistency"),
        }


def _rule(name: str, text: str, level: str, tag: str) -> Json:
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.replace("/", "_").split("_")),
        "shortDescription": {"text": text},
        "help": {"text": text},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": [tag]},
    }


def _sentence(column: str | None, said: str, samples: tuple[Sample, ...], fix: str) -> str:
    """Say what is wrong, where first, what it looks like and how to mend it."""
    subject = f"{column}: " if column else ""
    first = f" First in {place_of(samples[0])}: {look_of(samples[0])}." if samples else ""
    mend = f" To mend: {fix}" if fix else ""
    return f"{subject}{said.rstrip('.')}.{first}{mend}"


def _locations(report: Report, column: str | None, samples: tuple[Sample, ...]) -> list[Json]:
    place: Json = {"artifactLocation": {"uri": _uri(report), "index": 0}}
    line = samples[0].line if samples else None
    if line is not None:
        place["region"] = {"startLine": line}
    location: Json = {"physicalLocation": place}
    if column:
        location["logicalLocations"] = [
            {"name": column, "fullyQualifiedName": column, "kind": "column"}
        ]
    return [location]


def _fingerprint(identity: str) -> Json:
    return {"dcsFinding/v1": hashlib.sha256(identity.encode()).hexdigest()}


def _level(check: Check) -> str:
    """Return the level; what was not evaluated is a warning, unless it keeps the file back."""
    unclear = check.outcome is Outcome.NOT_EVALUATED and check.severity is Severity.ERROR
    return "warning" if unclear and not check.keeps_back else LEVELS[check.severity]


def _drift_level(each: Drift) -> str:
    return {Outcome.FAILED: "error", Outcome.WARN: "warning"}.get(each.outcome, "note")


def _uri(report: Report) -> str:
    """Return the file's name as a relative reference."""
    return quote(report.filename, safe="/")
