"""
Pass on news: an outbox row in the transaction of the change, read by named consumers.

``tests/engines/test_events.py`` is the contract. Publishing cannot fail apart
from the change itself and cannot happen without it. Each consumer keeps its
own place, so it gets every event at least once and in the order of commits,
however often it or its process is restarted.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from dcs.core.events import Event
from dcs.core.ids import TenantId
from dcs.engines.database import Session

__all__ = ["START", "EventBus", "Handler", "History", "Place"]


Handler = Callable[[Event], Awaitable[None]]
"""What a consumer does with one event; it must tolerate seeing the same id again."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """
    Where an event stands among all others; it is the same for ever, for every process.

    Attributes:
        xid: The transaction that published it; 0 where there is one writer.
        seq: Its number.
    """

    xid: int
    seq: int


START = Place(0, 0)
"""Before every event."""


@dataclass(frozen=True, slots=True)
class History:
    """
    The events of one thing, in order, as far as their order is final.

    Attributes:
        events: Each with its place.
        more: Whether further ones are there already: beyond the limit, or of a
            transaction that an older one, still running, may yet come before.
    """

    events: tuple[tuple[Place, Event], ...]
    more: bool


class EventBus(Protocol):
    """Publish events inside transactions and hand them to consumers."""

    def publish(self, session: Session, event: Event) -> None:
        """Write *event* beside the change it tells of; it is seen only if that commits."""
        ...

    async def deliver(self, consumer: str, handler: Handler, limit: int = 100) -> int:
        """
        Hand the next events to *handler* and move the consumer's place behind them.

        Args:
            consumer: A stable name; a new name begins with the oldest event kept.
            handler: Called once per event, in order. If it raises, the place stays
                before that event and the error goes to the caller.
            limit: The most events of one call.

        Returns:
            How many events were handled; 0 when there is no news.
        """
        ...

    async def follow(self, consumer: str, handler: Handler) -> None:
        """Deliver to *handler* as news comes in, until cancelled."""
        ...

    async def history(
        self, tenant: TenantId, subject: str, after: Place, limit: int = 100
    ) -> History:
        """
        Return what happened to one thing of a tenant behind a place.

        Whoever goes on behind the last place they were given gets every event
        once, also after a restart and beside other processes.
        """
        ...
