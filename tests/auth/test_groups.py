"""Groups: who is named together, who may change them, and what leads from an account to them."""

import pytest

from dcs.audit import AuditTrail
from dcs.auth import (
    AccountNotFoundError,
    GroupNotFoundError,
    Groups,
    Identity,
    InvalidGroupError,
    NewAccount,
    group_names,
    groups_of,
    members,
)
from dcs.auth.groups import LONGEST_DESCRIPTION
from dcs.core.actor import Actor, ActorKind
from dcs.core.clock import ManualClock
from dcs.core.errors import ForbiddenError
from dcs.core.ids import TenantId, UserId
from dcs.engines.database import Database
from tests.auth.conftest import ADMIN, THEIRS, recorded
from tests.auth.guards import AdminsAlone
from tests.both_databases import ACME, GLOBEX

pytestmark = pytest.mark.anyio


@pytest.fixture
def identity(two_tenants: Identity) -> Identity:
    return two_tenants


@pytest.fixture
def groups(database: Database, clock: ManualClock, trail: AuditTrail) -> Groups:
    return Groups(database, trail, clock, AdminsAlone())


async def add(
    identity: Identity, login: str, *names: str, tenant: TenantId = ACME, **more: ActorKind
) -> UserId:
    new = NewAccount(login, (), names, **more)
    return (await identity.add_account(tenant, new, None)).id


async def test_an_account_begins_in_groups_which_are_there_from_then_on(
    identity: Identity, groups: Groups
) -> None:
    user = await add(identity, "paula", "night-shift", "research", "research")
    account = await identity.account(ACME, user)
    assert account is not None
    assert account.groups == ("night-shift", "research")
    assert [(each.name, each.members) for each in await groups.find(ACME)] == [
        ("night-shift", 1),
        ("research", 1),
    ]
    assert await groups.find(GLOBEX) == []


async def test_a_change_of_membership_counts_at_the_next_request(
    identity: Identity, groups: Groups
) -> None:
    user = await add(identity, "paula")
    token = await identity.renew_token(ACME, user, "laptop")
    await groups.put(ADMIN, "research", "looks into things")
    assert (await groups.add_member(ADMIN, "research", "paula")).members == 1
    assert (await groups.add_member(ADMIN, "research", user)).members == 1  # again, by the id
    assert (await identity.actor_of_token(token)).groups == {"research"}
    assert (await groups.remove_member(ADMIN, "research", "paula")).members == 0
    assert (await identity.actor_of_token(token)).groups == frozenset()


async def test_describing_a_group_keeps_its_members(identity: Identity, groups: Groups) -> None:
    await add(identity, "paula", "research")
    described = await groups.put(ADMIN, "research", "looks into things")
    assert (described.description, described.members) == ("looks into things", 1)
    group, accounts = await groups.show(ACME, "research")
    assert group == described
    assert [each.login for each in accounts] == ["paula"]


async def test_removing_a_group_ends_its_memberships(
    identity: Identity, groups: Groups, database: Database
) -> None:
    user = await add(identity, "paula", "research", "night-shift")
    await groups.remove(ADMIN, "research")
    assert await database.read(ACME, lambda s: groups_of(s, user)) == {"night-shift"}
    assert await database.read(ACME, group_names) == {"night-shift"}
    for gone in (groups.remove(ADMIN, "research"), groups.show(ACME, "research")):
        with pytest.raises(GroupNotFoundError):
            await gone


async def test_members_are_the_persons_that_may_sign_in(
    identity: Identity, database: Database
) -> None:
    from dcs.auth.store import account

    paula = await add(identity, "paula", "research")
    await add(identity, "robot", "research", kind=ActorKind.SERVICE)
    gone = await add(identity, "gone", "research")
    await database.write(ACME, lambda s: s.update(account, account.c.id == gone, disabled=True))
    assert await database.read(ACME, lambda s: members(s, "research")) == [paula]
    assert await database.read(ACME, lambda s: members(s, "nobody")) == []


async def test_groups_of_one_tenant_are_not_there_for_another(
    identity: Identity, groups: Groups, database: Database
) -> None:
    await add(identity, "paula", "research")
    await add(identity, "petra", "research", tenant=GLOBEX)
    await groups.put(THEIRS, "theirs", "")
    with pytest.raises(GroupNotFoundError):
        await groups.show(ACME, "theirs")
    with pytest.raises(AccountNotFoundError):
        await groups.add_member(ADMIN, "research", "petra")
    await groups.remove(THEIRS, "research")
    assert len(await database.read(ACME, lambda s: members(s, "research"))) == 1


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\nb", "-a", "a" * 101, "a\u2028b", "x "])
async def test_a_name_that_cannot_be_used_is_refused(groups: Groups, name: str) -> None:
    with pytest.raises(InvalidGroupError):
        await groups.put(ADMIN, name, "")


async def test_a_description_has_an_end(groups: Groups) -> None:
    with pytest.raises(InvalidGroupError):
        await groups.put(ADMIN, "research", "x" * (LONGEST_DESCRIPTION + 1))


async def test_whoever_may_not_changes_nothing(identity: Identity, groups: Groups) -> None:
    user = await add(identity, "paula", "research")
    paula = Actor(user, ACME, "paula")
    for attempt in (
        groups.put(paula, "mine", ""),
        groups.remove(paula, "research"),
        groups.add_member(paula, "research", "paula"),
        groups.remove_member(paula, "research", "paula"),
    ):
        with pytest.raises(ForbiddenError):
            await attempt
    assert [(each.name, each.members) for each in await groups.find(ACME)] == [("research", 1)]


async def test_each_change_is_on_record_once_and_without_the_description(
    identity: Identity, groups: Groups, trail: AuditTrail
) -> None:
    user = await add(identity, "paula")
    for _ in range(2):  # what changes nothing is no change
        kept = await groups.put(ADMIN, "research", "a secret purpose")
        await groups.add_member(ADMIN, "research", "paula")
    await groups.remove(ADMIN, "research")
    found = await recorded(trail)
    assert [(each.action, dict(each.details)) for each in found] == [
        ("group.add", {}),
        ("group.add_member", {"account": user}),
        ("group.remove", {"members": 1}),
    ]
    assert {each.object_id for each in found} == {kept.id}
    assert "research" not in repr(found)
