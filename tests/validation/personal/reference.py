"""
The recognizers of the first release, in Python's regular expressions: what the kernel is held against.

Each recognizer has a pattern in RE2's dialect that finds candidates over whole
columns at once, and a check in Python that sees only those: a checksum, a
number range, a calendar of country lengths. What cannot be told from an
ordinary number, such as nine bare digits, counts only where the column's name
says so. Structural facts: Luhn (ISO/IEC 7812-1), IBAN lengths and mod 97
(ISO 13616), social security ranges (SSA since 2011). Telephone numbers are
those of the library whose metadata the kernel's table is compiled from.
"""

import ipaddress
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import phonenumbers

from dcs.validation.personal.kernels.phones import CALLING_CODES

Span = tuple[int, int]
"""Start and end of a match in its cell, in characters."""


@dataclass(frozen=True, slots=True)
class Recognizer:
    """
    One kind of personal data.

    Attributes:
        entity: Its name, as others use it too (Presidio).
        candidate: RE2 pattern that every cell with this entity matches.
        find: Yields the verified matches of one candidate cell; told whether the
            column's name speaks for this entity.
        header: Words in a column's name that speak for it.
        bare: RE2 pattern of further candidates, where the name speaks for it.
    """

    entity: str
    candidate: str
    find: Callable[[str, bool], Iterator[Span]]
    header: frozenset[str]
    bare: str | None = None


def header_words(name: str) -> frozenset[str]:
    """Split a column's name into its words: ``clientIP_Address`` has client, ip and address."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    words = [each.lower() for each in re.split(r"[^A-Za-z0-9]+", spaced) if each]
    pairs = [first + second for first, second in itertools.pairwise(words)]
    return frozenset(words + pairs)


_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[A-Za-z]{2,24}")


def _emails(cell: str, _named: bool) -> Iterator[Span]:
    for match in _EMAIL.finditer(cell):
        if not re.search(r"://\S*:$", cell[: match.start()]):  # user and password of an address
            yield match.span()


_CARD = re.compile(r"(?<![\d.,-])(?:\d[ -]?){12,18}\d(?![\d.-]?\d)")


def _cards(cell: str, _named: bool) -> Iterator[Span]:
    for match in _CARD.finditer(cell):
        digits = re.sub(r"[ -]", "", match[0])
        if _is_brand(digits) and luhn(digits):
            yield match.span()


def luhn(digits: str) -> bool:
    """Say whether the last digit is the Luhn check digit of those before it."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_brand(digits: str) -> bool:
    """Say whether a payment brand issues numbers that begin so and are this long."""
    two, four = int(digits[:2]), int(digits[:4])
    match len(digits):
        case 13 | 19:
            return digits[0] == "4"
        case 14:
            return two in {36, 38, 39} or 300 <= int(digits[:3]) <= 305
        case 15:
            return two in {34, 37}
        case 16:
            visa_or_master = digits[0] == "4" or 51 <= two <= 55 or 2221 <= four <= 2720
            others = two in {35, 62, 64, 65} or four == 6011
            return visa_or_master or others
        case _:
            return False


_SSN = re.compile(r"(?<![\d-])(\d{3})-(\d{2})-(\d{4})(?![\d-])")
_BARE_SSN = re.compile(r"(?<!\d)(\d{3})[ ]?(\d{2})[ ]?(\d{4})(?!\d)")


def _ssns(cell: str, named: bool) -> Iterator[Span]:
    for pattern in (_SSN, _BARE_SSN) if named else (_SSN,):
        for match in pattern.finditer(cell):
            area, group, serial = match.groups()
            if area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000":
                yield match.span()


IBAN_LENGTHS: Mapping[str, int] = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30,
    "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")


def _ibans(cell: str, _named: bool) -> Iterator[Span]:
    for match in _IBAN.finditer(cell):
        length = IBAN_LENGTHS.get(match[0][:2])
        if length is None:
            continue
        end = _end_of(match[0], length)
        if end is not None and iban_checksum(match[0][:end].replace(" ", "")):
            yield match.start(), match.start() + end


def _end_of(text: str, length: int) -> int | None:
    """Return where the first *length* characters other than spaces end, at a word's end."""
    count = 0
    for position, character in enumerate(text):
        count += character != " "
        if count == length:
            following = text[position + 1 : position + 2]
            return None if following.isalnum() else position + 1
    return None


def iban_checksum(iban: str) -> bool:
    """Say whether an IBAN's check digits are right: the rearranged number is 1 modulo 97."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(each, 36)) for each in moved)) % 97 == 1


_IPV4 = re.compile(r"(?<![\w.])(?<![A-Za-z]/)(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(
    r"(?:(?<![\w:.])|(?<=[^0-9A-Fa-f:]:)|(?<=^:))(?!:[^:])[0-9A-Fa-f:]{5,38}[0-9A-Fa-f](?:%\w+)?(?!\w|:[0-9A-Fa-f:]|\.\w)|(?<![\w:.])[0-9A-Fa-f:]{4,37}::(?![\w:]|\.\w)"
)
LOOKS_LIKE_VERSION = 20  # four numbers up to this are a version unless the column says otherwise


def _addresses(cell: str, named: bool) -> Iterator[Span]:
    for match in _IPV4.finditer(cell):
        numbers = [int(each) for each in match[0].split(".")]
        version = max(numbers) <= LOOKS_LIKE_VERSION and not named
        if max(numbers) <= 255 and not version and not _has_leading_zero(match[0]):
            yield match.span()
    if cell.count(":") >= 2:
        for match in _IPV6.finditer(cell):
            if _is_ipv6(match[0]):
                yield match.span()


def _has_leading_zero(address: str) -> bool:
    return any(len(each) > 1 and each[0] == "0" for each in address.split("."))


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return sum(bool(each) for each in text.split(":")) >= 2


_INTERNATIONAL = re.compile(
    r"(?<![\w+])\+(?:1(?:[ ().-]{0,2}\d){10}|[2-9](?:[ ().-]{0,2}\d){7,14})"
)
_NORTH_AMERICAN = re.compile(
    r"(?<![\w.+-])(?:1[ .-]?)?(?:\(([2-9]\d{2})\) ?|([2-9]\d{2})[-. ])([2-9]\d{2})[-. ]\d{4}(?![\w-]|\.\d)"
)
_BARE_PHONE = re.compile(r"(?<![\w.])(?:1?[2-9]\d{2}[2-9]\d{6})(?![\w.])")


def _phones(cell: str, named: bool) -> Iterator[Span]:
    taken: list[Span] = []
    for pattern in (_INTERNATIONAL, _NORTH_AMERICAN, *((_BARE_PHONE,) if named else ())):
        for match in pattern.finditer(cell):
            start, end = match.span()
            if all(end <= first or start >= last for first, last in taken):
                if pattern is _INTERNATIONAL:
                    end = _international_end(cell, start, named)
                elif not named and not is_number("1" + re.sub(r"\D", "", match[0])[-10:]):
                    continue
                if end > start:
                    taken.append((start, end))
                    yield start, end


def _international_end(cell: str, start: int, named: bool) -> int:
    """Return where the longest number ends that begins with this plus sign; *start* if there is none."""
    written = re.compile(r"\+\d(?:[ ().-]{0,2}\d){7,14}").match(cell, start)
    if written is None:
        return start
    ends = [end for end in range(written.end(), start, -1) if not cell[end : end + 1].isdigit()]
    texts = {end: re.sub(r"\D", "", cell[start:end]) for end in ends if cell[end - 1].isdigit()}
    known = [end for end, digits in texts.items() if len(digits) >= 8 and is_number(digits)]
    formed = [end for end, digits in texts.items() if _is_assigned(digits)] if named else []
    return max(known, default=max(formed, default=start))


def is_number(digits: str) -> bool:
    """Say whether the library knows digits behind a plus sign as a telephone number."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits))
    except phonenumbers.NumberParseException:
        return False


def _is_assigned(digits: str) -> bool:
    """Say whether a country code is assigned, and a North American number could be dialled."""
    if digits[0] == "1":
        return len(digits) == 11 and digits[1] > "1" and digits[4] > "1"
    return len(digits) >= 8 and bool(CALLING_CODES[int(digits[:3])])


RECOGNIZERS = (
    Recognizer(
        "EMAIL_ADDRESS",
        r"[A-Za-z0-9._%+'-]@[A-Za-z0-9-]+\.[A-Za-z0-9.-]*[A-Za-z]{2}",
        _emails,
        frozenset({"email", "mail"}),
    ),
    Recognizer(
        "CREDIT_CARD",
        r"\d(?:[ -]?\d){12,18}",
        _cards,
        frozenset({"card", "pan", "creditcard"}),
    ),
    Recognizer(
        "US_SSN",
        r"\d{3}-\d{2}-\d{4}",
        _ssns,
        frozenset({"ssn", "socialsecurity"}),
        bare=r"\d{3} ?\d{2} ?\d{4}",
    ),
    Recognizer(
        "IBAN_CODE",
        r"[A-Z]{2}\d{2} ?[A-Za-z0-9]{2}",
        _ibans,
        frozenset({"iban"}),
    ),
    Recognizer(
        "IP_ADDRESS",
        r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|[0-9A-Fa-f]:[0-9A-Fa-f:]*:[0-9A-Fa-f]|::[0-9A-Fa-f]",
        _addresses,
        frozenset({"ip", "ipaddress", "ipv4", "ipv6", "host", "clientip"}),
    ),
    Recognizer(
        "PHONE_NUMBER",
        r"\+\d|\d{3}\)? ?[-. ]?\d{3}[-. ]\d{4}",
        _phones,
        frozenset({"phone", "mobile", "telephone", "cell", "cellphone", "fax", "tel"}),
        bare=r"\d{10,11}",
    ),
)
