"""Reports with everything a report can have, among it names that mean harm."""

from dcs.validation import (
    Check,
    ColumnProfile,
    Drift,
    Frequent,
    Kind,
    Outcome,
    PersonalData,
    Report,
    Sample,
    Severity,
)

HOSTILE = "<script>alert('x')</script>\x1b[2J\n\u202e{{ 7*7 }}"


def check(rule: str, column: str | None = None, **changed: object) -> Check:
    """Return a warning about outliers, changed as asked."""
    values: dict[str, object] = {
        "id": f"zscore:{rule}:{column}",
        "kind": Kind.ZSCORE,
        "rule": rule,
        "column": column,
        "severity": Severity.WARNING,
        "outcome": Outcome.WARN,
        "message": "values far away: 3 (1.5%)",
        "dimension": "accuracy",
        "threshold": 0.0,
        "observed": 0.015,
        "failed_rows": 3,
        "failed_share": 0.015,
        "fix": "Check whether they are mistakes.",
        "samples": (Sample(12, column or "", "9999", length=4),),
    }
    return Check(**{**values, **changed})  # type: ignore[arg-type]


def failure(column: str | None = "email", rule: str = "email", **changed: object) -> Check:
    """Return a check that keeps a file back, at a known line."""
    values: dict[str, object] = {
        "id": f"format:email:{column}",
        "kind": Kind.FORMAT,
        "severity": Severity.ERROR,
        "outcome": Outcome.FAILED,
        "message": "not a valid email: 1",
        "fix": "Write them like name@example.org.",
        "samples": (Sample(2, column or "", "xxxxxx", line=3, length=6, digest="d1"),),
    }
    return check(rule, column, **{**values, **changed})


def passed(column: str) -> Check:
    """Return a check that passed."""
    return check("nulls", column, outcome=Outcome.PASSED, samples=(), message="", fix="")


def profile(name: str, **changed: object) -> ColumnProfile:
    """Return the profile of a column of numbers."""
    values: dict[str, object] = {
        "name": name,
        "type": "number",
        "nulls": 5,
        "null_share": 0.025,
        "distinct": 150,
        "low": -3.5,
        "high": 90.0,
        "mean": 12.25,
        "deviation": 4.0,
        "quartiles": (3.0, 10.0, 22.0),
        "histogram": (1, 0, 7, 3),
    }
    return ColumnProfile(**{**values, **changed})  # type: ignore[arg-type]


def personal(column: str, **changed: object) -> PersonalData:
    """Return e-mail addresses that nobody declared."""
    values: dict[str, object] = {
        "column": column,
        "entity": "EMAIL_ADDRESS",
        "cells": 40,
        "share": 0.2,
        "declared": False,
        "samples": (Sample(1, column, "xxx9@xxxxxxx.xxx", length=16),),
    }
    return PersonalData(**{**values, **changed})  # type: ignore[arg-type]


def drift(column: str | None, **changed: object) -> Drift:
    """Return a distribution that has moved."""
    values: dict[str, object] = {
        "column": column,
        "metric": "psi",
        "value": 0.41,
        "threshold": 0.2,
        "exact": False,
        "error_bound": 0.01,
        "outcome": Outcome.WARN,
        "message": "its values are distributed otherwise",
    }
    return Drift(**{**values, **changed})  # type: ignore[arg-type]


def report(*checks: Check, **changed: object) -> Report:
    """Return a report of 200 rows with these checks and nothing else."""
    values: dict[str, object] = {
        "filename": "members.csv",
        "bytes": 4_711,
        "sha256": "ab" * 32,
        "rows": 200,
        "checks": checks,
        "engine": {"version": "9.9", "seconds": 0.5, "cpu_seconds": 0.6, "peak_bytes": 1_000_000},
    }
    return Report(**{**values, **changed})  # type: ignore[arg-type]


def everything(name: str = "points") -> Report:
    """Return a report that has one of everything, about a column called *name*."""
    return report(
        failure(name),
        *(check("outliers", each) for each in ("a", "b", "c", name)),
        check(
            "unit",
            name,
            outcome=Outcome.NOT_EVALUATED,
            odcs_path="schema[0].properties[0].quality[1]",
            operator="mustBeLessThan",
            error_bound=0.5,
            metric="nullValues",
        ),
        passed(name),
        filename=f"{name}.csv",
        columns=(
            profile(name, tags=("EMAIL_ADDRESS",), proposed_classification="CONFIDENTIAL"),
            profile(
                "words",
                type="text",
                quartiles=(),
                mean=None,
                deviation=None,
                minimum_length=1,
                maximum_length=12,
                mean_length=4.5,
                distinct_exact=False,
                frequent=(Frequent("xxx", "d2", 90), Frequent("", "d3", 5)),
                formats={"text": 190, "date": 5},
            ),
        ),
        personal_data=(
            personal(name, classification="CONFIDENTIAL", verified_by="its form", whole=39),
            personal("words", entity="PERSON", tier="C", score=0.6),
            personal("b", declared=True, tier="B"),
            personal("c", excluded="test data of our own"),
        ),
        contract={"id": "members", "version": "1.0.0", "sha256": "cd" * 32},
        drift=(drift(name), drift(None, metric="rows", outcome=Outcome.PASSED)),
        attestations=("The people in it were asked.",),
    )
