"""Check digits of numbers that identify people, money and licences, by their published rules."""

import hashlib
import re
from collections.abc import Iterator

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_FINAL = frozenset({1, 0x2BC830A3})  # BIP 173, BIP 350
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_ODD = {  # of an Italian tax code, by the decree of 23 December 1976
    **dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True)),
    **dict(
        zip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
            strict=True,
        )
    ),
}  # fmt: skip


def digits_of(text: str) -> list[int]:
    """Return the digits in a text."""
    return [int(each) for each in text if each.isdigit()]


def weighted(digits: list[int], weights: tuple[int, ...]) -> int:
    """Return the sum of digits times weights."""
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(digits: list[int]) -> bool:
    """Say whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812-1)."""
    doubled = [each * (1 + place % 2) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def is_article(text: str) -> bool:
    """Say whether twelve to fourteen digits are an article's number (GS1: UPC, EAN-13, GTIN-14)."""
    digits = digits_of(text)
    body = zip(reversed(digits[:-1]), (3, 1) * 7, strict=False)
    return len(digits) in (12, 13, 14) and -sum(a * b for a, b in body) % 10 == digits[-1]


def is_npi(text: str) -> bool:
    """Say whether ten digits are a national provider identifier (CMS: Luhn behind 80840)."""
    digits = digits_of(text)
    return len(digits) == 10 and digits[0] in (1, 2) and luhn([8, 0, 8, 4, 0, *digits])


def is_dea(text: str) -> bool:
    """Say whether two letters and seven digits are a registration of the US drug administration."""
    digits = digits_of(text)
    odd, even = digits[0] + digits[2] + digits[4], digits[1] + digits[3] + digits[5]
    return (odd + 2 * even) % 10 == digits[6]


def is_german_tax_number(text: str) -> bool:
    """Say whether eleven digits are a German tax identification number (ISO 7064, mod 11,10)."""
    digits = digits_of(text)
    if len(digits) != 11 or digits[0] == 0:
        return False
    product = 10
    for digit in digits[:10]:
        total = (digit + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == digits[10]


def is_french_tax_number(text: str) -> bool:
    """Say whether thirteen digits are a French tax number (mod 511)."""
    digits = "".join(map(str, digits_of(text)))
    return len(digits) == 13 and digits[0] in "0123" and int(digits[:10]) % 511 == int(digits[10:])


def is_spanish_tax_number(text: str) -> bool:
    """Say whether a Spanish identity number has its letter (NIF, and NIE with X, Y or Z in front)."""
    plain = re.sub(r"[ -]", "", text.upper())
    number = {"X": "0", "Y": "1", "Z": "2"}.get(plain[0], plain[0]) + plain[1:-1]
    return number.isdigit() and len(number) == 8 and _DNI[int(number) % 23] == plain[-1]


def is_italian_tax_code(text: str) -> bool:
    """Say whether sixteen characters are an Italian tax code with its check letter."""
    plain = text.upper()
    total = 0
    for place, character in enumerate(plain[:15]):
        even = int(character) if character.isdigit() else ord(character) - 65
        total += _ODD[character] if place % 2 == 0 else even
    return chr(total % 26 + 65) == plain[15]


def is_pesel(text: str) -> bool:
    """Say whether eleven digits are a Polish register number."""
    digits = digits_of(text)
    if len(digits) != 11 or not 1 <= (digits[2] * 10 + digits[3]) % 20 <= 12:
        return False
    return -weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10 == digits[10]


def is_nip(text: str) -> bool:
    """Say whether ten digits are a Polish tax number."""
    digits = digits_of(text)
    return len(digits) == 10 and weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == digits[9]


def is_bsn(text: str) -> bool:
    """Say whether nine digits are a Dutch citizen service number (the eleven test)."""
    digits = digits_of(text)
    return len(digits) == 9 and weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def is_nir(text: str) -> bool:
    """Say whether fifteen characters are a French social security number (key: 97 less the rest)."""
    plain = text.replace(" ", "").upper().replace("2A", "19").replace("2B", "18")
    return plain.isdigit() and len(plain) == 15 and 97 - int(plain[:13]) % 97 == int(plain[13:])


def is_portuguese_tax_number(text: str) -> bool:
    """Say whether nine digits are a Portuguese NIF (mod 11)."""
    digits = digits_of(text)
    if len(digits) != 9 or digits[0] in (0, 4, 7):
        return False
    check = 11 - weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return digits[8] == (check if check < 10 else 0)


def is_belgian_number(text: str) -> bool:
    """Say whether eleven digits are a Belgian national number; a 2 stands in front of births since 2000."""
    digits = "".join(map(str, digits_of(text)))
    return len(digits) == 11 and any(
        97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2")
    )


def is_base58_address(text: str) -> bool:
    """Say whether a base58 address ends with its checksum (double SHA-256)."""
    number = 0
    for character in text:
        number = number * 58 + _BASE58.index(character)
    if number >= 1 << 200:
        return False
    content = number.to_bytes(25, "big")
    double = hashlib.sha256(hashlib.sha256(content[:21]).digest()).digest()
    return double[:4] == content[21:] and content[0] in (0, 5)


def is_bech32_address(text: str) -> bool:
    """Say whether a ``bc1`` address ends with its checksum (BIP 173, BIP 350)."""
    plain = text.lower()
    if any(each not in _BECH32 for each in plain[3:]):
        return False
    values = [*_expanded("bc"), *(_BECH32.index(each) for each in plain[3:])]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(
            (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
        ):
            check ^= generator if top >> bit & 1 else 0
    return check in _BECH32_FINAL


def _expanded(prefix: str) -> Iterator[int]:
    yield from (ord(each) >> 5 for each in prefix)
    yield 0
    yield from (ord(each) & 31 for each in prefix)
