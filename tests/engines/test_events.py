"""The contract of the event bus: news with its change, each once or more, in order."""

import asyncio
import threading

import pytest

from dcs.core.clock import ManualClock
from dcs.core.errors import ConflictError
from dcs.core.events import Event
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.engines.events import START, Handler, History, Place
from dcs.engines.events.outbox import OutboxBus

pytestmark = pytest.mark.anyio

ACME, GLOBEX = TenantId("acme"), TenantId("globex")
NOW = ManualClock().now()


def news(number: int, tenant: TenantId = ACME) -> Event:
    return Event("thing.happened", tenant, f"{number}", NOW, {"number": number})


class Seen:
    """A consumer that remembers, and fails where it is told to."""

    def __init__(self, fail_at: str | None = None) -> None:
        self.subjects: list[str] = []
        self.fail_at = fail_at

    async def __call__(self, event: Event) -> None:
        if event.subject == self.fail_at:
            self.fail_at = None
            raise ConflictError("not now")
        self.subjects.append(event.subject)


async def deliver(bus: OutboxBus, consumer: str, handler: Handler, expected: int) -> None:
    """
    Deliver until so many events were handled.

    On PostgreSQL an older transaction, of another database too, may hold news back a moment.
    """
    handled = 0
    async with asyncio.timeout(30):
        while handled < expected:
            handled += await bus.deliver(consumer, handler)
            await asyncio.sleep(0.01)
    assert handled == expected


async def test_news_arrives_whole_and_in_order(database: Database) -> None:
    bus = OutboxBus(database)
    sent = [news(n) for n in range(5)]
    for event in sent:
        await database.write(ACME, lambda s, event=event: bus.publish(s, event))
    received: list[Event] = []

    async def handle(event: Event) -> None:
        received.append(event)

    await deliver(bus, "reader", handle, 5)
    assert received == sent
    assert await bus.deliver("reader", handle) == 0


async def test_news_of_a_change_that_failed_is_never_seen(database: Database) -> None:
    bus = OutboxBus(database)

    def fail(session: Session) -> None:
        bus.publish(session, news(1))
        raise ConflictError("no")

    with pytest.raises(ConflictError):
        await database.write(ACME, fail)
    assert await bus.deliver("reader", Seen()) == 0


async def test_each_consumer_has_its_own_place(database: Database) -> None:
    bus = OutboxBus(database)
    await database.write(ACME, lambda s: bus.publish(s, news(1)))
    first, second = Seen(), Seen()
    await deliver(bus, "first", first, 1)
    await database.write(GLOBEX, lambda s: bus.publish(s, news(2, GLOBEX)))
    await deliver(bus, "first", first, 1)
    await deliver(bus, "second", second, 2)
    assert first.subjects == second.subjects == ["1", "2"]


async def test_a_consumer_that_fails_gets_the_event_again_and_loses_none(
    database: Database,
) -> None:
    bus = OutboxBus(database)
    for number in range(4):
        await database.write(ACME, lambda s, n=number: bus.publish(s, news(n)))
    seen = Seen(fail_at="2")
    with pytest.raises(ConflictError):
        await deliver(bus, "reader", seen, 4)
    assert seen.subjects == ["0", "1"]
    await deliver(OutboxBus(database), "reader", seen, 2)
    assert seen.subjects == ["0", "1", "2", "3"]


async def test_a_slow_transaction_that_took_a_lower_number_is_not_lost(database: Database) -> None:
    """On PostgreSQL a reader that asked for "greater than the last" would miss it for ever."""
    if database.name != "postgresql":
        pytest.skip("SQLite has one writer, so numbers are taken in the order of commits")
    bus = OutboxBus(database)
    took_number, go_on = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        bus.publish(session, news(1))
        took_number.set()
        assert go_on.wait(10)

    late = asyncio.create_task(database.write(ACME, slow))
    await asyncio.to_thread(took_number.wait, 10)
    await database.write(ACME, lambda s: bus.publish(s, news(2)))
    seen = Seen()
    early = await bus.deliver("reader", seen)
    go_on.set()
    await late
    await deliver(bus, "reader", seen, 2 - early)
    assert sorted(seen.subjects) == ["1", "2"]


async def test_a_follower_is_woken_by_news_of_its_own_process(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.name == "sqlite":  # on PostgreSQL an older transaction may hold news back a moment
        monkeypatch.setattr("dcs.engines.events.outbox.ELSEWHERE", 3600)
    bus = OutboxBus(database)
    arrived = asyncio.Event()

    async def handle(_event: Event) -> None:
        arrived.set()

    follower = asyncio.create_task(bus.follow("reader", handle))
    await asyncio.sleep(0.1)  # it has looked once and waits now
    await database.write(ACME, lambda s: bus.publish(s, news(1)))
    async with asyncio.timeout(10):
        while not arrived.is_set():
            await arrived.wait()
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)


async def read_history(
    bus: OutboxBus, subject: str, expected: int, after: Place = START
) -> History:
    """Return the history of a thing once so many events of it are settled."""
    async with asyncio.timeout(30):
        while len((found := await bus.history(ACME, subject, after)).events) < expected:
            await asyncio.sleep(0.01)
    return found


async def test_the_history_of_a_thing_is_its_own_in_order_and_goes_on_anywhere(
    database: Database,
) -> None:
    bus = OutboxBus(database)
    sent = [Event("thing.happened", ACME, "it", NOW, {"number": n}) for n in range(5)]
    for event in sent:
        await database.write(ACME, lambda s, event=event: bus.publish(s, event))
        await database.write(ACME, lambda s: bus.publish(s, news(1)))
        await database.write(GLOBEX, lambda s: bus.publish(s, news(1, GLOBEX)))
    whole = await read_history(bus, "it", 5)
    assert [event for _, event in whole.events] == sent
    assert not whole.more
    places = [place for place, _ in whole.events]
    for heard, place in enumerate(places, 1):
        rest = await OutboxBus(database).history(ACME, "it", place)
        assert rest == History(whole.events[heard:], more=False)
    assert await bus.history(ACME, "it", START, limit=2) == History(whole.events[:2], more=True)
    assert await bus.history(GLOBEX, "it", START) == History((), more=False)


async def test_a_history_waits_for_a_transaction_that_may_come_before(database: Database) -> None:
    """What is held back is not lost, and whoever reads is told that there is more."""
    if database.name != "postgresql":
        pytest.skip("SQLite has one writer, so numbers are taken in the order of commits")
    bus = OutboxBus(database)
    took_number, go_on = threading.Event(), threading.Event()
    slow, quick = (Event("thing.happened", ACME, "it", NOW, {"n": n}) for n in range(2))

    def publish_slowly(session: Session) -> None:
        bus.publish(session, slow)
        took_number.set()
        assert go_on.wait(10)

    late = asyncio.create_task(database.write(ACME, publish_slowly))
    await asyncio.to_thread(took_number.wait, 10)
    await database.write(ACME, lambda s: bus.publish(s, quick))
    assert await bus.history(ACME, "it", START) == History((), more=True)
    go_on.set()
    await late
    assert [event for _, event in (await read_history(bus, "it", 2)).events] == [slow, quick]
