"""A fetcher that speaks HTTP/1.1 over TLS to servers of the public internet."""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from dcs.engines.fetch import Remote
from dcs.engines.fetch.addresses import AddressRule
from dcs.engines.fetch.answers import Head, Wanted, read
from dcs.engines.fetch.errors import TooManyRedirectsError
from dcs.engines.fetch.exchange import Exchange, Waits, too_large
from dcs.engines.fetch.gate import (
    Connect,
    Gate,
    Resolve,
    SystemResolver,
    connect_to,
    trusting_context,
)
from dcs.engines.fetch.names import file_name
from dcs.engines.fetch.urls import HTTPS, Target, parse

REDIRECTED = 5  # times at most


class HttpsFetcher:
    """
    Fetch over https, and over nothing else.

    Every redirect is read, looked up and vetted like a new address, on a
    connection of its own, and carries nothing but the range that is asked for.
    """

    def __init__(
        self,
        *,
        max_bytes: int,
        rule: AddressRule | None = None,
        ports: frozenset[int] = frozenset({HTTPS}),
        waits: Waits | None = None,
        context: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
        connect: Connect = connect_to,
    ) -> None:
        """
        Prepare; nothing is connected yet.

        Args:
            max_bytes: Size of the largest file.
            rule: Changes to what counts as public.
            ports: Ports that may be named.
            waits: How long to wait.
            context: Whom to trust instead of the system's authorities; it is
                tightened in place where it is laxer than it has to be.
            resolve: Looks up names instead of the system.
            connect: Opens connections instead of the system.
        """
        self._most = max_bytes
        self._ports = ports
        self._waits = waits or Waits()
        self._gate = Gate(
            rule or AddressRule(),
            trusting_context(context),
            self._waits.connect,
            resolve or SystemResolver(),
            connect,
        )

    @asynccontextmanager
    async def open(
        self, url: str, *, offset: int = 0, validator: str | None = None
    ) -> AsyncIterator[Remote]:
        """Follow the redirects and lend the file's bytes."""
        wanted = Wanted(offset, validator)
        named = target = parse(url, self._ports)
        for _ in range(REDIRECTED + 1):
            async with self._gate.open(target) as stream:
                exchange = Exchange(stream, target, self._waits)
                head = await exchange.ask(wanted.fields)
                location = head.location()
                if location is None:
                    remote, chunks = self._begin(named, target, head, exchange, wanted)
                    async with aclosing(chunks):
                        yield remote
                    return
            target = target.follow(location, self._ports)
        raise TooManyRedirectsError(f"{named.host} pointed elsewhere more than {REDIRECTED} times.")

    def _begin(
        self, named: Target, target: Target, head: Head, exchange: Exchange, wanted: Wanted
    ) -> tuple[Remote, AsyncGenerator[bytes]]:
        content = read(head, wanted)
        if content.size is not None and content.size > self._most:
            raise too_large(self._most)
        chunks = (
            _nothing() if content.empty else exchange.body(content.offset, content.size, self._most)
        )
        filename = file_name(head.raw(b"content-disposition"), target.path)
        return (
            Remote(named.host, filename, content.size, content.offset, content.validator, chunks),
            chunks,
        )


async def _nothing() -> AsyncGenerator[bytes]:
    return
    yield b""
