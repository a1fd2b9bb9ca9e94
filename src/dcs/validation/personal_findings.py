"""
Put together what three ways of looking found in a table: verified, told by the column, suspected.

A column tells more beside others. A town or a postal code is personal where it is
somebody's, so it counts in a table that has persons in it, or under a name such
as ``birth_city``; a table of weather stations has towns too.
"""

from collections.abc import Callable, Mapping, Sequence

from dcs.validation.models import TOLD, PersonalData, Sample
from dcs.validation.personal_columns import Verdict
from dcs.validation.statistics.column import ColumnStatistics

CLASSIFICATION = "CONFIDENTIAL"
MOSTLY = 0.5  # share of a column's cells from which a verified entity is what it is of
PLACE = "LOCATION"
ABOUT_PERSONS = frozenset(
    {
        "DATE_OF_BIRTH",
        "EMAIL_ADDRESS",
        "PASSPORT",
        "PERSON",
        "PHONE_NUMBER",
        "STREET_ADDRESS",
        "TAX_ID",
        "US_DRIVER_LICENSE",
        "US_SSN",
    }
)

Locate = Callable[[str, Sequence[int]], tuple[Sample, ...]]
"""Returns where cells of a column are, masked."""


def personal_data(
    columns: Mapping[str, ColumnStatistics],
    declared: frozenset[str],
    year: int,
    locate: Locate,
) -> dict[str, tuple[PersonalData, ...]]:
    """
    Return the personal data of each column, what is surest first.

    Args:
        declared: The columns that a data contract says are sensitive.
        year: The present one; nobody is born later.
        locate: Finds cells of a column again, by their rows.
    """
    verified = {
        name: each.scan.found(each.filled, name in declared) for name, each in columns.items()
    }
    verdicts = {
        name: verdict
        for name, each in columns.items()
        if (verdict := each.kinds.verdict(each.filled, each.distinct.count(), year))
        and not any(found.share >= MOSTLY for found in verified[name])
    }
    persons = _has_persons(verified, verdicts)
    found = {}
    for name, column in columns.items():
        told: tuple[PersonalData, ...] = ()
        verdict = verdicts.get(name)
        if verdict and (persons or verdict.entity != PLACE or column.kinds.is_somebodys):
            samples = locate(name, column.kinds.rows(verdict))
            told = (_told(name, column, verdict, name in declared, samples),)
        known = {each.entity for each in told}
        suspected = column.names.found(column.filled, name in declared)
        found[name] = (
            *verified[name],
            *told,
            *(each for each in suspected if each.entity not in known),
        )
    return found


def _has_persons(
    verified: Mapping[str, tuple[PersonalData, ...]], verdicts: Mapping[str, Verdict]
) -> bool:
    """Say whether a column of the table is about persons."""
    return any(each.entity in ABOUT_PERSONS for each in verdicts.values()) or any(
        each.entity in ABOUT_PERSONS and each.share >= MOSTLY
        for found in verified.values()
        for each in found
    )


def _told(
    name: str,
    column: ColumnStatistics,
    verdict: Verdict,
    declared: bool,
    samples: tuple[Sample, ...],
) -> PersonalData:
    return PersonalData(
        column=name,
        entity=verdict.entity,
        cells=verdict.cells,
        share=verdict.cells / column.filled,
        declared=declared,
        samples=samples,
        tier=TOLD,
        score=verdict.score,
        verified_by=verdict.told_by,
        classification=CLASSIFICATION,
        whole=verdict.cells,
    )
