"""The names, places and other words that sentences are made of: Faker's lists and our own."""

import importlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"
LOCALES = [
    "en_US", "en_GB", "en_IE", "en_IN", "en_NZ", "en_KE", "en_NG", "en_PK", "de_DE", "de_AT", "de_CH", "fr_FR", "fr_BE",
    "fr_CA", "fr_CH", "fr_DZ", "es_ES", "es_MX", "es_AR", "es_CL", "es_CO", "it_IT", "pl_PL", "nl_NL", "nl_BE", "pt_BR",
    "pt_PT", "da_DK", "no_NO", "fi_FI", "cs_CZ", "sk_SK", "et_EE", "lt_LT", "sv_SE", "ro_RO", "sl_SI", "id_ID", "zu_ZA",
]  # fmt: skip
UNKNOWN = ["tr_TR", "hu_HU", "hr_HR", "lv_LV"]  # what the tagger is judged by has names of these
LANGUAGES = ["en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "da_DK", "cs_CZ"]
JOBS = ["en_US", "de_DE", "fr_FR", "es_ES", "pl_PL"]
FURTHER = [  # only known by name, and only after the tagger was judged
    *UNKNOWN, "is_IS", "ga_IE", "es_CA", "fr_QC", "de_LI", "de_LU", "az_AZ", "uz_UZ", "yo_NG", "ig_NG", "tw_GH", "en_TH",
]  # fmt: skip
TOWNS = 500  # of each locale at most: Italy has sixteen thousand


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything a sentence can be filled with; tuples in a fixed order."""

    firsts: tuple[str, ...]
    lasts: tuple[str, ...]
    places: tuple[str, ...]
    countries: tuple[str, ...]
    things: tuple[str, ...]
    organisations: tuple[str, ...]
    jobs: tuple[str, ...]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    languages: tuple[tuple[str, ...], ...]


@cache
def training_lists() -> Lists:
    """Return what the tagger learns from."""
    people, calendar = sections("people"), sections("calendar")
    return Lists(
        firsts=_unique([*_people(LOCALES, "first_names"), *people["first"]]),
        lasts=_unique([*_people(LOCALES, "last_names"), *people["last"]]),
        places=_unique([*sections("places")[""], *_places(LOCALES, "cities")]),
        countries=_unique(
            [*_places(LOCALES, "countries"), *_places(LOCALES, "states", "regions", "provinces")]
        ),
        things=_unique(_flat(sections("things"))),
        organisations=_unique(
            [*sections("organisations")[""], *_provider("company", "nl_NL").large_companies]
        ),
        jobs=_unique(_jobs(JOBS)[::2]),
        months=tuple(calendar["month"]),
        weekdays=tuple(calendar["weekday"]),
        languages=languages(),
    )


def further_names() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return first names, last names and places of countries that sentences are not made of."""
    return (
        _unique(_people(FURTHER, "first_names")),
        _unique(_people(FURTHER, "last_names")),
        _unique(_places(FURTHER, "cities", "real_city_names", "states", "counties")),
    )


def heldout_lists(names: str) -> Lists:
    """
    Return what the tagger is judged by; its things and organisations are never trained on.

    Args:
        names: ``known``: those of the training; ``foreign``: of countries it has not
            seen, as they come; ``new``: of those the ones that no list has a word of.
    """
    trained = training_lists()
    firsts, lasts = trained.firsts, trained.lasts
    places, countries = trained.places, trained.countries
    if names != "known":
        firsts, lasts = (
            _unique(_people(UNKNOWN, "first_names")),
            _unique(_people(UNKNOWN, "last_names")),
        )
        places = _unique(_places(UNKNOWN, "cities", "real_city_names", "states", "counties"))
        countries = places
    if names == "new":
        known = {*trained.firsts, *trained.lasts, *trained.places, *trained.countries}
        seen = {word.lower() for each in known for word in each.split()}
        firsts, lasts = _new(firsts, seen), _new(lasts, seen)
        places = countries = _new(places, seen)
    return Lists(
        firsts=firsts,
        lasts=lasts,
        places=places,
        countries=countries,
        things=_unique(_flat(sections("things_heldout"))),
        organisations=tuple(sections("organisations_heldout")[""]),
        jobs=_unique(_jobs(JOBS)[1::2]),
        months=trained.months,
        weekdays=trained.weekdays,
        languages=(),
    )


@cache
def languages() -> tuple[tuple[str, ...], ...]:
    """Return the ordinary words of each language; German ones with their capitals."""
    own = sections("function")
    found = [
        _unique(_provider("lorem", each).word_list) + 2 * tuple(own.get(each, ()))
        for each in LANGUAGES
    ]
    business = [
        str(word)
        for locale in ("en_US", "it_IT", "es_MX")
        for kind in ("catch_phrase_words", "bsWords")
        for words in getattr(_provider("company", locale), kind)
        for word in words
    ]
    return (*found, _unique(business))


def common_words() -> tuple[str, ...]:
    """
    Return ordinary words of several languages, which names may look like.

    Lists of words have names in them too. A word that is a name counts as
    ordinary if it is English, or if two languages or a list of our own have it.
    """
    lists = training_lists()
    own = [*_flat(sections("things")), *_flat(sections("function")), *_jobs(JOBS)[::2]]
    english, *others = [{each.lower() for each in language} for language in languages()]
    sure = english | {word.lower() for each in own for word in each.split()}
    names = {
        word.lower()
        for each in (*lists.firsts, *lists.lasts, *lists.places)
        for word in each.split()
    }
    brands = {word.lower() for each in lists.organisations for word in each.split()}
    seen = Counter(word for each in (*others, brands) for word in each)
    return _unique(
        [*sure, *(word for word, count in seen.items() if count > 1 or word not in names)]
    )


def sections(name: str) -> dict[str, list[str]]:
    """Read a word list of our own: entries between commas, kinds below ``[kind]``."""
    found: dict[str, list[str]] = {}
    kind = ""
    for line in (WORDS / f"{name}.txt").read_text().splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(kind, []).extend(each.strip() for each in line.split(","))
    return found


def _provider(kind: str, locale: str) -> type:
    return importlib.import_module(f"faker.providers.{kind}.{locale}").Provider


def _people(locales: list[str], what: str) -> Iterator[str]:
    for locale in locales:
        provider = _provider("person", locale)
        for name in sorted(dir(provider)):
            if name.startswith(what):
                yield from _entries(getattr(provider, name))


def _places(locales: list[str], *names: str) -> list[str]:
    found: list[str] = []
    for locale in locales:
        try:
            provider = _provider("address", locale)
        except ModuleNotFoundError:
            continue
        for name in names:
            entries = sorted(set(_entries(getattr(provider, name, ()))))
            found += entries[:: 1 + len(entries) // TOWNS]
    return found


def _jobs(locales: list[str]) -> list[str]:
    return [str(job) for locale in locales for job in _provider("job", locale).jobs]


def _entries(values: object) -> Iterator[str]:
    """Yield the names in one of Faker's lists, whatever its type; without numbers and brackets."""
    if not isinstance(values, tuple | list | Mapping):
        return
    for each in values:
        name = each if isinstance(each, str) else each[-1]
        if isinstance(name, str) and 1 < len(name) < 40 and not set(name) & set("0123456789()/,"):
            yield name.strip()


def _flat(kinds: dict[str, list[str]]) -> list[str]:
    return [each for kind in kinds.values() for each in kind]


def _new(names: Iterable[str], seen: set[str]) -> tuple[str, ...]:
    return _unique([each for each in names if not seen & {*each.lower().split()}])


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    """Keep one of equal names, in an order that is the same in every process."""
    return tuple(sorted(set(names)))
