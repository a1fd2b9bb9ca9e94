"""What a column's name says of the values below it: a prior for each kind, before any of them is seen."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dcs.validation.personal_columns.kernels import facts as f
from dcs.validation.personal_columns.kinds import MAYBE, NAMED, SILENT, WEIGHTS, Kind
from dcs.validation.personal_columns.vocabulary import (
    AGAINST,
    FOR,
    LITTLE,
    NAME_WORDS,
    NOT_A_DATE,
    PEOPLE,
)
from dcs.validation.personal_columns.vocabulary import MAYBE as MAYBE_PHRASES
from dcs.validation.personal_columns.vocabulary import NAMED as NAMED_PHRASES

LONGEST = 120  # characters of a name that are read
MOST_JOINED = 5  # words of a phrase

_WANTS = {
    Kind.STREET: f.WANT_STREET,
    Kind.POSTAL_CODE: f.WANT_POSTAL,
    Kind.BIRTH_DATE: f.WANT_DATE,
    Kind.BIRTH_YEAR: f.WANT_YEAR,
    Kind.ACCOUNT: f.WANT_ACCOUNT,
}
_BIRTH = (
    "birth",
    "born",
    "geburt",
    "naissance",
    "nacimiento",
    "nascita",
    "geboorte",
    "urodzenia",
    "nascimento",
)


@dataclass(frozen=True, slots=True)
class Naming:
    """
    What a name says.

    Attributes:
        says: For each kind that is still possible: `NAMED`, `MAYBE` or `SILENT`.
        is_somebodys: Whether the name ties the column to persons: ``birth_city``, ``patient town``.
    """

    says: Mapping[Kind, str] = field(default_factory=dict)
    is_somebodys: bool = False

    @property
    def wanted(self) -> int:
        """What is worth looking for in the cells, as bits of the kernel; 0 for nothing."""
        bits = f.WANT_WORDS if any(kind not in _WANTS for kind in self.says) else 0
        for kind in self.says:
            bits |= _WANTS.get(kind, 0)
        return bits

    @property
    def wants_digits(self) -> bool:
        """Whether columns of numbers and dates are worth a look as well."""
        return bool(self.wanted & f.WANT_DIGITS)


def naming_of(name: str) -> Naming:
    """Read a column's name; one of a megabyte costs what one of a hundred characters does."""
    words = words_of(name)
    says: dict[Kind, str] = {}
    for kind in Kind:
        if said := _says(kind, words):
            says[kind] = said
    if _names_somebody(words):
        says[Kind.FULL_NAME] = NAMED
    if says.get(Kind.FIRST_NAME) == NAMED == says.get(Kind.LAST_NAME):
        says[Kind.FULL_NAME] = NAMED
    if not says and not set(words) & AGAINST:
        says = {kind: SILENT for kind in Kind if SILENT in WEIGHTS[kind]}
    joined = "".join(words)
    somebodys = bool(set(words) & (PEOPLE | {"home", "residence"})) or any(
        each in joined for each in _BIRTH
    )
    return Naming(says, somebodys or says.get(Kind.COUNTRY) == NAMED)


def words_of(name: str) -> list[str]:
    """Split a name into words: lower case, without accents, digits and little words."""
    plain = name[:LONGEST].replace("ß", "ss").replace("ł", "l").replace("Ł", "L")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", plain)
    words = [each.lower() for each in re.findall(r"[A-Za-z]+", spaced)]
    return [each for each in words if each not in LITTLE] or words


def _says(kind: Kind, words: Sequence[str]) -> str:
    """Return what a name says of one kind; empty for nothing."""
    for phrases, said in ((NAMED_PHRASES[kind], NAMED), (MAYBE_PHRASES[kind], MAYBE)):
        place = _find(phrases, words)
        if place is None:
            continue
        beside = {*words[: place[0]], *words[place[1] :]}
        against = AGAINST - FOR.get(kind, frozenset())
        if kind in (Kind.BIRTH_DATE, Kind.BIRTH_YEAR) and said == MAYBE:
            against |= NOT_A_DATE
        if beside & against:
            return ""
        return said
    if kind is Kind.FULL_NAME and _ends_in_name(words):
        return MAYBE
    return ""


def _names_somebody(words: Sequence[str]) -> bool:
    """Say whether a word for a name stands beside one for a person: ``customer name``, ``nom_client``."""
    both = set(words) & NAME_WORDS and set(words) & PEOPLE
    return len(words) == 2 and bool(both) and not set(words) & AGAINST


def _find(phrases: frozenset[str], words: Sequence[str]) -> tuple[int, int] | None:
    """Return where the longest phrase stands among the words."""
    for size in range(min(MOST_JOINED, len(words)), 0, -1):
        for begin in range(len(words) - size + 1):
            if "".join(words[begin : begin + size]) in phrases:
                return begin, begin + size
    return None


def _ends_in_name(words: Sequence[str]) -> bool:
    """Say whether the last word is a compound with ``name`` that no list knows: ``bioname``."""
    last = words[-1] if words else ""
    longer = any(len(last) > len(each) + 1 and last.endswith(each) for each in NAME_WORDS)
    return (
        longer
        and not set(words) & AGAINST
        and not any(last.startswith(a) for a in AGAINST if len(a) > 2)
    )
