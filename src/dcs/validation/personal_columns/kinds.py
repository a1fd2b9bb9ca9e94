"""
What a column can be a column of, and how sure its name and its values make that.

The score of a kind is its prior times its evidence. The prior says what the
column's name is worth: it names the kind, it may name it, or it says nothing.
The evidence is the share of the cells that are not empty and have the sign
beside the prior: the better the name, the less is asked of each value.
"""

from dataclasses import dataclass
from enum import StrEnum

from dcs.validation.personal_columns.kernels import facts as f

REPORTED = 0.5  # the least score
NAMED, MAYBE, SILENT = "named", "maybe", "silent"


class Kind(StrEnum):
    """What a whole column is of, in words for people."""

    FULL_NAME = "full names"
    FIRST_NAME = "first names"
    LAST_NAME = "last names"
    STREET = "street addresses"
    CITY = "towns"
    REGION = "regions"
    COUNTRY = "countries or nationalities"
    POSTAL_CODE = "postal codes"
    BIRTH_DATE = "dates of birth"
    BIRTH_YEAR = "years of birth"
    ACCOUNT = "account numbers"


ENTITIES = {
    Kind.FULL_NAME: "PERSON",
    Kind.FIRST_NAME: "PERSON",
    Kind.LAST_NAME: "PERSON",
    Kind.STREET: "STREET_ADDRESS",
    Kind.CITY: "LOCATION",
    Kind.REGION: "LOCATION",
    Kind.COUNTRY: "LOCATION",
    Kind.POSTAL_CODE: "LOCATION",
    Kind.BIRTH_DATE: "DATE_OF_BIRTH",
    Kind.BIRTH_YEAR: "DATE_OF_BIRTH",
    Kind.ACCOUNT: "ACCOUNT_NUMBER",
}


@dataclass(frozen=True, slots=True)
class Weight:
    """
    What one way of naming a column is worth for one kind.

    Attributes:
        sign: Which cells count.
    """

    prior: float
    sign: int


# By kind, then by what the column's name says. A kind that is not listed under SILENT
# cannot be told by values alone.
WEIGHTS: dict[Kind, dict[str, Weight]] = {
    Kind.FULL_NAME: {
        NAMED: Weight(0.95, f.FULL_SHAPE),
        MAYBE: Weight(0.85, f.FULL_LIKELY),
        SILENT: Weight(0.75, f.FULL_SURE),
    },
    Kind.FIRST_NAME: {
        NAMED: Weight(0.95, f.NAME_SHAPE),
        MAYBE: Weight(0.80, f.FIRST_KNOWN),
        SILENT: Weight(0.70, f.FIRST_SURE),
    },
    Kind.LAST_NAME: {
        NAMED: Weight(0.95, f.NAME_SHAPE),
        MAYBE: Weight(0.80, f.LAST_KNOWN),
        SILENT: Weight(0.65, f.LAST_SURE),
    },
    Kind.STREET: {
        NAMED: Weight(0.95, f.STREET_SHAPE),
        MAYBE: Weight(0.90, f.STREET_SHAPE),
        SILENT: Weight(0.85, f.STREET_SURE),
    },
    Kind.CITY: {
        NAMED: Weight(0.95, f.PLACE_SHAPE),
        MAYBE: Weight(0.80, f.PLACE_KNOWN),
        SILENT: Weight(0.65, f.PLACE_SURE),
    },
    Kind.REGION: {
        NAMED: Weight(0.90, f.PLACE_SHAPE),
        MAYBE: Weight(0.80, f.REGION),
    },
    Kind.COUNTRY: {
        NAMED: Weight(0.90, f.PLACE_SHAPE),
        MAYBE: Weight(0.80, f.PLACE_KNOWN),
    },
    Kind.POSTAL_CODE: {
        NAMED: Weight(0.95, f.POSTAL),
        MAYBE: Weight(0.60, f.POSTAL),
    },
    Kind.BIRTH_DATE: {
        NAMED: Weight(0.95, f.DATE),
        MAYBE: Weight(0.75, f.DATE),
    },
    Kind.BIRTH_YEAR: {
        NAMED: Weight(0.90, f.YEAR),
        MAYBE: Weight(0.60, f.YEAR),
    },
    Kind.ACCOUNT: {
        NAMED: Weight(0.95, f.ACCOUNT),
        MAYBE: Weight(0.70, f.ACCOUNT),
    },
}
