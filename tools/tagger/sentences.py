"""Fill templates with words; remember where the names are."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.tagger.lists import Lists

PERSON, LOCATION = 1, 2
FOLDER = Path(__file__).parent
FORMS = [
    "GmbH", "AG", "KG", "Ltd", "LLC", "Inc", "PLC", "S.A.", "SARL", "S.p.A.", "S.L.", "Sp. z o.o.", "B.V.", "Group",
    "& Co", "and Sons", "Holding", "Partners",
]  # fmt: skip
TITLES = [
    "Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Ms.", "Miss", "Dr", "Dr.", "Prof.", "Sir", "Herr", "Frau", "Herrn", "Fr.", "Hr.",
    "Dr. med.", "M.", "Mme", "Mlle", "Monsieur", "Madame", "Sr.", "Sra.", "Don", "Doña", "señor", "señora", "Sig.",
    "Sig.ra", "Dott.", "signor", "signora", "Pan", "Pani", "pan", "pani", "Mevr.", "Dhr.", "Meneer",
]  # fmt: skip
FRAMES = (
    "{x}", "{x} and {x}", "New: {x}", "The {x} is ready for {x}", "{x} / {x}", "status {x} changed to {x}",
    "see {x} for details", "{x} was updated", "{o} - {x}", "{j} at {o}", "{x} {#}", "{x}, {x} and {x}", "{o}", "{j}",
    "in {m} {#}", "{x}: {x}", "- {x} - {x}", "By {x}", "{x} by {o}", "Re: {x}", "{o}, {x}", "during {x}", "{m} {x}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and the names in it: start and end in bytes, and the label."""

    text: bytes
    names: tuple[tuple[int, int, int], ...]


def templates(name: str) -> list[str]:
    """Read the templates of a file."""
    lines = (FOLDER / f"{name}.txt").read_text().splitlines()
    return [line for line in lines if line and line[0] not in "#["]


class Writer:
    """
    Write sentences from lists and a source of chance.

    Equal lists, templates and seeds give equal sentences.
    """

    def __init__(self, lists: Lists, seed: int) -> None:
        self._lists = lists
        self._chance = random.Random(seed)  # noqa: S311  # repeatable on purpose
        self._makers: dict[str, Callable[[], str]] = {
            "p": self._person, "f": self._first, "l": lambda: self._one(lists.lasts), "c": self._place,
            "n": lambda: self._one(lists.countries), "x": self._thing, "o": self._organisation,
            "j": lambda: self._one(lists.jobs), "m": lambda: self._one(lists.months),
            "d": lambda: self._one(lists.weekdays), "#": self._number, "t": lambda: self._chance.choice(TITLES),
        }  # fmt: skip

    def fill(self, template: str) -> Sentence:
        """Fill one template."""
        text, names = b"", []
        for part in re.split(r"(\{.\})", template):
            if not re.fullmatch(r"\{.\}", part):
                text += part.encode()
                continue
            filled = self._makers[part[1]]().encode()
            if part[1] in "pflcn":
                label = LOCATION if part[1] in "cn" else PERSON
                names.append((len(text), len(text) + len(filled), label))
            text += filled
        return Sentence(text, tuple(names))

    def several(self, lines: list[str], count: int) -> list[Sentence]:
        """Fill *count* templates, each as often as the others; some follow another in one text."""
        return [self._varied(lines, self.fill(lines[n % len(lines)])) for n in range(count)]

    def nameless(self, count: int) -> list[Sentence]:
        """Write phrases with capitals and without names."""
        return [self.fill(self._chance.choice(FRAMES)) for _ in range(count)]

    def framed(self, count: int) -> list[Sentence]:
        """Write names among random words, so that no template is relied on."""
        slots = [
            "{p}", "{p}", "{t} {l}", "{t} {p}", "{f}", "{l}", "{c}", "{c}", "{n}", "{x}", "{x}", "{o}", "",
        ]  # fmt: skip
        return [
            self.fill(self._around(self._chance.choice(slots), self._chance.choice(slots)))
            for _ in range(count)
        ]

    def _around(self, *slots: str) -> str:
        """Return a template of random words of one language around the slots."""
        language = self._chance.choice(self._lists.languages[:-1])
        text = " ".join(self._chance.choices(language, k=self._chance.randint(0, 4)))
        if self._chance.random() < 0.8:
            text = text[:1].upper() + text[1:]
        for slot in slots[: self._chance.randint(1, 2)]:
            after = " ".join(self._chance.choices(language, k=self._chance.randint(0, 4)))
            text = f"{text} {slot}{self._chance.choice(('', '', ',', '.', ':'))} {after}".strip()
        return text

    def _varied(self, lines: list[str], sentence: Sentence) -> Sentence:
        """Write some sentences in capitals, and some behind another one."""
        chance = self._chance.random()
        if chance < 0.03 and sentence.text.isascii():
            return Sentence(sentence.text.upper(), sentence.names)
        if chance < 0.25:
            before = self._chance.choice(lines)
            if self._lists.languages and self._chance.random() < 0.5:
                before = self._around("")
            return _joined(self.fill(before), sentence)
        return sentence

    def _one(self, values: tuple[str, ...]) -> str:
        return self._chance.choice(values)

    def _first(self) -> str:
        return self._one(self._lists.firsts)

    def _person(self) -> str:
        first, last, chance = self._first(), self._one(self._lists.lasts), self._chance.random()
        if chance < 0.06:
            return f"{first[0]}. {last}"
        if chance < 0.12:
            return f"{first} {self._first()[0]}. {last}"
        if chance < 0.16:
            return f"{first} {self._first()} {last}"
        if chance < 0.19:
            return f"{first} {last}-{self._one(self._lists.lasts)}"
        if chance < 0.22:
            return f"{first} {last}".upper()
        return f"{first} {last}"

    def _place(self) -> str:
        chance = self._chance.random()
        if chance < 0.12:  # as towns in English-speaking countries are made up
            prefix = self._chance.choice(("North", "South", "East", "West", "New", "Port", "Lake"))
            root = self._one(self._lists.firsts if chance < 0.06 else self._lists.lasts).split()[-1]
            suffix = self._chance.choice(
                ("", "ville", "ton", "burgh", "shire", "mouth", "land", "fort", "view")
            )
            return (
                f"{prefix} {root}{suffix}" if chance % 0.02 < 0.013 else f"{root}{suffix or 'bury'}"
            )
        return self._one(self._lists.places)

    def _organisation(self) -> str:
        chance = self._chance.random()
        last = self._one(self._lists.lasts)
        if chance < 0.45:
            return self._one(self._lists.organisations)
        if chance < 0.8:
            return f"{last} {self._chance.choice(FORMS)}"
        if chance < 0.9:
            return f"{last}, {self._one(self._lists.lasts)} and {self._one(self._lists.lasts)}"
        return f"{self._one(self._lists.things)} {self._chance.choice(FORMS)}"

    def _thing(self) -> str:
        if not self._lists.languages or self._chance.random() < 0.35:
            return self._one(self._lists.things)
        language = self._chance.choice(self._lists.languages)
        words = self._chance.choices(language, k=self._chance.choice((1, 1, 2, 2, 2, 3)))
        return " ".join(word[:1].upper() + word[1:] for word in words)

    def _number(self) -> str:
        return str(self._chance.randint(1, 99999))


def _joined(first: Sentence, second: Sentence) -> Sentence:
    """Return two sentences as one text."""
    text = first.text + (b" " if first.text.endswith((b".", b"!", b"?")) else b". ")
    moved = tuple((start + len(text), end + len(text), label) for start, end, label in second.names)
    return Sentence(text + second.text, first.names + moved)
