"""Names of people and places: from Faker's providers, and from lists of our own that Faker does not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

LISTS = Path(__file__).parent / "lists"
LOCALES = (
    "en_US",
    "en_GB",
    "de_DE",
    "fr_FR",
    "es_ES",
    "it_IT",
    "pl_PL",
    "nl_NL",
    "sv_SE",
    "pt_BR",
    "cs_CZ",
    "tr_TR",
)
_EACH = 150


@dataclass(frozen=True)
class Person:
    """One made-up person."""

    first: str
    last: str

    @property
    def full(self) -> str:
        """The name as it is mostly written."""
        return f"{self.first} {self.last}"


@dataclass(frozen=True)
class Population:
    """Who and which places may be named."""

    people: Sequence[Person]
    places: Sequence[str]

    def person(self, rng: Random) -> Person:
        """Choose a person."""
        return rng.choice(self.people)

    def place(self, rng: Random) -> str:
        """Choose a place."""
        return rng.choice(self.places)


@cache
def uncommon() -> Population:
    """Return our own list, which needs no other package."""
    pairs = [line.split(" | ") for line in read_list("people.txt")]
    return Population([Person(first, last) for first, last in pairs], read_list("places.txt"))


def everyone(seed: int) -> Population:
    """Return Faker's names of twelve locales and as many again from our own list."""
    from faker import Faker  # only measurements need it, so the tests do without

    people, places = [], []
    for locale in LOCALES:
        faker = Faker(locale)
        faker.seed_instance(seed)
        people += [Person(faker.first_name(), faker.last_name()) for _ in range(_EACH)]
        places += [faker.city() for _ in range(_EACH)]
    rng, own = Random(seed), uncommon()
    return Population(
        people + rng.choices(own.people, k=len(people)),
        places + rng.choices(own.places, k=len(places)),
    )


def read_list(name: str) -> list[str]:
    """Return the lines of a list, without its comments."""
    lines = (LISTS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
