"""Check digits by the published rules: enough to build valid numbers, and to break them on purpose."""

from collections.abc import Sequence

_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_ODD = (
    1,
    0,
    5,
    7,
    9,
    13,
    15,
    17,
    19,
    21,
    2,
    4,
    18,
    20,
    11,
    3,
    6,
    8,
    12,
    14,
    16,
    10,
    22,
    25,
    24,
    23,
)


def weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    """Return the sum of products; both must have the same length."""
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True))


def numerals(text: str) -> list[int]:
    """Return the values of digits and letters: ``0`` to ``9``, then ``A`` is 10 and ``Z`` is 35."""
    return [int(character, 36) for character in text]


def luhn(body: str) -> str:
    """Return the last digit of a card number (ISO/IEC 7812-1, annex B)."""
    doubled = [int(d) * (2 - n % 2) for n, d in enumerate(reversed(body))]
    return str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def iban(country: str, account: str) -> str:
    """Return the two check digits between country and account (ISO 13616, ISO 7064 MOD 97-10)."""
    number = int("".join(map(str, numerals(f"{account}{country}00"))))
    return f"{98 - number % 97:02d}"


def isbn10(body: str) -> str:
    """Return the tenth character of an ISBN, which may be ``X`` (ISO 2108:1992)."""
    return "0123456789X"[-weighted(numerals(body), range(10, 1, -1)) % 11]


def ean13(body: str) -> str:
    """Return the thirteenth digit of an EAN or ISBN-13 (GS1 General Specifications, 7.9)."""
    return str(-weighted(numerals(body), (1, 3) * 6) % 10)


def dea(body: str) -> str:
    """Return the seventh digit of a registration of the US Drug Enforcement Administration."""
    return str(weighted(numerals(body), (1, 2) * 3) % 10)


def machine_readable(text: str) -> str:
    """Return the check digit of a machine-readable field (ICAO Doc 9303-3, 4.9)."""
    return str(weighted(numerals(text), ((7, 3, 1) * len(text))[: len(text)]) % 10)


def german_tax(body: str) -> str:
    """Return the eleventh digit of a German tax identification number (ISO 7064 MOD 11,10)."""
    product = 10
    for digit in numerals(body):
        product = ((digit + product) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def french_tax(body: str) -> str:
    """Return the last three digits of a French *numéro fiscal*: its first ten modulo 511."""
    return f"{int(body) % 511:03d}"


def british_tax(body: str) -> str:
    """Return the first digit of a British Unique Taxpayer Reference, made from its last nine."""
    return "21987654321"[weighted(numerals(body), (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11]


def spanish_tax(body: str) -> str:
    """Return the letter behind a DNI, or behind a NIE whose X, Y, Z stand for 0, 1, 2."""
    return _SPANISH[int(body.translate(str.maketrans("XYZ", "012"))) % 23]


def italian_tax(body: str) -> str:
    """Return the sixteenth letter of a *codice fiscale* (decree of 23 December 1976)."""
    places = [int(c) if c.isdigit() else ord(c) - ord("A") for c in body]
    total = sum(_ODD[place] for place in places[::2]) + sum(places[1::2])
    return chr(ord("A") + total % 26)


def polish_person(body: str) -> str:
    """Return the eleventh digit of a PESEL."""
    return str(-weighted(numerals(body), (1, 3, 7, 9) * 2 + (1, 3)) % 10)


def polish_tax(body: str) -> str | None:
    """Return the tenth digit of a NIP; ``None`` where no such number is issued."""
    rest = weighted(numerals(body), (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
    return None if rest == 10 else str(rest)


def polish_passport(letters: str, body: str) -> str:
    """Return the digit between two letters and six digits; 9 is its own weight, so it inverts."""
    rest = weighted(numerals(letters + body), (7, 3, 1, 7, 3, 1, 7, 3)) % 10
    return str(rest)  # 9 x + rest ≡ 0 (mod 10) exactly where x = rest


def dutch_citizen(body: str) -> str | None:
    """Return the ninth digit of a BSN (the "eleven test"); ``None`` where no such number is issued."""
    rest = weighted(numerals(body), range(9, 1, -1)) % 11
    return None if rest == 10 else str(rest)
