"""
Read an address strictly: one parser, and the request is built from what it read.

Attacks on fetching services live in the gap between two readers of the same
address. So there is one here, it knows only the plain form, and every other
spelling of the same thing (numbers for names, encoded hosts, names before an @)
is refused instead of understood.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

import idna

from dcs.engines.fetch.addresses import Address
from dcs.engines.fetch.errors import UrlNotAllowedError

LONGEST = 4096
HTTPS = 443

_URL = re.compile(
    r"https://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?",
    re.IGNORECASE | re.ASCII,
)
_AUTHORITY = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[^\[\]:@%]+))(?::(?P<port>[1-9][0-9]{0,4}))?"
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_KEPT = "%/:@!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True)
class Target:
    """
    Where a request goes.

    Attributes:
        host: A name in lower-case ASCII without a final dot, or an address.
        port: The port.
        path: Path and query as they are sent; may hold a secret.
        literal: The address, if the host is one.
    """

    host: str
    port: int
    path: str = field(repr=False)
    literal: Address | None = None

    @property
    def authority(self) -> str:
        """The host as the ``Host`` field and an address write it."""
        host = f"[{self.host}]" if isinstance(self.literal, IPv6Address) else self.host
        return host if self.port == HTTPS else f"{host}:{self.port}"

    def follow(self, location: str, ports: Collection[int]) -> "Target":
        """Read where a redirect points, by the same rules as any address."""
        _check_characters(location)
        try:
            joined = urljoin(f"https://{self.authority}{self.path}", location)
        except ValueError as error:
            raise UrlNotAllowedError(f"{self.host} points to something unreadable.") from error
        return parse(joined, ports)


def parse(url: str, ports: Collection[int] = (HTTPS,)) -> Target:
    """
    Read an address that a user or a server gave.

    Raises:
        UrlNotAllowedError: It is not a plain https address.
    """
    _check_characters(url)
    found = _URL.fullmatch(url)
    if found is None:
        raise UrlNotAllowedError("Only addresses that begin with https:// are fetched.")
    if "@" in found["authority"]:
        raise UrlNotAllowedError("An address with a user name or password is not fetched.")
    authority = _AUTHORITY.fullmatch(found["authority"])
    if authority is None:
        raise UrlNotAllowedError("The address names no host in a form that is understood.")
    port = int(authority["port"] or HTTPS)
    if port not in ports:
        raise UrlNotAllowedError(f"Nothing is fetched from port {port}.")
    host, literal = _ipv6(authority["v6"]) if authority["v6"] else _name(authority["name"])
    path = quote(found["path"] or "/", safe=_KEPT)
    return Target(host, port, path + quote(found["query"] or "", safe=_KEPT + "?"), literal)


def _check_characters(url: str) -> None:
    """Refuse what readers disagree about: controls, blanks, invisible characters, backslashes."""
    if len(url) > LONGEST:
        raise UrlNotAllowedError(f"An address has at most {LONGEST:,} characters.")
    if "\\" in url or any(unicodedata.category(character)[0] in "CZ" for character in url):
        raise UrlNotAllowedError("The address holds a blank, a control character or a backslash.")


def _ipv6(text: str) -> tuple[str, Address]:
    try:
        address = IPv6Address(text)
    except AddressValueError as error:
        raise UrlNotAllowedError("The address in brackets is not an IPv6 address.") from error
    if str(address) != text.lower():
        raise UrlNotAllowedError("Write the IPv6 address in its shortest form.")
    return str(address), address


def _name(text: str) -> tuple[str, Address | None]:
    host = _ascii(text)
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return host, _ipv4(host, text)
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        raise UrlNotAllowedError("The host is not a full name such as data.example.org.")
    return host, None


def _ascii(text: str) -> str:
    """Return the name as it is looked up; international names in their ASCII form (UTS 46)."""
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True, std3_rules=True).decode("ascii")
    except UnicodeError as error:
        raise UrlNotAllowedError("The host is not a name that exists.") from error


def _ipv4(host: str, typed: str) -> IPv4Address:
    """Take four decimal numbers exactly as typed; octal, hexadecimal and short forms are refused."""
    try:
        address = IPv4Address(host)
    except AddressValueError as error:
        raise UrlNotAllowedError("Write an IPv4 address as four decimal numbers.") from error
    if str(address) != typed:
        raise UrlNotAllowedError("Write an IPv4 address as four decimal numbers.")
    return address
