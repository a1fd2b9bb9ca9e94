"""What looks like personal data and is none: one maker for each kind of column."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from string import ascii_uppercase
from uuid import UUID

from benchmarks.data import checkdigits
from benchmarks.data.national import digits
from benchmarks.data.values import card, hardware, iban

Maker = Callable[[Random], str]


@dataclass(frozen=True)
class Kind:
    """A kind of harmless value, and the header such a column would have."""

    name: str
    header: str
    make: Maker


def wrong_card(rng: Random) -> str:
    """Return a card number whose last digit is wrong."""
    number = card(rng)[1]
    return number[:-1] + _other(number[-1], rng)


def wrong_iban(rng: Random) -> str:
    """Return an IBAN whose checksum is wrong; one changed digit always breaks it."""
    number = iban(rng)[1]
    return number[:3] + _other(number[3], rng) + number[4:]


def broken_hardware(rng: Random) -> str:
    """Return five groups, seven groups, a letter beyond F, or two kinds of separator."""
    octets = hardware(rng)[1].replace("-", ":").replace(".", ":")
    forms = (
        octets[: octets.rfind(":")],
        f"{octets}:{rng.randrange(16):x}",
        f"g{octets[1:]}",
        octets.replace(":", "_"),
    )
    return rng.choice(forms)


def impossible_phone(rng: Random) -> str:
    """Return what has the shape of a telephone number but a country, an area or a length that is none."""
    forms = (
        f"+999 {digits(rng, 3)} {digits(rng, 6)}",
        f"000-{digits(rng, 3)}-{digits(rng, 4)}",
        f"+1 (01{rng.randrange(10)}) 0{digits(rng, 2)}-{digits(rng, 4)}",
        f"+1 1{digits(rng, 2)} {digits(rng, 3)} {digits(rng, 2)}",
        f"{digits(rng, 2)}-{digits(rng, 1)}",
    )
    return rng.choice(forms)


def tax_like(rng: Random) -> str:
    """Return an order number of eleven digits."""
    return f"7{digits(rng, 10)}"


def instant(rng: Random) -> datetime:
    """Return a second between 2015 and 2030."""
    return datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(15 * 365 * 86_400))


def _other(digit: str, rng: Random) -> str:
    return str((int(digit) + rng.randint(1, 9)) % 10)


def _one(text: str) -> Maker:
    choices = text.split("|")
    return lambda rng: rng.choice(choices)


def _hexadecimal(length: int) -> Maker:
    return lambda rng: f"{rng.getrandbits(4 * length):0{length}x}"


def _isbn10(rng: Random) -> str:
    body = digits(rng, 9)
    return body + checkdigits.isbn10(body)


def _isbn13(rng: Random) -> str:
    body = rng.choice(("978", "979")) + digits(rng, 9)
    number = body + checkdigits.ean13(body)
    dashed = f"{number[:3]}-{number[3]}-{number[4:8]}-{number[8:12]}-{number[12]}"
    return rng.choice((number, dashed))


def _ean13(rng: Random) -> str:
    body = rng.choice(("400", "590", "871", "301", "500", "761")) + digits(rng, 9)
    return body + checkdigits.ean13(body)


def _letters(rng: Random, count: int) -> str:
    return "".join(rng.choice(ascii_uppercase) for _ in range(count))


_AGENTS = _one(
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0|"
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36|"
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1|"
    "curl/8.7.1|python-requests/2.32.3|okhttp/4.12.0|PostmanRuntime/7.39.0"
)
_PRODUCTS = _one(
    "Garden hose 25 m|Desk lamp Aurora|Oak shelf Nordic|Espresso beans dark roast|USB-C cable 2 m|"
    "Wool blanket Highland|Steel bottle 0.75 l|Trail shoe Summit GTX|Notebook A5 dotted|Ceramic mug Tide"
)
_COMPANIES = _one(
    "Northwind Logistics GmbH|Blue Harbor Software Inc.|Société Générique de Papier SA|Acier & Fils|"
    "Riverbend Foods Ltd|Molino Verde S.r.l.|Hutnia Wschód Sp. z o.o.|Kestrel Analytics LLC|Polder Bouw B.V."
)
_COLOURS = _one("red|teal|dark green|azure|ivory|crimson|navy|magenta|sand|charcoal|olive|silver")
_MONTHS = _one(
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
_ICD = _one("A|C|E|F|I|J|K|M|N|R|S|Z")

KINDS = (
    Kind("order id", "order_id", lambda rng: digits(rng, 10, "123456789")),
    Kind("order code", "order_no", lambda rng: f"ORD-{instant(rng):%Y}-{digits(rng, 6)}"),
    Kind("epoch seconds", "created_epoch", lambda rng: str(int(instant(rng).timestamp()))),
    Kind("epoch milliseconds", "ts_ms", lambda rng: f"{int(instant(rng).timestamp())}{digits(rng, 3)}"),
    Kind("ISBN-10", "isbn", _isbn10),
    Kind("ISBN-13", "isbn13", _isbn13),
    Kind("EAN-13", "ean", _ean13),
    Kind("version of four parts", "version", lambda rng: ".".join(str(rng.randrange(n)) for n in (15, 30, 20, 99))),
    Kind("semantic version", "release", lambda rng: f"{rng.randrange(9)}.{rng.randrange(40)}.{rng.randrange(20)}-rc{rng.randrange(5)}"),
    Kind("UUID", "uuid", lambda rng: str(UUID(int=rng.getrandbits(128), version=4))),
    Kind("MD5", "md5", _hexadecimal(32)),
    Kind("SHA-1", "sha1", _hexadecimal(40)),
    Kind("SHA-256", "sha256", _hexadecimal(64)),
    Kind("float", "score", lambda rng: f"{rng.gauss(0, 1):.{rng.randint(6, 15)}f}"),
    Kind("price", "price", lambda rng: f"{rng.choice(('', '$', '€ '))}{rng.randrange(1, 99_999)}.{rng.randrange(100):02d}"),
    Kind("integer of 9 digits", "counter", lambda rng: digits(rng, 9, "123456789")),
    Kind("integer of 10 digits", "bytes_sent", lambda rng: digits(rng, 10, "123456789")),
    Kind("integer of 11 digits", "ticket", tax_like),
    Kind("integer of 16 digits", "snowflake", lambda rng: digits(rng, 16, "123456789")),
    Kind("coordinates", "lat_lon", lambda rng: f"{rng.uniform(-90, 90):.6f},{rng.uniform(-180, 180):.6f}"),
    Kind("date", "shipped_on", lambda rng: f"{instant(rng):{rng.choice(('%Y-%m-%d', '%d.%m.%Y', '%m/%d/%Y', '%Y%m%d'))}}"),
    Kind("time", "at", lambda rng: f"{instant(rng):%H:%M:%S}"),
    Kind("timestamp", "updated_at", lambda rng: f"{instant(rng):%Y-%m-%dT%H:%M:%S}.{digits(rng, 6)}Z"),
    Kind("SKU", "sku", lambda rng: f"{_letters(rng, 3)}-{digits(rng, 5)}-{_letters(rng, 1)}"),
    Kind("part number", "part_no", lambda rng: f"{digits(rng, 3)}-{digits(rng, 4)}-{digits(rng, 2)}"),
    Kind("file name", "file", lambda rng: f"{rng.choice(('report', 'icon@2x', 'scan', 'backup'))}_{instant(rng):%Y%m%d_%H%M%S}.{rng.choice(('pdf', 'png', 'csv'))}"),
    Kind("user agent", "user_agent", _AGENTS),
    Kind("colour", "colour", _COLOURS),
    Kind("month", "month", _MONTHS),
    Kind("company", "company", _COMPANIES),
    Kind("product", "product", _PRODUCTS),
    Kind("IBAN with a wrong checksum", "reference", wrong_iban),
    Kind("card with a wrong checksum", "loyalty_no", wrong_card),
    Kind("impossible telephone number", "extension", impossible_phone),
    Kind("broken MAC address", "bus_id", broken_hardware),
    Kind("hexadecimal colour", "hex_colour", lambda rng: f"#{rng.getrandbits(24):06x}"),
    Kind("git describe", "build", lambda rng: f"v{rng.randrange(9)}.{rng.randrange(20)}-{rng.randrange(400)}-g{rng.getrandbits(28):07x}"),
    Kind("ICD-10 code", "diagnosis", lambda rng: f"{_ICD(rng)}{rng.randrange(100):02d}.{rng.randrange(10)}"),
    Kind("licence plate", "plate", lambda rng: f"{_letters(rng, rng.randint(1, 3))}-{_letters(rng, 2)} {rng.randrange(1, 9999)}"),
    Kind("public key header", "pem", _one("-----BEGIN CERTIFICATE-----|-----BEGIN PUBLIC KEY-----|-----BEGIN CERTIFICATE REQUEST-----")),
    Kind("link", "link", lambda rng: f"https://example.org/{rng.choice(('a', 'list', 'item'))}/{digits(rng, 8)}?ref={digits(rng, 5)}"),
)  # fmt: skip
