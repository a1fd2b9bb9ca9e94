"""Finding out who somebody is: credentials that work, end, and tell nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from dcs.audit import AuditTrail
from dcs.auth import (
    AccountExistsError,
    BadCredentialsError,
    Calendar,
    Identity,
    NewAccount,
    SignInPausedError,
    WeakPasswordError,
    from_this_site,
)
from dcs.auth import secrets as auth_secrets
from dcs.auth.service import FREE_TRIES
from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId, UserId
from dcs.engines.database import Database
from dcs.engines.database.sqlite import SqliteDatabase

ACME, GLOBEX = TenantId("acme"), TenantId("globex")
PASSWORD = "correct horse battery"


@pytest.fixture
async def identity(database: Database, clock: ManualClock) -> Identity:
    made = Identity(database, AuditTrail(database, clock), clock, timedelta(hours=12))
    await made.add_tenant(ACME, "Acme", Calendar())
    return made


async def add(identity: Identity, login: str = "paula", tenant: TenantId = ACME) -> UserId:
    new = NewAccount(login, ("producer",), ("night-shift",), {"clearance": 2})
    return (await identity.add_account(tenant, new, PASSWORD)).id


@pytest.mark.anyio
class TestIdentity:
    async def test_a_token_leads_to_its_account(self, identity: Identity) -> None:
        user = await add(identity)
        token = await identity.renew_token(ACME, user, "laptop")
        actor = await identity.actor_of_token(token)
        assert (actor.id, actor.tenant, actor.login) == (user, ACME, "paula")
        assert actor.roles == {"producer"}
        assert actor.groups == {"night-shift"}
        assert actor.attributes == {"clearance": 2}

    async def test_a_renewed_token_ends_the_one_before(self, identity: Identity) -> None:
        user = await add(identity)
        old = await identity.renew_token(ACME, user, "laptop")
        other = await identity.renew_token(ACME, user, "phone")
        await identity.renew_token(ACME, user, "laptop")
        with pytest.raises(BadCredentialsError):
            await identity.actor_of_token(old)
        assert (await identity.actor_of_token(other)).id == user

    async def test_a_token_ends_at_its_time(self, identity: Identity, clock: ManualClock) -> None:
        user = await add(identity)
        token = await identity.renew_token(ACME, user, "laptop", timedelta(hours=1))
        clock.advance(timedelta(minutes=59))
        await identity.actor_of_token(token)
        clock.advance(timedelta(minutes=1))
        with pytest.raises(BadCredentialsError):
            await identity.actor_of_token(token)
        assert await identity.forget_expired() == 1

    async def test_a_session_lasts_until_its_end_or_until_signing_out(
        self, identity: Identity, clock: ManualClock
    ) -> None:
        user = await add(identity)
        secret, actor = await identity.sign_in("paula", PASSWORD)
        assert actor.id == user
        assert (await identity.actor_of_session(secret)).id == user
        other, _ = await identity.sign_in("paula", PASSWORD)
        await identity.sign_out(ACME, secret)
        with pytest.raises(BadCredentialsError):
            await identity.actor_of_session(secret)
        clock.advance(timedelta(hours=12))
        with pytest.raises(BadCredentialsError):
            await identity.actor_of_session(other)

    async def test_a_session_is_no_token_and_a_token_no_session(self, identity: Identity) -> None:
        user = await add(identity)
        secret, _ = await identity.sign_in("paula", PASSWORD)
        token = await identity.renew_token(ACME, user, "laptop")
        with pytest.raises(BadCredentialsError):
            await identity.actor_of_token(secret)
        with pytest.raises(BadCredentialsError):
            await identity.actor_of_session(token)

    async def test_unknown_login_and_wrong_password_look_the_same(self, identity: Identity) -> None:
        await add(identity)
        texts = set()
        for login, password in (
            ("paula", "wrong password!"),
            ("nobody", PASSWORD),
            ("paula", "x" * 5_000),
        ):
            with pytest.raises(BadCredentialsError) as refusal:
                await identity.sign_in(login, password)
            texts.add(str(refusal.value))
        assert len(texts) == 1

    async def test_wrong_passwords_pause_the_account_longer_and_longer(
        self, identity: Identity, clock: ManualClock
    ) -> None:
        await add(identity)
        for _ in range(FREE_TRIES):
            with pytest.raises(BadCredentialsError):
                await identity.sign_in("paula", "wrong password!")
        pauses = []
        for _ in range(3):
            with pytest.raises(SignInPausedError) as paused:
                await identity.sign_in("paula", PASSWORD)
            assert paused.value.retry_after is not None
            pauses.append(paused.value.retry_after)
            clock.advance(timedelta(seconds=paused.value.retry_after))
            with pytest.raises(BadCredentialsError):
                await identity.sign_in("paula", "wrong password!")
        assert pauses == [1, 2, 4]
        clock.advance(timedelta(minutes=15))
        await identity.sign_in("paula", PASSWORD)
        with pytest.raises(BadCredentialsError):
            await identity.sign_in("paula", "wrong password!")
        await identity.sign_in("paula", PASSWORD)

    async def test_a_login_is_taken_once_in_all_tenants(self, identity: Identity) -> None:
        await add(identity)
        await identity.add_tenant(GLOBEX, "Globex", Calendar())
        with pytest.raises(AccountExistsError):
            await add(identity, tenant=GLOBEX)

    async def test_an_account_of_another_tenant_is_not_there(self, identity: Identity) -> None:
        user = await add(identity)
        assert await identity.account(GLOBEX, user) is None
        assert await identity.account_by_login(GLOBEX, "paula") is None
        assert await identity.logins(GLOBEX) == {}

    @pytest.mark.parametrize("password", ["", "short", "x" * 1_025])
    async def test_a_password_that_cannot_be_used_is_refused(
        self, identity: Identity, password: str
    ) -> None:
        with pytest.raises(WeakPasswordError):
            await identity.add_account(ACME, NewAccount("x"), password)

    async def test_a_new_password_replaces_the_old_one(self, identity: Identity) -> None:
        user = await add(identity)
        await identity.set_password(ACME, user, "another good password")
        with pytest.raises(BadCredentialsError):
            await identity.sign_in("paula", PASSWORD)
        await identity.sign_in("paula", "another good password")


@pytest.mark.anyio
async def test_no_credential_is_in_the_database_file(tmp_path: Path) -> None:
    clock = ManualClock()
    database = SqliteDatabase(tmp_path / "dcs.sqlite")
    identity = Identity(database, AuditTrail(database, clock), clock, timedelta(hours=1))
    await identity.add_tenant(ACME, "Acme", Calendar())
    user = await add(identity)
    token = await identity.renew_token(ACME, user, "laptop")
    session, _ = await identity.sign_in("paula", PASSWORD)
    await database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"paula" in stored
    for secret in (token, session, PASSWORD):
        assert secret.encode() not in stored


def test_passwords_are_kept_with_argon2id_at_the_recommended_cost() -> None:
    parameters = auth_secrets._hasher
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost) >= (19 * 1024, 2)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://here", "host": "here"}, False),
        ({"origin": "https://here:8080", "host": "here:8080"}, True),
        ({"origin": "https://evil.example", "host": "here"}, False),
        ({"origin": "null", "host": "here"}, False),
        ({"host": "here"}, False),
    ],
)
def test_only_our_own_pages_count_as_this_site(headers: dict[str, str], ours: bool) -> None:
    assert from_this_site(headers) is ours
