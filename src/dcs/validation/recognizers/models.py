"""
The document as values: ``dcs.recognizers/v1``.

::

    recognizers:
      - entity: EMPLOYEE_ID
        pattern: '\\bE[0-9]{6}\\b'        # RE2: linear, however the cell looks
        checksum: luhn                   # mod97, mod11, verhoeff
        words: [employee, staff]         # one stands in the cell or in the column's name
        deny: [Project Aurora]           # these are it, whatever the pattern says
        allow: [E000000]                 # these never are
        classification: SECRET
    thresholds:
      - {entity: PHONE_NUMBER, cells: 5, share: 0.01}
    suppressions:
      - {entity: PHONE_NUMBER, dataset: orders, column: order_no, reason: they are order numbers, until: '2027-06-30'}
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Classification = Literal["INTERNAL", "CONFIDENTIAL", "SECRET"]


@dataclass(frozen=True, slots=True)
class Recognizer:
    """
    One kind of personal data that only this organisation knows.

    Attributes:
        entity: What reports call it.
        pattern: In RE2's syntax; its group ``value`` is the value where it has one. Empty
            where only *deny* tells it.
        checksum: The rule that the value's digits have to keep; None for none.
        words: Of these, one has to stand in the cell or in the column's name; () for none.
        deny: Words that are this entity wherever they stand alone, in any case of letters.
        allow: Values that never are.
        classification: What a column that holds it is proposed to be.
        description: For people.
    """

    entity: str
    pattern: str = ""
    checksum: str | None = None
    words: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    classification: Classification = "CONFIDENTIAL"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """
    From when on an entity counts in a column: both have to be reached.

    Attributes:
        cells: Cells that hold it.
        share: Of the cells that are not empty.
    """

    entity: str
    cells: int = 1
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Suppression:
    """
    A finding that is known and accepted.

    Attributes:
        entity: Which; every one where it is None.
        dataset: In which dataset, by its name; None for all.
        column: In which column; None for all.
        reason: Why it does not count. Reports show it.
        until: The last day on which it holds; None for no end.
    """

    entity: str | None
    dataset: str | None
    column: str | None
    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Recognizers:
    """
    The whole document.

    Attributes:
        sha256: Of its bytes, by which a report names what it was judged with.
    """

    recognizers: tuple[Recognizer, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    sha256: str = ""
