"""The record proves itself: whatever is done to it afterwards shows."""

import asyncio
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url, text

from dcs.audit import GENESIS, AuditEvent, AuditTrail, link_hash, verify_chain
from dcs.audit.service import PAGE
from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session

ACME, GLOBEX = TenantId("acme"), TenantId("globex")

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def event(details: dict[str, object] | None = None) -> AuditEvent:
    return AuditEvent(
        ACME,
        1,
        "id",
        ManualClock().now(),
        "u1",
        "read",
        "version",
        "v1",
        "allowed",
        ("a",),
        details or {},
    )


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_the_hash_is_the_same_after_a_trip_through_json(details: dict[str, object]) -> None:
    again = json.loads(json.dumps(details))
    assert link_hash(event(details)) == link_hash(event(again))


@pytest.mark.parametrize(
    "change",
    [
        {"tenant": GLOBEX},
        {"sequence": 2},
        {"id": "other"},
        {"actor": None},
        {"action": "write"},
        {"object_kind": "dataset"},
        {"object_id": "v2"},
        {"outcome": "denied"},
        {"reasons": ("b",)},
        {"details": {"x": 1}},
        {"previous": "0" * 64},
        {"at": ManualClock().now().replace(year=2025)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_is_part_of_the_hash(change: dict[str, object]) -> None:
    assert link_hash(event()) != link_hash(replace(event(), **change))


def test_an_empty_chain_ends_where_it_begins() -> None:
    assert verify_chain([]) == (0, GENESIS)


@pytest.mark.anyio
class TestTrail:
    async def fill(self, database: Database, count: int = 5, tenant: TenantId = ACME) -> AuditTrail:
        trail = AuditTrail(database, ManualClock())
        for number in range(count):
            await database.write(tenant, lambda s, n=number: self.add(trail, s, n))
        return trail

    def add(self, trail: AuditTrail, session: Session, number: int) -> AuditEvent:
        return trail.record(
            session,
            actor="u1",
            action="read",
            object_kind="version",
            object_id=f"v{number}",
            outcome="allowed",
            reasons=["grüße", "role:analyst"],
            details={"rows": number, "nested": {"b": [1, None], "a": True}},
        )

    async def test_a_whole_record_is_proven(self, database: Database) -> None:
        trail = await self.fill(database)
        proof = await trail.verify(ACME)
        assert (proof.events, proof.verified, proof.broken_at) == (5, True, None)

    async def test_many_at_once_stay_in_one_unbroken_order(self, database: Database) -> None:
        trail = AuditTrail(database, ManualClock())
        await asyncio.gather(
            *(database.write(ACME, lambda s, n=n: self.add(trail, s, n)) for n in range(60))
        )
        proof = await trail.verify(ACME)
        assert (proof.events, proof.verified) == (60, True)

    async def test_each_tenant_has_a_chain_of_its_own(self, database: Database) -> None:
        trail = await self.fill(database)
        await self.fill(database, 2, GLOBEX)
        assert (await trail.verify(GLOBEX)).events == 2
        assert {each.tenant for each in await trail.newest(GLOBEX)} == {GLOBEX}

    async def test_a_change_that_fails_leaves_no_event(self, database: Database) -> None:
        trail = await self.fill(database, 1)

        def fail(session: Session) -> None:
            self.add(trail, session, 9)
            raise ValueError

        with pytest.raises(ValueError):
            await database.write(ACME, fail)
        assert (await trail.verify(ACME)).events == 1

    async def test_a_long_record_is_followed_page_by_page(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert PAGE >= 1_000
        monkeypatch.setattr("dcs.audit.service.PAGE", 2)
        trail = await self.fill(database, 7)
        assert (await trail.verify(ACME)).events == 7

    @pytest.mark.parametrize(
        ("tampering", "broken_at"),
        [
            ("UPDATE audit_event SET action = 'write' WHERE sequence = 3", 3),
            ("DELETE FROM audit_event WHERE sequence = 2", 2),
            ("DELETE FROM audit_event WHERE sequence = 5", 5),
            ("DELETE FROM audit_event", 1),
            ("UPDATE audit_event SET sequence = 12 - sequence WHERE sequence IN (2, 3)", 2),
            ("UPDATE audit_head SET hash = '0'", 5),
            ("UPDATE audit_event SET tenant = 'globex' WHERE sequence = 4", 4),
        ],
        ids=["edit", "drop", "cut the end", "wipe", "swap", "head", "move"],
    )
    async def test_whatever_is_done_to_the_rows_shows(
        self, database: Database, tampering: str, broken_at: int, request: pytest.FixtureRequest
    ) -> None:
        trail = await self.fill(database)
        if database.name == "sqlite":
            engine = create_engine(f"sqlite:///{database._writer_engine.url.database}")
            prepare = ["DROP TRIGGER audit_event_no_update", "DROP TRIGGER audit_event_no_delete"]
        else:
            address = make_url(request.getfixturevalue("postgres")["owner"])
            engine = create_engine(address.set(drivername="postgresql+psycopg"))
            prepare = [
                "ALTER TABLE audit_event NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE audit_head NO FORCE ROW LEVEL SECURITY",
            ]
        try:
            with engine.begin() as connection:
                for statement in [*prepare, tampering]:
                    connection.execute(text(statement))
            proof = await trail.verify(ACME)
            assert (proof.verified, proof.broken_at) == (False, broken_at)
        finally:
            if database.name == "postgresql":
                with engine.begin() as connection:
                    for statement in prepare:
                        connection.execute(text(statement.replace("NO FORCE", "FORCE")))
            engine.dispose()

    @pytest.mark.parametrize(
        "statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"]
    )
    async def test_sqlite_itself_refuses_to_change_the_record(
        self, database: Database, statement: str
    ) -> None:
        if database.name != "sqlite":
            pytest.skip("PostgreSQL refuses by its grants; see the database's contract")
        await self.fill(database, 1)
        engine = create_engine(f"sqlite:///{database._writer_engine.url.database}")
        with engine.connect() as connection, pytest.raises(Exception, match="append-only"):
            connection.execute(text(statement))
        engine.dispose()
