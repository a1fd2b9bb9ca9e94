"""Ask for a group, ask for more time, and nothing for those who have left."""

from datetime import timedelta

import pytest

from dcs.catalog import version_resource
from dcs.core.errors import ForbiddenError
from dcs.policy import Action, DeniedError, GranteeKind, Permits, Resource
from dcs.workflow.access import AccessRequest
from dcs.workflow.access.errors import (
    AccessRequestMovedError,
    AccessRequestPendingError,
    GrantEndedError,
    GrantNotFoundError,
    InvalidAccessRequestError,
    RequesterGoneError,
)
from tests.both_databases import ACME
from tests.workflow.access.conftest import Desk

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


async def reads(desk: Desk, who: str, dataset: str) -> bool:
    found = await desk.catalog.find_active(ACME, dataset)
    assert found is not None
    resource = version_resource(*found)
    return (await desk.permits.decide(desk.people[who], Action.READ, resource)).allow


async def approve(desk: Desk, request: AccessRequest, **less: object) -> None:
    await desk.requests.approve(desk.people["owner"], request.id, **less)  # type: ignore[arg-type]
    await desk.settle()


async def state(desk: Desk, request: AccessRequest) -> str:
    return (await desk.requests.show(desk.people["owner"], request.id)).state.value


async def test_what_is_asked_for_a_group_is_given_to_all_of_it_and_the_owner_sees_that(
    desk: Desk,
) -> None:
    dataset = await desk.dataset()
    request = await desk.ask(dataset, for_group="lab")
    shown = (await desk.requests.show(desk.people["owner"], request.id)).to_json()
    assert (shown["kind"], shown["for_group"]) == ("access", "lab")
    assert not await reads(desk, "lars", dataset)
    await approve(desk, request)
    [grant] = await desk.grants.find(desk.people["lars"], None, 10)
    assert (grant.grantee.kind, grant.grantee.id) == (GranteeKind.GROUP, "lab")
    assert await reads(desk, "rita", dataset)
    assert await reads(desk, "lars", dataset)
    assert "access_granted" in await desk.told("lars")
    assert (await desk.told("rita"))[-1] == "access_granted"


async def test_nobody_asks_for_a_group_they_are_not_of(desk: Desk) -> None:
    with pytest.raises(InvalidAccessRequestError, match="member"):
        await desk.ask(await desk.dataset(), for_group="board")


async def test_a_member_of_the_group_does_not_decide_on_what_it_asks_for(desk: Desk) -> None:
    request = await desk.ask(await desk.dataset(), for_group="lab")
    steward = desk.people["steward"]
    assert not await desk.requests.waits_for(steward, request)
    with pytest.raises(DeniedError) as refused:
        await desk.requests.approve(steward, request.id)
    assert refused.value.extra["codes"] == ["own_request"]
    alone = await desk.ask(await desk.dataset("other"))
    assert await desk.requests.waits_for(steward, alone)


async def test_the_request_of_a_disabled_account_is_not_approved(desk: Desk) -> None:
    dataset = await desk.dataset()
    request = await desk.ask(dataset)
    await desk.change("rita", disabled=True)
    with pytest.raises(RequesterGoneError, match="disabled"):
        await approve(desk, request)
    assert await state(desk, request) == "open"
    await desk.requests.deny(desk.people["owner"], request.id, "has left us")
    assert await state(desk, request) == "denied"


async def test_an_account_disabled_after_the_approval_is_granted_nothing(desk: Desk) -> None:
    request = await desk.ask(await desk.dataset())
    await desk.requests.approve(desk.people["owner"], request.id)
    await desk.change("rita", disabled=True)
    await desk.settle()
    ended = await desk.requests.show(desk.people["owner"], request.id)
    assert (ended.state.value, ended.reason) == ("denied", "The account that asked is disabled.")
    assert await desk.grants.find(desk.people["owner"], None, 10) == []


async def test_whoever_left_the_group_gets_nothing_for_it(desk: Desk) -> None:
    request = await desk.ask(await desk.dataset(), for_group="lab")
    await desk.leave("rita", "lab")
    with pytest.raises(RequesterGoneError, match="no longer of the group"):
        await approve(desk, request)


async def test_more_time_is_asked_for_by_whoever_has_the_grant_and_given_once(desk: Desk) -> None:
    dataset = await desk.dataset()
    grant = await desk.give(dataset, days=30)
    rita, owner = desk.people["rita"], desk.people["owner"]
    request = await desk.extensions.ask(rita, grant.id, 60, "the study goes on")
    shown = (await desk.requests.show(owner, request.id)).to_json()
    assert (shown["kind"], shown["grant"], shown["days"]) == ("extension", grant.id, 60)
    assert await desk.told("owner") == ["access_requested"]
    with pytest.raises(AccessRequestPendingError):
        await desk.extensions.ask(rita, grant.id, 10, "the study goes on")
    await approve(desk, request, days=40)
    longer = await desk.grant(grant.id)
    assert longer.expires_at == grant.expires_at + 40 * DAY
    assert await state(desk, request) == "granted"
    with pytest.raises(AccessRequestMovedError):
        await approve(desk, request)
    assert await desk.recorded("grant.extended") == 1
    assert (await desk.told("rita"))[-1] == "grant_extended"
    desk.clock.advance(69 * DAY)
    await desk.settle()
    assert await reads(desk, "rita", dataset)
    desk.clock.advance(DAY)
    assert not await reads(desk, "rita", dataset)


async def test_the_job_that_extends_does_so_once_however_often_it_runs(desk: Desk) -> None:
    grant = await desk.give(await desk.dataset())
    request = await desk.extensions.ask(desk.people["rita"], grant.id, 10, "the study goes on")
    await desk.requests.approve(desk.people["owner"], request.id)
    [taken] = [each for each in await desk.jobs._take(9) if each.job.kind == "access.grant"]
    for finish in [await desk.grants.write(taken.job) for _ in range(2)]:
        await desk.database.write(ACME, finish)
    assert (await desk.grant(grant.id)).expires_at == grant.expires_at + 10 * DAY


async def test_an_extension_that_was_approved_too_late_gives_nothing(desk: Desk) -> None:
    dataset = await desk.dataset()
    grant = await desk.give(dataset, days=1)
    request = await desk.extensions.ask(desk.people["rita"], grant.id, 10, "the study goes on")
    await desk.requests.approve(desk.people["owner"], request.id)
    desk.clock.advance(DAY)
    await desk.settle()
    ended = await desk.requests.show(desk.people["owner"], request.id)
    assert (ended.state.value, "had ended" in (ended.reason or "")) == ("denied", True)
    assert not await reads(desk, "rita", dataset)


async def test_more_time_is_refused_where_it_makes_no_sense(desk: Desk) -> None:
    grant = await desk.give(await desk.dataset())
    rita, owner = desk.people["rita"], desk.people["owner"]
    with pytest.raises(InvalidAccessRequestError):
        await desk.extensions.ask(rita, grant.id, 10, " ")
    for days in (0, 340):
        with pytest.raises(InvalidAccessRequestError, match="a year"):
            await desk.extensions.ask(rita, grant.id, days, "the study goes on")
    with pytest.raises(ForbiddenError):
        await desk.extensions.ask(owner, grant.id, 10, "because I can")
    for who in ("lars", "stranger"):
        with pytest.raises(GrantNotFoundError):
            await desk.extensions.ask(desk.people[who], grant.id, 10, "because I can")
    request = await desk.extensions.ask(rita, grant.id, 10, "the study goes on")
    with pytest.raises(InvalidAccessRequestError, match="not the columns"):
        await approve(desk, request, columns=("id",))
    await desk.requests.withdraw(rita, request.id)
    await desk.grants.revoke(owner, grant.id, "no more of it")
    with pytest.raises(GrantEndedError):
        await desk.extensions.ask(rita, grant.id, 10, "the study goes on")


async def test_a_member_asks_for_more_time_of_the_groups_grant(desk: Desk) -> None:
    dataset = await desk.dataset()
    grant = await desk.give(dataset, "lab", days=10)
    request = await desk.extensions.ask(desk.people["lars"], grant.id, 10, "the study goes on")
    assert request.for_group == "lab"
    with pytest.raises(DeniedError):
        await desk.requests.approve(desk.people["steward"], request.id)
    await approve(desk, request)
    assert (await desk.grant(grant.id)).expires_at == grant.expires_at + 10 * DAY


class Counted:
    """Count the decisions about grants that a list asks for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str | None] = []
        decide = Permits.decide

        async def counting(
            permits: Permits, actor: object, action: Action, resource: Resource
        ) -> object:
            if action is Action.SEE_GRANTS:
                self.asked.append(resource.dataset)
            return await decide(permits, actor, action, resource)  # type: ignore[arg-type]

        monkeypatch.setattr(Permits, "decide", counting)


@pytest.mark.parametrize("who", ["owner", "auditor"])
async def test_a_list_of_grants_asks_policy_once_a_dataset(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    datasets = [await desk.dataset(name) for name in ("one", "two")]
    for dataset in datasets:
        for to in ("rita", "lars", "lab", "rita"):
            await desk.give(dataset, to)
        await desk.ask(dataset)
    counted = Counted(monkeypatch)
    found = await desk.grants.find(desk.people[who], None, 100)
    assert len(found) == 8
    assert sorted(map(str, counted.asked)) == sorted(datasets)
    assert len(await desk.requests.find(desk.people[who], None, 100)) == 2
    assert len(counted.asked) == 4


async def test_a_list_shows_everybody_their_own_and_not_what_others_have(desk: Desk) -> None:
    dataset = await desk.dataset()
    mine = [await desk.give(dataset, "rita"), await desk.give(dataset, "lab")]
    await desk.give(dataset, "lars")
    found = await desk.grants.find(desk.people["rita"], None, 100)
    assert [each.id for each in found] == [each.id for each in mine[::-1]]
    assert await desk.grants.find(desk.people["stranger"], None, 100) == []
