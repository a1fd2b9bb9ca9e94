"""E-mail addresses: whose letters go where, and that the record never repeats one."""

import pytest

from dcs.audit import AuditTrail
from dcs.auth import (
    AccountNotFoundError,
    Addresses,
    Identity,
    InvalidEmailError,
    NewAccount,
)
from dcs.core.actor import Actor
from dcs.core.errors import ForbiddenError
from dcs.engines.database import Database
from tests.auth.conftest import ADMIN, THEIRS, recorded
from tests.auth.guards import AdminsAlone
from tests.both_databases import ACME

pytestmark = pytest.mark.anyio

ADDRESS = "paula@example.org"


@pytest.fixture
def addresses(database: Database, trail: AuditTrail) -> Addresses:
    return Addresses(database, trail, AdminsAlone())


@pytest.fixture
async def paula(two_tenants: Identity) -> Actor:
    new = NewAccount("paula", attributes={"clearance": 2})
    return (await two_tenants.add_account(ACME, new, None)).actor()


async def attributes(identity: Identity, actor: Actor) -> dict[str, object]:
    found = await identity.account(actor.tenant, actor.id)
    assert found is not None
    return dict(found.attributes)


async def test_letters_go_where_a_person_says_and_all_else_stays(
    addresses: Addresses, paula: Actor, two_tenants: Identity
) -> None:
    assert await addresses.put(paula, ADDRESS) == ADDRESS
    assert await attributes(two_tenants, paula) == {"clearance": 2, "email": ADDRESS}
    await addresses.put(paula, None)
    assert await attributes(two_tenants, paula) == {"clearance": 2}


async def test_an_admin_sets_it_for_others_and_nobody_else_does(
    addresses: Addresses, paula: Actor, two_tenants: Identity
) -> None:
    await addresses.put(ADMIN, ADDRESS, "paula")
    await addresses.put(paula, ADDRESS, "paula")
    await two_tenants.add_account(ACME, NewAccount("petra"), None)
    with pytest.raises(ForbiddenError):
        await addresses.put(paula, ADDRESS, "petra")
    with pytest.raises(AccountNotFoundError):
        await addresses.put(ADMIN, ADDRESS, "nobody")
    with pytest.raises(AccountNotFoundError):
        await addresses.put(THEIRS, "stranger@example.org", "paula")
    assert (await attributes(two_tenants, paula))["email"] == ADDRESS


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "paula",
        "a@b@c",
        "Paula <paula@example.org>",
        "a@example.org\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "a" * 250 + "@example.org",
    ],
    ids=lambda text: repr(text[:30]),
)
async def test_what_is_not_one_plain_address_is_refused_and_not_repeated(
    addresses: Addresses, paula: Actor, two_tenants: Identity, wrong: str
) -> None:
    with pytest.raises(InvalidEmailError) as refusal:
        await addresses.put(paula, wrong)
    assert wrong == "" or wrong not in str(refusal.value)
    assert await attributes(two_tenants, paula) == {"clearance": 2}


async def test_the_record_says_that_it_changed_and_not_to_what(
    addresses: Addresses, paula: Actor, trail: AuditTrail
) -> None:
    for address in (ADDRESS, ADDRESS, None):  # the second time nothing changes
        await addresses.put(paula, address)
    found = await recorded(trail)
    assert [(each.action, dict(each.details)) for each in found] == [
        ("account.set_email", {"removed": False}),
        ("account.set_email", {"removed": True}),
    ]
    assert "example.org" not in repr(found)
