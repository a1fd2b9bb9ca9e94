"""
Keep rows: one port, SQLite for one machine and PostgreSQL for many.

``tests/engines/test_database.py`` is the contract. A unit of work is a plain
function that receives a `Session`; ``decisions/0002`` says why it is not an
``async with`` block.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from dcs.engines.database.session import (
    PLATFORM,
    DuplicateRowError,
    Platform,
    Scope,
    ScopeError,
    Session,
)
from dcs.engines.database.tables import Document, Id, Instant, belongs_to, metadata, tenant_table

T = TypeVar("T")

__all__ = [
    "PLATFORM",
    "Database",
    "Document",
    "DuplicateRowError",
    "Id",
    "Instant",
    "Platform",
    "Scope",
    "ScopeError",
    "Session",
    "belongs_to",
    "metadata",
    "tenant_table",
]


class Database(Protocol):
    """Run units of work, each in one transaction and inside one tenant."""

    name: str

    async def write(self, scope: Scope, work: Callable[[Session], T]) -> T:
        """
        Run *work* in a transaction and commit it.

        When this returns, what *work* wrote survives a power failure. When it
        raises, nothing of it was kept. *work* runs in a thread of the database
        and must not wait for anything but its session; on PostgreSQL it may be
        run again if two transactions collided, so it must have no other effect.

        Args:
            scope: The tenant, or `PLATFORM` for the machinery itself.
            work: The unit of work.

        Returns:
            What *work* returned.

        Raises:
            UnavailableError: The database did not answer or could not keep the
                data. Nothing was committed, unless the connection broke during
                the commit itself; callers retry with the same ids.
        """
        ...

    async def read(self, scope: Scope, work: Callable[[Session], T]) -> T:
        """Run *work* on one consistent view of the data. It cannot write, and never waits for a writer."""
        ...

    async def check(self) -> None:
        """Raise UnavailableError unless the database answers a query."""
        ...

    async def close(self) -> None:
        """Finish running work, then let go of every connection and lock."""
        ...
