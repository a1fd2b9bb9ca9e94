"""
Write a contract from a file: what its rows keep today, as a first draft for people.

Nothing of a column in which personal data was found is written but its type,
its format and its classification: no value, no length, no range. Values are
listed only where they are few and each of them occurs often, so that they are
words of the data and not facts about somebody.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml

from dcs.validation.contracts.document import MAX_BYTES
from dcs.validation.contracts.facts import Columns, Facts, first_day, outward
from dcs.validation.errors import InvalidContractError
from dcs.validation.models import ColumnProfile, Kind, Report

API_VERSION = "v3.2.0"
MOST_VALUES = 12  # that are listed
LEAST_OFTEN = 5  # times that each of them occurs
LONGEST_VALUE = 40  # characters of a listed value
ENOUGH_ROWS = 20  # from which on it means something that no value occurs again
MOST_NULLS = 5  # per cent of missing values that the default profile puts up with
NUMERIC = frozenset({"integer", "number"})
DATES = frozenset({"date", "timestamp"})
RESTRICTED = frozenset(
    {"CREDIT_CARD", "US_SSN", "IBAN_CODE", "MEDICAL_LICENSE", "US_DRIVER_LICENSE"}
)


def inferred_contract(report: Report, table: Path, name: str) -> dict[str, Any]:
    """
    Return an ODCS document that the file keeps.

    Args:
        report: What judging the file found.
        table: Its rows as Parquet.
        name: What the contract and its object are called.
    """
    with duckdb.connect(":memory:") as connection:
        columns = Columns(connection, table)
        facts = columns.facts([(each.name, each.type) for each in report.columns])
        properties = [
            _property(profile, each, report, columns)
            for profile, each in zip(report.columns, facts, strict=True)
        ]
    table_object = {
        "name": name,
        "logicalType": "object",
        "physicalType": "file",
        "properties": properties,
        "quality": [{"metric": "rowCount", "mustBeGreaterThan": 0}],
    }
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": name,
        "name": name,
        "version": "0.1.0",
        "status": "draft",
        "schema": [table_object],
    }


def contract_yaml(document: Mapping[str, Any]) -> str:
    """
    Return a contract as YAML.

    Raises:
        InvalidContractError: It is larger than a contract may be.
    """
    text: str = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=100)
    if len(text.encode()) > MAX_BYTES:
        raise InvalidContractError(
            f"The file has so many columns that its contract exceeds {MAX_BYTES // 1024} KiB."
        )
    return text


def _property(
    profile: ColumnProfile, facts: Facts, report: Report, columns: Columns
) -> dict[str, Any]:
    rows = report.rows or 0
    personal = bool(profile.tags)
    found: dict[str, Any] = {
        "name": profile.name,
        "logicalType": "string" if profile.type == "text" else profile.type,
    }
    if facts.filled == rows:
        found["required"] = True
    if facts.distinct == rows >= ENOUGH_ROWS and profile.type in ("text", "integer"):
        found["unique"] = True
    if personal:
        found |= _classified(profile)
    values = [] if personal else _values(profile, facts, columns)
    if values:
        found["enum"] = [{"value": each} for each in values]
    options = _options(profile, facts, personal=personal, listed=bool(values))
    if options:
        found["logicalTypeOptions"] = options
    quality = _quality(profile, facts, report)
    if quality:
        found["quality"] = quality
    return found


def _classified(profile: ColumnProfile) -> dict[str, Any]:
    """Propose who may see a column in which personal data was found."""
    restricted = bool(set(profile.tags) & RESTRICTED)
    return {
        "classification": "restricted" if restricted else "confidential",
        "tags": sorted(set(profile.tags)),
    }


def _values(profile: ColumnProfile, facts: Facts, columns: Columns) -> list[str]:
    """Return the words that a column is made of; none where they may be anything."""
    if profile.type != "text" or not 0 < facts.distinct <= MOST_VALUES:
        return []
    counted = columns.values(profile.name)
    if any(times < LEAST_OFTEN or len(value) > LONGEST_VALUE for value, times in counted):
        return []
    return [value for value, _ in counted]


def _options(
    profile: ColumnProfile, facts: Facts, *, personal: bool, listed: bool
) -> dict[str, Any]:
    if facts.filled == 0:
        return {}
    if profile.type == "text":
        if facts.format is not None and not listed and facts.format != "hostname":
            return {"format": facts.format}  # nearly every word is the name of a host
        return {} if personal or listed else _lengths(facts)
    if personal or facts.low is None:
        return {}
    if profile.type in NUMERIC:
        low, high = outward(float(facts.low), float(facts.high))
        return {"minimum": low, "maximum": high}
    return {"minimum": first_day(facts.low)} if profile.type in DATES else {}


def _lengths(facts: Facts) -> dict[str, Any]:
    """Promise the one length that all texts have, or a round one that none exceeds."""
    longest = facts.longest or 1
    if facts.shortest == longest:
        return {"minLength": longest, "maxLength": longest}
    return {"maxLength": 2 ** math.ceil(math.log2(longest))}


def _quality(profile: ColumnProfile, facts: Facts, report: Report) -> list[dict[str, Any]]:
    """Return the default profile as rules that the file keeps."""
    rows = report.rows or 1
    rules: list[dict[str, Any]] = []
    missing = 100 * (rows - facts.filled) / rows
    if missing:
        most = max(MOST_NULLS, math.ceil(missing))
        rules.append(
            {
                "metric": "nullValues",
                "mustBeLessOrEqualTo": most,
                "unit": "percent",
                "severity": "warning",
            }
        )
    if profile.type in NUMERIC and not profile.tags:
        rules += [_outliers(profile, report, kind) for kind in (Kind.ZSCORE, Kind.IQR)]
    return rules


def _outliers(profile: ColumnProfile, report: Report, kind: Kind) -> dict[str, Any]:
    found = (
        each.observed or 0.0
        for each in report.checks
        if each.kind is kind and each.column == profile.name
    )
    most = max(1, math.ceil(100 * next(found, 0.0)))
    return {
        "type": "custom",
        "engine": "dcs",
        "implementation": {"check": kind.value, "mustBeLessOrEqualTo": most, "unit": "percent"},
        "severity": "warning",
    }
