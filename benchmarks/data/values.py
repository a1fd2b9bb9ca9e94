"""Valid values of every entity, each with the words that announce it where it needs or has them."""

import zlib
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase

from benchmarks.data import accounts, addresses, checkdigits, national, phones
from benchmarks.data.national import Told, digits

_DOMAINS = (
    "example.com", "mail.example.org", "firma-beispiel.de", "exemple.fr", "ejemplo.es",
    "esempio.it", "przyklad.pl", "voorbeeld.nl", "clinic.example.net", "stats.example.co.uk",
    "post.museum", "team.technology", "müller-bau.de",
)  # fmt: skip
_NAMES = (
    "anna", "jan", "m.keller", "k_osei", "o.brien", "lucia.f", "h.sato", "info", "rosa-luz", "piet",
    "j.r.smith", "eve99",
)  # fmt: skip

# Issuers: how a number starts, how long it is, how it is grouped.
_CARDS = (
    ("4", 16, (4, 4, 4, 4)),
    ("51", 16, (4, 4, 4, 4)),
    ("55", 16, (4, 4, 4, 4)),
    ("2221", 16, (4, 4, 4, 4)),
    ("34", 15, (4, 6, 5)),
    ("37", 15, (4, 6, 5)),
    ("6011", 16, (4, 4, 4, 4)),
    ("3530", 16, (4, 4, 4, 4)),
    ("36", 14, (4, 6, 4)),
    ("62", 16, (4, 4, 4, 4)),
)
_SCHEMES = ("https", "postgresql", "ftp", "redis", "amqp", "mongodb+srv", "mysql")
_DIGITS = "0123456789"
_TOKEN = ascii_letters + _DIGITS


def email(rng: Random) -> Told:
    """Return a mailbox, with tags, subdomains, capitals or an international domain."""
    local = rng.choice(_NAMES) + rng.choice(("", "", "+news", ".x", str(rng.randrange(1000))))
    text = f"{local}@{rng.choice(_DOMAINS)}"
    return rng.choice(("", "", "e-mail ", "Mail: ")), rng.choice((text, text, text.upper()))


def card(rng: Random) -> Told:
    """Return a payment card of one of eight issuers."""
    prefix, length, groups = rng.choice(_CARDS)
    body = prefix + digits(rng, length - 1 - len(prefix))
    number = body + checkdigits.luhn(body)
    return rng.choice(("", "", "card ", "Kreditkarte ")), rng.choice(("", " ", "-")).join(
        _cut(number, groups)
    )


def social_security(rng: Random) -> Told:
    """Return a US Social Security number; without separators it is announced."""
    area = rng.choice([n for n in range(1, 900) if n != 666])
    parts = [f"{area:03d}", f"{rng.randint(1, 99):02d}", f"{rng.randint(1, 9999):04d}"]
    words = ("SSN ", "social security number ", "ssn: ", "SSN# ")
    if rng.random() < 0.25:
        return rng.choice(words), rng.choice(("", " ")).join(parts)
    return rng.choice(("", *words)), "-".join(parts)


def iban(rng: Random) -> Told:
    """Return a bank account of one of fourteen countries, plain or in groups of four."""
    number = accounts.iban(rng)
    grouped = " ".join(number[n : n + 4] for n in range(0, len(number), 4))
    return rng.choice(("", "IBAN ", "IBAN: ")), rng.choice((number, grouped))


def ip(rng: Random) -> Told:
    """Return an address of version 4 or, shortened or in full, of version 6."""
    words = rng.choice(("", "", "from ", "IP "))
    if rng.random() < 0.6:
        return words, str(IPv4Address(rng.randrange(0x0B000000, 0xDF000000)))
    prefix = rng.choice((0x20010DB8 << 96, 0xFE80 << 112, 0x2A02 << 112, 0xFD00 << 112))
    address = IPv6Address(prefix + rng.getrandbits(rng.choice((16, 48, 64, 80))))
    return words, rng.choice((str(address), address.exploded, str(address).upper()))


def phone(rng: Random) -> Told:
    """Return a telephone number: half with the country, a third from North America."""
    draw = rng.random()
    if draw < 0.5:
        return rng.choice(("", "", "tel. ", "phone: ")), phones.international(rng)
    if draw < 0.8:
        return rng.choice(("", "call ", "phone ", "cell: ")), phones.american(rng)
    return phones.national(rng)


def hardware(rng: Random) -> Told:
    """Return the address of a network card in one of its three notations."""
    octets = [f"{rng.randrange(256):02x}" for _ in range(6)]
    quads = ["".join(octets[n : n + 2]) for n in (0, 2, 4)]
    text = rng.choice((":".join(octets), "-".join(octets), ".".join(quads)))
    return rng.choice(("", "", "MAC ")), rng.choice((text, text.upper()))


def url(rng: Random) -> Told:
    """Return a URL that carries a user and a password."""
    scheme = rng.choice(_SCHEMES)
    secret = _text(rng, _TOKEN, rng.randint(6, 14))
    where = rng.choice(("db.example.com:5432/app", "host-7.example.org", "10.2.3.4:6379/0"))
    return "", f"{scheme}://{rng.choice(('svc', 'admin', 'app_rw'))}:{secret}@{where}"


def money(rng: Random) -> Told:
    """Return an address of Bitcoin (both encodings) or Ethereum."""
    payload = rng.randbytes(20)
    makers: tuple[Callable[[], str], ...] = (
        lambda: addresses.base58(0, payload),
        lambda: addresses.base58(5, payload),
        lambda: addresses.bech32(0, payload),
        lambda: addresses.bech32(1, payload + rng.randbytes(12)),
        lambda: addresses.ethereum(payload),
        lambda: "0x" + payload.hex(),
    )
    return rng.choice(("", "", "wallet ", "BTC/ETH address ")), rng.choice(makers)()


def api_key(rng: Random) -> Told:
    """Return a key in the form of one of eight well-known services."""
    forms = (
        "AKIA" + _text(rng, ascii_uppercase + "234567", 16),
        _checked(rng, "ghp_"),
        _checked(rng, "npm_"),
        "AIza" + _text(rng, _TOKEN + "-_", 35),
        "sk_live_" + _text(rng, _TOKEN, 24),
        "xoxb-" + digits(rng, 12) + "-" + digits(rng, 12) + "-" + _text(rng, _TOKEN, 24),
        "glpat-" + _text(rng, _TOKEN + "-_", 20),
        "SG." + _text(rng, _TOKEN + "-_", 22) + "." + _text(rng, _TOKEN + "-_", 43),
    )
    return rng.choice(("", "", "api key ", "token=")), rng.choice(forms)


def private_key(rng: Random) -> Told:
    """Return the line that a private key starts with (RFC 7468, OpenSSH, OpenPGP)."""
    kind = rng.choice(("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "))
    return "", rng.choice((f"-----BEGIN {kind}PRIVATE KEY-----",) * 5 + (_PGP,))


_PGP = "-----BEGIN PGP PRIVATE KEY BLOCK-----"

VALUES: Mapping[str, Callable[[Random], Told]] = {
    "EMAIL_ADDRESS": email,
    "CREDIT_CARD": card,
    "US_SSN": social_security,
    "IBAN_CODE": iban,
    "IP_ADDRESS": ip,
    "PHONE_NUMBER": phone,
    "MAC_ADDRESS": hardware,
    "URL_WITH_CREDENTIALS": url,
    "US_DRIVER_LICENSE": national.driver_license,
    "MEDICAL_LICENSE": national.medical_license,
    "CRYPTO": money,
    "API_KEY": api_key,
    "PRIVATE_KEY": private_key,
    "PASSPORT": national.passport,
    "TAX_ID": national.tax_number,
}
# What stays valid when somebody writes it without capitals.
CASELESS = frozenset({"EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "PHONE_NUMBER", "MAC_ADDRESS"})
# What people write with other spaces than the plain one.
SPACED = frozenset({"CREDIT_CARD", "US_SSN", "IBAN_CODE", "PHONE_NUMBER"})


def _checked(rng: Random, prefix: str) -> str:
    body = _text(rng, _TOKEN, 30)
    number, check = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        check = (_DIGITS + ascii_uppercase + ascii_lowercase)[rest] + check
    return prefix + body + check


def _text(rng: Random, letters: str, count: int) -> str:
    return "".join(rng.choice(letters) for _ in range(count))


def _cut(number: str, groups: tuple[int, ...]) -> list[str]:
    ends = [sum(groups[: n + 1]) for n in range(len(groups))]
    return [number[end - size : end] for end, size in zip(ends, groups, strict=True)]
