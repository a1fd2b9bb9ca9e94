"""Where something is in a file, and personal data that was found there: never a value."""

from dataclasses import dataclass

TOLD = "B"  # the tier of a whole column, told by its name and values
SUSPECTED = "C"  # the tier of personal data that is told by its words alone
OWN_TAG = "PERSONAL_DATA"
SAMPLES = 20  # located examples of one finding


@dataclass(frozen=True, slots=True)
class Sample:
    """
    Where one problem is.

    Attributes:
        row: Data row, 1 for the first below the header; 0 for the header itself.
        column: The column's name; empty where the whole row is meant.
        masked: The value's shape: letters as ``x``, digits as ``9``. Never the value.
        line: Line of the file, where it is known.
        start: First character within the cell, from 0.
        length: Characters.
        digest: The value under a key of the installation: equal values have equal digests,
            and nobody without the key can try values. Empty where none was made.
    """

    row: int
    column: str
    masked: str
    line: int | None = None
    start: int = 0
    length: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """
    Personal data of one kind in one column.

    Attributes:
        entity: For example ``EMAIL_ADDRESS``.
        tier: ``A``: verified by checksum or structure; ``B``: the whole column is of this
            kind, by its name and its values; ``C``: suspected in free text.
        cells: How many cells hold it.
        share: Of the cells that are not empty.
        declared: Whether the data contract says that the column is sensitive.
        score: How sure it is, from 0 to 1.
        verified_by: What made it sure, for example ``Luhn and issuer``; of tier B which
            kind of column it is, and what told so.
        classification: What the column should at least be classified as.
        whole: In how many cells nothing but this stands.
        excluded: The reason it was suppressed for; empty where it counts.
        sampled: How many distinct values were looked at, where it was not every cell;
            *cells* and *share* are then of those.
        own: Whether a recognizer of the organisation itself found it.
    """

    column: str
    entity: str
    cells: int
    share: float
    declared: bool
    samples: tuple[Sample, ...] = ()
    tier: str = "A"
    score: float = 1.0
    verified_by: str = ""
    classification: str = ""
    whole: int = 0
    excluded: str = ""
    sampled: int | None = None
    own: bool = False

    @property
    def is_suspected(self) -> bool:
        """Whether it was recognised in free text only: a person looks, nothing is kept back."""
        return self.tier == SUSPECTED

    @property
    def is_told(self) -> bool:
        """Whether the whole column is judged to be of it: a person confirms, nothing is refused."""
        return self.tier == TOLD

    @property
    def tag(self) -> str:
        """What tags its column, for policy: an organisation's own entities all have one tag."""
        return OWN_TAG if self.own else self.entity
