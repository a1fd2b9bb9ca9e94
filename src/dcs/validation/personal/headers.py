"""What a column's name says about the values below it."""

import itertools
import re
from collections.abc import Mapping

# Words in a column's name that speak for an entity.
HEADERS: Mapping[str, frozenset[str]] = {
    "EMAIL_ADDRESS": frozenset({"email", "mail"}),
    "CREDIT_CARD": frozenset({"card", "pan", "creditcard"}),
    "US_SSN": frozenset({"ssn", "socialsecurity"}),
    "IBAN_CODE": frozenset({"iban"}),
    "IP_ADDRESS": frozenset({"ip", "ipaddress", "ipv4", "ipv6", "host", "clientip"}),
    "PHONE_NUMBER": frozenset({"phone", "mobile", "telephone", "cell", "cellphone", "fax", "tel"}),
    "MAC_ADDRESS": frozenset({"mac", "macaddress"}),
}

# Words in a column's name that say its numbers are of things, and words that say they are of people all the same.
OF_THINGS = frozenset(
    {"order", "orders", "sku", "version", "delta", "invoice", "serial", "batch", "lot", "part", "tracking"}
    | {"ticket", "build", "release", "ean", "isbn", "gtin", "upc", "barcode", "article", "offset"}
)  # fmt: skip
OF_PEOPLE = frozenset({"contact", "customer", "person", "caller", "buyer", "recipient", "client"})


def is_of_things(words: frozenset[str]) -> bool:
    """Say whether a column's name is of orders, articles or versions, and of nobody."""
    return bool(words & OF_THINGS) and not words & OF_PEOPLE


def header_words(name: str) -> frozenset[str]:
    """Split a column's name into its words: ``clientIP_Address`` has client, ip and address."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    words = [each.lower() for each in re.split(r"[^A-Za-z0-9]+", spaced) if each]
    pairs = [first + second for first, second in itertools.pairwise(words)]
    return frozenset(words + pairs)
