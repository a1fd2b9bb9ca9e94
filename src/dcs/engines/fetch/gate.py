"""
The only way out: look a name up once, vet every address, connect to exactly those.

A name is never handed to the system a second time. Whoever owns the name could
answer differently then (DNS rebinding), so the connection is opened to an
address that has been vetted, and the name serves the certificate check alone.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address

import anyio
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.tls import TLSStream

from dcs.engines.fetch.addresses import Address, AddressRule
from dcs.engines.fetch.errors import (
    AddressNotAllowedError,
    RemoteUnavailableError,
    RemoteUntrustedError,
)
from dcs.engines.fetch.urls import Target

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Look up a name: all its addresses as text, or OSError."""

Connect = Callable[[Address, int], Awaitable[SocketStream]]
"""Open a connection to an address, or OSError."""

TRIED = 4  # addresses of one name
LOOKUPS = 4  # at once; a name server that never answers holds up no other thread of the program


class SystemResolver:
    """Ask the system, in threads kept for it."""

    def __init__(self, threads: int = LOOKUPS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="dcs-resolve")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses in the order of the system's preference."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(entry[4][0]) for entry in found]


async def connect_to(address: Address, port: int) -> SocketStream:
    """Open a connection to an address; there is no name here to look up."""
    return await anyio.connect_tcp(str(address), port)


@dataclass(frozen=True, slots=True)
class Gate:
    """
    Open TLS connections to vetted addresses.

    Attributes:
        rule: Which addresses are allowed.
        context: How the server has to prove its name.
        seconds: For the lookup, and for each address until TLS stands.
        resolve: Looks names up.
        connect: Opens connections.
    """

    rule: AddressRule
    context: ssl.SSLContext
    seconds: float
    resolve: Resolve
    connect: Connect

    @asynccontextmanager
    async def open(self, target: Target) -> AsyncIterator[TLSStream]:
        """
        Lend a connection and cut it afterwards, without a word that could be waited for.

        Raises:
            AddressNotAllowedError: Any of the name's addresses is not allowed.
            RemoteUntrustedError: The certificate is not the server's.
            RemoteUnavailableError: There is no such name, or nobody answers there.
        """
        stream = await self._first(target, await self.vetted(target))
        try:
            yield stream
        finally:
            await anyio.aclose_forcefully(stream)

    async def vetted(self, target: Target) -> Sequence[Address]:
        """Look the name up; one address that is not allowed condemns them all."""
        addresses = [target.literal] if target.literal is not None else await self._lookup(target)
        if not all(map(self.rule.permits, addresses)):
            raise AddressNotAllowedError(f"{target.host} leads into a network that is not public.")
        return addresses

    async def _lookup(self, target: Target) -> list[Address]:
        try:
            async with asyncio.timeout(self.seconds):
                found = await self.resolve(target.host, target.port)
            addresses = [ip_address(text) for text in dict.fromkeys(found)]
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            raise RemoteUnavailableError(f"The name {target.host} was not found.") from error
        if not addresses:
            raise RemoteUnavailableError(f"The name {target.host} was not found.")
        return addresses

    async def _first(self, target: Target, addresses: Sequence[Address]) -> TLSStream:
        """Return the connection to the first address that answers."""
        failure: Exception | None = None
        for address in addresses[:TRIED]:
            try:
                async with asyncio.timeout(self.seconds):
                    return await self._secured(address, target)
            except ssl.SSLError as error:
                raise RemoteUntrustedError(
                    f"{target.host} could not prove that it is {target.host}."
                ) from error
            except (OSError, anyio.BrokenResourceError, anyio.EndOfStream) as error:
                failure = error
        raise RemoteUnavailableError(f"{target.host} does not answer.") from failure

    async def _secured(self, address: Address, target: Target) -> TLSStream:
        stream = await self.connect(address, target.port)
        try:
            peer = stream.extra(SocketAttribute.remote_address)[0]  # noqa: S610  # not a database
            if ip_address(peer) != address:
                raise OSError("connected to another address than the vetted one")
            return await TLSStream.wrap(
                stream, hostname=target.host, ssl_context=self.context, server_side=False
            )
        except BaseException:
            await anyio.aclose_forcefully(stream)
            raise


def trusting_context(given: ssl.SSLContext | None) -> ssl.SSLContext:
    """
    Return a context that checks certificates and names, by the system's authorities unless *given*.

    A file whose connection is cut has to be told from one that ends, so the end of
    a TLS connection must be signed; where a context ignores that, it no longer does.

    Raises:
        ValueError: The given context does not check what it has to.
    """
    context = given or ssl.create_default_context()
    if context.verify_mode is not ssl.CERT_REQUIRED or not context.check_hostname:
        raise ValueError("a context that does not check certificates and names is of no use here")
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    context.set_alpn_protocols(["http/1.1"])
    return context
