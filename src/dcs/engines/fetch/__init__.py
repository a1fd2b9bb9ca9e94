"""
Fetch a file from an address that a user names, without being led anywhere else.

``tests/engines/test_fetch.py`` is the contract. The address is hostile input:
so is its name server, the server behind it and every byte that comes back. No
message carries the whole address, whose query may hold a secret; the host alone
is named.

A fetch is one connection. `dcs.engines.fetch.resuming` wraps any `Fetcher` into
one that goes on where a connection broke off.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from dcs.engines.fetch.errors import (
    AddressNotAllowedError,
    ContentChangedError,
    RemoteAnswerError,
    RemoteRefusedError,
    RemoteUnavailableError,
    RemoteUntrustedError,
    TooManyRedirectsError,
    UrlNotAllowedError,
)

__all__ = [
    "AddressNotAllowedError",
    "ContentChangedError",
    "Fetcher",
    "Remote",
    "RemoteAnswerError",
    "RemoteRefusedError",
    "RemoteUnavailableError",
    "RemoteUntrustedError",
    "TooManyRedirectsError",
    "UrlNotAllowedError",
]


@dataclass(frozen=True, slots=True)
class Remote:
    """
    A file on its way in.

    Attributes:
        url_host: The host the user named, in its ASCII form; for people.
        filename: The name the server gives the file, or the last part of its
            path. As it came: it may hold slashes, dots and control characters.
        size: Bytes of the whole file, if the server says.
        offset: Where these bytes begin. 0 if the server would not resume.
        validator: What to hand to a later `Fetcher.open` to go on with the same
            content: a strong ETag or else a Last-Modified date. None if the server
            gives neither, and then nothing can be resumed.
        chunks: The bytes in order, read once. They end normally only when the
            file is complete.
    """

    url_host: str
    filename: str | None
    size: int | None
    offset: int
    validator: str | None
    chunks: AsyncIterator[bytes]


class Fetcher(Protocol):
    """Fetch files of other people's servers."""

    def open(
        self, url: str, *, offset: int = 0, validator: str | None = None
    ) -> AbstractAsyncContextManager[Remote]:
        """
        Ask for a file and lend its bytes for as long as the block lasts.

        Args:
            url: What the user typed.
            offset: Where to begin, in bytes. Without *validator* there is no
                telling whether the content is the same, so it begins at 0.
            validator: The `Remote.validator` of the earlier fetch.

        Raises:
            UrlNotAllowedError: The address has a form that is not fetched.
            AddressNotAllowedError: The name leads into a network that is not public.
            TooManyRedirectsError: The server sends its visitors round and round.
            RemoteUntrustedError: The server could not prove that it is the one named.
            RemoteRefusedError: The server answered that it will not give the file.
            RemoteAnswerError: The answer breaks the rules or has a form that is not read.
            RemoteUnavailableError: No answer, or it broke off; also while reading chunks.
            ContentChangedError: The server sent a part of other content than before.
            FileTooLargeError: The file is larger than allowed; also while reading chunks.
        """
        ...
