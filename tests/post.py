"""Mail servers on this machine: a real one that remembers its letters, and ones that misbehave."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Post:
    """
    A mail server; it takes every letter unless told otherwise.

    Attributes:
        letters: What it has taken, in order.
        refused: What it answers to a recipient instead of taking it.
        answer: What it answers to the content of a letter.
        encrypted: For each letter, whether it came over TLS.
    """

    letters: list[EmailMessage] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    answer: str = "250 taken"
    encrypted: list[bool] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802  # the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(  # noqa: N802  # the name that aiosmtpd calls
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("2"):
            assert isinstance(envelope.original_content, bytes)
            self.letters.append(message_from_bytes(envelope.original_content, policy=default))
            self.encrypted.append(session.ssl is not None)
            self.recipients.append(list(envelope.rcpt_tos))
        return self.answer

    def texts(self) -> list[str]:
        """Return the plain text of every letter."""
        bodies = [each.get_body(("plain",)) for each in self.letters]
        return [each.get_content().replace("\r\n", "\n") for each in bodies if each is not None]

    def url(self, options: str = "tls=none") -> str:
        """Return the address of the server as a setting names it."""
        return f"smtp://127.0.0.1:{self.port}?{options}"


@asynccontextmanager
async def post(
    *,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
    utf8: bool = False,
) -> AsyncIterator[Post]:
    """Run a mail server for as long as the block lasts."""
    office = Post()

    def authenticate(_server: object, _session: object, _envelope: object, _mechanism: object, data: object) -> AuthResult:  # fmt: skip
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=False)

    def protocol() -> SMTP:
        return SMTP(
            office,
            hostname="mail.example.test",
            enable_SMTPUTF8=utf8,
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=login is not None,
            authenticator=authenticate if login else None,
        )

    async with _listening(protocol, implicit) as office.port:
        yield office


@asynccontextmanager
async def _listening(
    protocol: Callable[[], asyncio.BaseProtocol], context: ssl.SSLContext | None
) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[int]:
    """Run a server that talks as told, for as long as the block lasts; yield its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(ConnectionError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answering(answers: Mapping[str, str | None]) -> Talk:
    """
    Return a server that follows the protocol, but where told otherwise.

    Args:
        answers: What it says to a verb; None hangs up. ``.`` is the end of a letter, and
            the empty word its greeting.
    """
    said: dict[str, str | None] = {
        "": "220 here", "EHLO": "250 here", "HELO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on",
        ".": "250 taken", "RSET": "250 ok", "QUIT": "221 bye", **answers,
    }  # fmt: skip

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb, content = "", False
        while True:
            if not content:
                answer = said[verb]
                if answer is None:
                    return
                writer.write(f"{answer}\r\n".encode())
                await writer.drain()
                content = verb == "DATA" and answer.startswith("354")
            line = (await reader.readline()).decode().strip()
            if content and line != ".":
                continue
            verb, content = (line.split(" ")[0].upper() if line else "QUIT"), False

    return talk


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Take the connection and never say a word."""
    await reader.read()


async def dripping(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin a greeting that never ends."""
    while True:
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.05)
