"""
Hand letters to an SMTP server, in a thread, with an end to every wait.

One connection a letter. Whatever the server says about itself, its greeting,
its certificate, our password, is a matter of the operator and passes: the
letter is tried again. Only what it says about this recipient or this content
is final.
"""

import asyncio
import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from dcs.core.clock import Clock
from dcs.engines.mail import Letter, MailRefusedError, MailUnavailableError
from dcs.engines.mail.server import MailServer

NAME = "Data Collaboration Studio"
PERMANENT = 500  # and above (RFC 5321, section 4.2.1)
READY = 220
LONGEST = 6  # timeouts that a whole conversation may take: a server may also drip


class SmtpMail:
    """Send letters over SMTP."""

    leaves = True

    def __init__(self, server: MailServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._trust = server.trust()

    async def send(self, letter: Letter) -> None:
        """Hand over a letter; the server has taken it when this returns."""
        client = _client(self._server, self._trust)
        try:
            async with asyncio.timeout(self._server.timeout * LONGEST):
                await asyncio.to_thread(self._converse, client, letter)
        except TimeoutError as error:
            raise MailUnavailableError("The mail server took too long.") from error
        finally:
            _cut(client)  # a thread that still waits for the server ends with it

    def _converse(self, client: smtplib.SMTP, letter: Letter) -> None:
        try:
            _enter(client, self._server, self._trust)
            _hand_over(client, self._message(letter), self._server.sender, letter.to)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise MailUnavailableError("The mail server did not take the letter.") from error
        finally:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()  # what was taken stays taken, however the goodbye goes
            client.close()

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        domain = self._server.sender.rpartition("@")[2]
        message["From"] = f"{NAME} <{self._server.sender}>"
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{letter.message_id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday note comes back
        message.set_content(letter.text)
        if letter.html is not None:
            message.add_alternative(letter.html, subtype="html")
        return message


def _client(server: MailServer, trust: ssl.SSLContext) -> smtplib.SMTP:
    """Return a client that is not connected yet, so that it can be cut off while it connects."""
    name = server.sender.rpartition("@")[2]  # or the library asks a name server who we are
    client: smtplib.SMTP
    if server.tls == "implicit":
        client = smtplib.SMTP_SSL(local_hostname=name, timeout=server.timeout, context=trust)
    else:
        client = smtplib.SMTP(local_hostname=name, timeout=server.timeout)
    # The library checks certificates against this, and sets it only where it connects at once.
    client._host = server.host  # type: ignore[attr-defined]
    return client


def _enter(client: smtplib.SMTP, server: MailServer, trust: ssl.SSLContext) -> None:
    code, answer = client.connect(server.host, server.port)
    if code != READY:
        raise smtplib.SMTPConnectError(code, answer)
    if server.tls == "starttls":
        client.starttls(context=trust)
    if server.user is not None and server.password is not None:
        client.login(server.user, server.password)


def _hand_over(client: smtplib.SMTP, message: EmailMessage, sender: str, to: str) -> None:
    try:
        client.send_message(message, sender, [to])
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        _refuse_if_final(code, error)
        raise
    except smtplib.SMTPDataError as error:
        _refuse_if_final(error.smtp_code, error)
        raise
    except smtplib.SMTPNotSupportedError as error:
        raise MailRefusedError("The mail server takes no address of this form.") from error


def _refuse_if_final(code: int, error: smtplib.SMTPException) -> None:
    if code >= PERMANENT:
        raise MailRefusedError(f"The mail server refused the letter for good ({code}).") from error


def _cut(client: smtplib.SMTP) -> None:
    connection = client.sock
    if connection is not None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
