"""What is left out of a report where a column is masked for everybody."""

from collections.abc import Mapping, Set
from typing import Any

FIGURES: Mapping[str, Any] = {
    "low": None,
    "high": None,
    "mean": None,
    "deviation": None,
    "quartiles": [],
    "histogram": [],
    "frequent": [],
    "minimum_length": None,
    "maximum_length": None,
    "mean_length": None,
}
"""The figures of a column that tell of its values, and what stands there instead."""


def without_figures(document: Mapping[str, Any], masked: Set[str]) -> Mapping[str, Any]:
    """
    Return a report document without what tells of the values of *masked* columns.

    How many cells are empty or different stays, and so does the outcome of every check.
    """
    if not masked:
        return document
    columns = [
        {**each, **FIGURES} if each["name"] in masked else each for each in document["columns"]
    ]
    checks = [
        {**each, "observed": None, "samples": []} if each["column"] in masked else each
        for each in document["checks"]
    ]
    found = [
        {**each, "samples": []} if each["column"] in masked else each
        for each in document["personal_data"]
    ]
    return {**document, "columns": columns, "checks": checks, "personal_data": found}
