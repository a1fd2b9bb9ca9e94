"""
The mail server that a setting names.

::

    smtp://user@mail.example.org:587                 STARTTLS, or no letter leaves
    smtps://user@mail.example.org:465                TLS from the first byte
    smtp://127.0.0.1:25?tls=none                     a server on this machine
    smtp://mail.example.org:587?ca=/etc/ca.pem&timeout=20
"""

import difflib
import math
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from dcs.engines.mail import MailAddressError, is_address

PORTS = {"smtp": 587, "smtps": 465}
OPTIONS = ("tls", "ca", "timeout")
LONGEST_TIMEOUT = 300.0


@dataclass(frozen=True, slots=True)
class MailServer:
    """
    Where letters are handed over, and as whom.

    Attributes:
        tls: ``starttls``, ``implicit`` or ``none``.
        ca: A file of certificates to trust instead of the system's.
        timeout: Seconds for each step of the conversation.
        sender: The address that letters come from.
    """

    host: str
    port: int
    sender: str
    tls: str = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    timeout: float = 15.0

    def trust(self) -> ssl.SSLContext:
        """Return what certificates are checked against."""
        try:
            return ssl.create_default_context(cafile=self.ca)
        except OSError as error:
            raise MailAddressError("The file that DCS_MAIL's ca names cannot be used.") from error

    @classmethod
    def at(cls, url: str, sender: str | None, password: str | None) -> "MailServer":
        """
        Read the address of a mail server.

        Raises:
            MailAddressError: It names none, asks for something unknown, or would send a
                password where anybody can read it. The message never repeats it.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise MailAddressError("DCS_MAIL is not an address.") from error
        options = _options(parts)
        tls = "implicit" if parts.scheme == "smtps" else options.get("tls", "starttls")
        server = cls(
            host=parts.hostname or "",
            port=port or PORTS.get(parts.scheme, 0),
            sender=sender or "",
            tls=tls,
            user=None if parts.username is None else unquote(parts.username),
            password=password,
            ca=Path(options["ca"]) if "ca" in options else None,
            timeout=_seconds(options.get("timeout", "15")),
        )
        _check(server, parts)
        return server


def _options(parts: SplitResult) -> dict[str, str]:
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name in given:
        if name not in OPTIONS:
            near = difflib.get_close_matches(name, OPTIONS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise MailAddressError(f"DCS_MAIL knows the options {', '.join(OPTIONS)}.{hint}")
    return given


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise MailAddressError(f"DCS_MAIL's timeout is a number up to {LONGEST_TIMEOUT:.0f}.")
    return seconds


def _check(server: MailServer, parts: SplitResult) -> None:
    wrong = {
        "it begins with smtp:// or smtps:// and a host": parts.scheme not in PORTS
        or not server.host
        or parts.path not in {"", "/"},
        "its tls is starttls or none": server.tls not in {"starttls", "implicit", "none"}
        or (parts.scheme == "smtp" and server.tls == "implicit"),
        "the password belongs into DCS_MAIL_PASSWORD": parts.password is not None,
        "a user and DCS_MAIL_PASSWORD come together": (server.user is None)
        != (server.password is None),
        "a password is never sent without TLS": server.tls == "none" and server.user is not None,
        "DCS_MAIL_FROM is the address that letters come from": not is_address(server.sender),
    }
    for rule, broken in wrong.items():
        if broken:
            raise MailAddressError(f"DCS_MAIL cannot be used: {rule}.")
