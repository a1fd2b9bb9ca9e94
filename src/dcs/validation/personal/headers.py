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

# What a column is called whose values only look like an entity, by the noun at the end of its name.
_ORDERED = frozenset(
    """
    order sku part item article product invoice tracking shipment parcel serial batch lot ticket revision
    bestellung auftrag artikel rechnung lieferung commande pedido ordine
    bestellnummer auftragsnummer artikelnummer rechnungsnummer seriennummer chargennummer
    isbn issn ean upc gtin barcode version release build
    """.split()  # noqa: SIM905  # a table, not a list
)
_DIFFERENCES = frozenset({"delta", "diff", "difference", "change", "offset", "deviation"})
OTHERWISE: Mapping[str, frozenset[str]] = {
    "PHONE_NUMBER": _ORDERED | _DIFFERENCES,
    "IP_ADDRESS": frozenset(
        {
            "version",
            "versions",
            "release",
            "build",
            "firmware",
            "driver",
            "revision",
            "section",
            "oid",
        }
    ),
}
_ENDINGS = frozenset(
    {"no", "nr", "num", "number", "nummer", "id", "code", "key", "ref", "reference", "value", "raw"}
)


def says_otherwise(name: str, entity: str) -> bool:
    """
    Say whether a column's name says that its values are something else.

    ``order_no`` and ``Part Number 2`` do, of telephones; ``order_contact`` and
    ``order_phone`` do not, since a name says by its last noun what it is.
    """
    return _last_noun(name) in OTHERWISE.get(entity, ())


def says_signed(name: str) -> bool:
    """Say whether a column's name says that its numbers have signs: a plus before them means nothing."""
    return _last_noun(name) in _DIFFERENCES


def _last_noun(name: str) -> str:
    words = [each for each in _split(name) if not each.isdigit()]
    while len(words) > 1 and words[-1] in _ENDINGS:
        words.pop()
    return words[-1] if words else ""


def header_words(name: str) -> frozenset[str]:
    """Split a column's name into its words: ``clientIP_Address`` has client, ip and address."""
    words = _split(name)
    pairs = [first + second for first, second in itertools.pairwise(words)]
    return frozenset(words + pairs)


def _split(name: str) -> list[str]:
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return [each.lower() for each in re.split(r"[^A-Za-z0-9]+", spaced) if each]
