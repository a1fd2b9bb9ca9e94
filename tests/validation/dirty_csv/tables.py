"""Twenty kinds of table, as people and machines really export them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.validation.dirty_csv import words

Row = Callable[[Random, int], list[str]]


@dataclass(frozen=True)
class Table:
    """A header, and how one row of it is made from a source of chance and its number."""

    header: tuple[str, ...]
    row: Row


def _iso(rng: Random) -> str:
    return f"{rng.randint(1950, 2024)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def _european(rng: Random) -> str:
    return f"{rng.randint(1, 28):02}.{rng.randint(1, 12):02}.{rng.randint(1990, 2024)}"


def _clock(rng: Random) -> str:
    return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"


def _stamp(rng: Random) -> str:
    return f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02} {_clock(rng)}"


def _address(rng: Random) -> str:
    return f"192.0.2.{rng.randint(1, 254)}"


def _phone(rng: Random) -> str:
    form = rng.choice(
        ("+49 30 23125-{:03}", "(202) 555-0{:03}", "+44 1632 960{:03}", "01.99.00.{:03}")
    )
    return form.format(rng.randint(100, 199))


def _decimal(rng: Random, top: int = 9999) -> str:
    """Write a number as in Germany: 1.234,50."""
    swap = str.maketrans(",.", ".,")
    return f"{rng.randint(1, top) + rng.randint(0, 99) / 100:,.2f}".translate(swap)


def _few(rng: Random, choices: tuple[str, ...], separator: str) -> str:
    return separator.join(rng.sample(choices, rng.randint(1, 4)))


def _hex(rng: Random, digits: int) -> str:
    return f"{rng.getrandbits(4 * digits):0{digits}x}"


def prose(rng: Random, length: int) -> str:
    """Make a text of *length* words with commas, and now and then something in quotes."""
    chosen = [
        rng.choice(words.WORDS) + rng.choice(("", "", "", ",", ",", ".")) for _ in range(length)
    ]
    if rng.random() < 0.3:
        chosen.insert(rng.randint(1, length), rng.choice(words.QUOTATIONS))
    return " ".join(chosen).rstrip(",").capitalize()


def _person(rng: Random, number: int) -> list[str]:
    city, code, country = rng.choice(words.CITIES)
    street = f"{rng.randint(1, 200)} {rng.choice(words.STREETS)}{rng.choice(words.EXTRAS)}"
    name = [rng.choice(words.FIRST), rng.choice(words.LAST)]
    return [str(1000 + number), *name, street, code, city, country, _iso(rng)]


def _contact(rng: Random, number: int) -> list[str]:
    nick = rng.choice(("", "", ' "Bob"', ' "The Boss"'))
    name = f"{rng.choice(words.LAST)}, {rng.choice(words.FIRST)}{nick}"
    email = f"{rng.choice(('info', 'sales', 'a.b', 'team+list'))}{number}@example.com"
    answer = rng.choice(("yes", "no", "Ja", ""))
    return [name, email, _phone(rng), rng.choice(words.COMPANIES), answer]


def _product(rng: Random, number: int) -> list[str]:
    price = f"{rng.randint(1, 900)}.{rng.randint(0, 99):02}"
    name, size = rng.choice(words.PRODUCTS), rng.choice(words.SIZES)
    colours = _few(rng, words.COLOURS, ";")
    return [f"SKU-{number:05}", name, size, colours, price, str(rng.randint(0, 500))]


def _price(rng: Random, number: int) -> list[str]:
    name = rng.choice(words.PRODUCTS)
    amounts = [_decimal(rng), _decimal(rng, 99_999)]
    return [
        f"{4711 + number}",
        name,
        str(rng.randint(1, 50)),
        *amounts,
        rng.choice(("19 %", "7 %")),
    ]


def _event(rng: Random, number: int) -> list[str]:
    port, status = rng.choice(("22", "80", "443", "5432")), rng.choice(("ok", "timeout", "refused"))
    took = f"{rng.random() * 20:.3f}"
    return [_stamp(rng), rng.choice(words.HOSTS), _address(rng), port, status, took]


def _visit(rng: Random, number: int) -> list[str]:
    url = f"https://www.example.com{rng.choice(words.PATHS)}"
    method, status = rng.choice(("GET", "POST", "HEAD")), rng.choice(("200", "301", "404", "500"))
    size, agent = str(rng.randint(0, 99_999)), rng.choice(words.AGENTS)
    return [_address(rng), _stamp(rng), method, url, status, size, agent]


def _log(rng: Random, number: int) -> list[str]:
    time = f"{_clock(rng)}.{rng.randint(0, 999):03}"
    return [time, rng.choice(words.LEVELS), rng.choice(words.HOSTS), rng.choice(words.MESSAGES)]


def _setting(rng: Random, number: int) -> list[str]:
    payload: dict[str, object] = {
        "id": number,
        "tags": rng.sample(words.COLOURS, rng.randint(0, 3)),
    }
    if rng.random() < 0.5:
        payload["owner"] = {"name": rng.choice(words.FIRST), "active": rng.random() < 0.5}
    if rng.random() < 0.2:
        payload["note"] = None
    key = f"{rng.choice(words.HOSTS)}.{rng.choice(words.COLOURS)}"
    return [str(number), key, json.dumps(payload, ensure_ascii=False), _iso(rng)]


def _ticket(rng: Random, number: int) -> list[str]:
    comment = "\n".join(rng.sample(words.LINES, rng.randint(1, 4)))
    author = f"{rng.choice(words.FIRST)} {rng.choice(words.LAST)}"
    return [f"T-{number:04}", author, _european(rng), comment, rng.choice(("open", "closed"))]


def _place(rng: Random, number: int) -> list[str]:
    latitude, longitude = rng.uniform(-90, 90), rng.uniform(-180, 180)
    minutes = f"{int(abs(latitude))}°{rng.randint(0, 59):02}'{rng.randint(0, 59):02}\""
    point = f"POINT({longitude:.4f} {latitude:.4f})"
    height = f"{rng.randint(0, 8000):,} m"
    name = rng.choice(words.PLACES)
    return [name, f"{latitude:.6f}", f"{longitude:.6f}", f"{minutes}N", point, height]


def _booking(rng: Random, number: int) -> list[str]:
    amount = f"{rng.randint(1, 99_999) + rng.randint(0, 99) / 100:,.2f}"
    money = rng.choice(("${}", "({})", "£{}", "-{}", "{} €", "CHF {}")).format(amount)
    account = f"XX{rng.randint(10, 99)} {rng.randint(1000, 9999)} {rng.randint(1000, 9999)}"
    memo = rng.choice(
        (*words.COMPANIES, "Refund: order 12-345", "Rent, March", "ATM; fee 1.50", "")
    )
    return [_iso(rng), account, money, rng.choice(words.CURRENCIES), memo]


def _flag(rng: Random, number: int) -> list[str]:
    answers = [rng.choice(("TRUE", "FALSE", "")), rng.choice(("Y", "N", "")), rng.choice("01")]
    note = rng.choice(("", "", "", "n/a", "moved, see 17", "NULL", "asked twice", "ok; late"))
    return [f"{number}", *answers, rng.choice(("", "", str(rng.randint(18, 99)))), note]


def _review(rng: Random, number: int) -> list[str]:
    product, stars = rng.choice(words.PRODUCTS), f"{rng.randint(1, 5)}/5"
    return [f"{number}", product, stars, prose(rng, rng.randint(4, 30)), _iso(rng)]


def _measurement(rng: Random, number: int) -> list[str]:
    value, p = f"{rng.gauss(0, 1) * 10 ** rng.randint(-9, 9):.3E}", f"{rng.random():.4f}"
    share, unit = f"{rng.random() * 100:.1f}%", rng.choice(words.UNITS)
    remark = rng.choice(("", "", "<DL", "outlier?", "repeat, new probe", "n.d.", "±0.5; k=2"))
    return [f"S{number:03}-{rng.choice('ABC')}", value, unit, share, p, remark]


def _appointment(rng: Random, number: int) -> list[str]:
    start, end = f"{rng.randint(8, 12):02}:{rng.choice(('00', '30'))}", f"{rng.randint(13, 18)}:15"
    guests = _few(rng, words.FIRST, rng.choice(("; ", "|")))
    return [_european(rng), start, end, rng.choice(words.SUBJECTS), rng.choice(words.ROOMS), guests]


def _device(rng: Random, number: int) -> list[str]:
    mac = ":".join(_hex(rng, 2) for _ in range(6))
    network = rng.choice((_address(rng), f"2001:db8::{_hex(rng, 3)}:{_hex(rng, 2)}", ""))
    identity = "-".join(_hex(rng, digits) for digits in (8, 4, 4, 4, 12))
    return [identity, f"PC-{number:04}-{rng.choice('XYZ')}", mac, network, _iso(rng)]


def _statistic(rng: Random, number: int) -> list[str]:
    values = [
        rng.choice((f"{rng.uniform(0, 900):.1f}", f"{rng.randint(0, 9_999_999)}", "", "..", "n/a"))
        for _ in range(6)
    ]
    return [rng.choice(words.COUNTRIES), _hex(rng, 3).upper(), *values]


def _file(rng: Random, number: int) -> list[str]:
    path = rng.choice(words.FOLDERS) + rng.choice(words.FILES)
    remark = rng.choice(("", "", 'called "old"', "locked", "who's this?", "keep, until 2026"))
    return [path, str(rng.randint(0, 10**9)), _stamp(rng), _hex(rng, 16), remark]


def _book(rng: Random, number: int) -> list[str]:
    authors = _few(
        rng,
        tuple(f"{last}, {first[0]}." for last, first in zip(words.LAST, words.FIRST, strict=False)),
        "; ",
    )
    number_line = f"978-{rng.randint(0, 9)}-{rng.randint(1000, 9999)}-{rng.randint(1000, 9999)}-X"
    pages = f"{rng.randint(1, 40)}-{rng.randint(41, 99)}"
    year, publisher = str(rng.randint(1890, 2024)), rng.choice(words.PUBLISHERS)
    return [rng.choice(words.TITLES), authors, publisher, year, number_line, pages]


def _translation(rng: Random, number: int) -> list[str]:
    key = f"{rng.choice(('menu', 'dialog', 'mail'))}.{rng.choice(('title', 'ok', 'body'))}.{number}"
    return [key, *rng.choice(words.TRANSLATIONS), rng.choice(("done", "review", "machine"))]


TABLES = {
    "persons": Table(
        ("id", "first name", "last name", "street", "postcode", "city", "country", "born"), _person
    ),
    "contacts": Table(("name", "email", "phone", "company", "newsletter"), _contact),
    "catalogue": Table(("sku", "product", "size", "colours", "price", "stock"), _product),
    "prices": Table(("ArtNr", "Artikel", "Menge", "Einzelpreis", "Gesamt", "MwSt"), _price),
    "events": Table(("timestamp", "host", "ip", "port", "status", "seconds"), _event),
    "visits": Table(("client", "time", "method", "url", "status", "bytes", "agent"), _visit),
    "logs": Table(("time", "level", "host", "message"), _log),
    "settings": Table(("id", "key", "payload", "updated"), _setting),
    "tickets": Table(("ticket", "author", "date", "comment", "state"), _ticket),
    "places": Table(("name", "lat", "lon", "dms", "wkt", "height"), _place),
    "bookings": Table(("date", "account", "amount", "currency", "memo"), _booking),
    "flags": Table(("id", "active", "consent", "bit", "age", "note"), _flag),
    "reviews": Table(("id", "product", "stars", "review", "date"), _review),
    "measurements": Table(("sample", "value", "unit", "share", "p", "remark"), _measurement),
    "calendar": Table(("Datum", "von", "bis", "Betreff", "Raum", "Teilnehmer"), _appointment),
    "devices": Table(("uuid", "inventory no", "mac", "address", "bought"), _device),
    "statistics": Table(
        ("country", "code", "births", "deaths", "area", "density", "income", "trade"), _statistic
    ),
    "files": Table(("path", "size", "modified", "hash", "remark"), _file),
    "books": Table(("title", "authors", "publisher", "year", "isbn", "pages"), _book),
    "translations": Table(("key", "en", "de", "ja", "fr", "state"), _translation),
}

SINGLE = {
    "emails": Table(("email",), lambda rng, n: [f"{rng.choice(('info', 'a.b'))}{n}@example.com"]),
    "orders": Table(("order id",), lambda rng, n: [f"ORD-{rng.randint(2019, 2024)}-{n:05}"]),
    "numbers": Table(("value",), lambda rng, n: [f"{rng.gauss(10, 4):.3f}"]),
    "dates": Table(("day",), lambda rng, n: [_iso(rng)]),
    "names": Table(
        ("Full name",), lambda rng, n: [f"{rng.choice(words.FIRST)} {rng.choice(words.LAST)}"]
    ),
}
