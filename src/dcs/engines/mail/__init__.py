"""
Send letters to people outside the studio: one port, kept inside or handed to an SMTP server.

``tests/engines/test_mail.py`` is the contract. A letter is sent at least once:
whoever cannot tell whether it arrived sends it again under the same id, by
which the receiving side knows the repeat. What would change a header, or add a
recipient, cannot be put into a letter at all.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from dcs.core.errors import InvalidError, UnavailableError

__all__ = ["Letter", "Mail", "MailAddressError", "MailRefusedError", "MailUnavailableError"]

_ADDRESS = re.compile(r"""[^\s@<>(),;:\\"\[\]\x00-\x1f\x7f]+@[^\s@<>(),;:\\"\[\]\x00-\x1f\x7f]+""")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
LONGEST_ADDRESS = 254  # characters (RFC 5321, section 4.5.3.1.3, without its brackets)


class MailRefusedError(InvalidError):
    """This letter will never be taken: its address does not exist, or the server says no to it."""

    code = "mail_refused"


class MailUnavailableError(UnavailableError):
    """The mail server did not take the letter now; it may have, or will later."""

    code = "mail_unavailable"


class MailAddressError(InvalidError):
    """The address of a mail server or of the sender cannot be used."""

    code = "invalid_mail_address"


@dataclass(frozen=True, slots=True)
class Letter:
    """
    One letter to one person.

    Attributes:
        to: The address, without a name.
        subject: One line.
        text: The whole content for those who read plain text.
        message_id: Letters, digits and hyphens; the same letter again has the same one.
        html: The same content with markup; None for text alone.

    Raises:
        MailRefusedError: An address, subject or id that could change other headers.
    """

    to: str
    subject: str
    text: str
    message_id: str
    html: str | None = None

    def __post_init__(self) -> None:
        if not is_address(self.to):
            raise MailRefusedError("The recipient's address is not one that mail can be sent to.")
        if _CONTROL.search(self.subject) or not _ID.fullmatch(self.message_id):
            raise MailRefusedError("The letter's subject or id holds what no header may hold.")


def is_address(text: str) -> bool:
    """Say whether *text* is one plain address, ``name@host``, and nothing besides."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


class Mail(Protocol):
    """Take letters."""

    @property
    def leaves(self) -> bool:
        """Whether letters leave the studio at all; where they do not, none need be written."""
        ...

    async def send(self, letter: Letter) -> None:
        """
        Hand a letter over; when this returns, somebody else answers for it.

        Raises:
            MailRefusedError: Sending it again will not help.
            MailUnavailableError: It was not taken, or nobody knows; send the same letter again.
        """
        ...
