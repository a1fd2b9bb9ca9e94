"""Quarantine: who sees it, who lets a file go, and what nobody can read meanwhile."""

import gzip

import pytest

from dcs.catalog import store as catalog
from dcs.core.ids import TenantId, VersionId
from dcs.engines.objects import ObjectNotFoundError
from tests.api.conftest import Api, Json
from tests.malware import EICAR

pytestmark = pytest.mark.anyio

INFECTED = b"id,note\n1," + EICAR + b"\n"
ACME = TenantId("acme")


async def hold(api: Api, content: bytes = INFECTED, filename: str = "d.csv") -> Json:
    """Send a file that ends in quarantine."""
    sent = await api.send(content, filename=filename)
    assert sent.status_code == 202, sent.text
    await api.settle()
    version: Json = (await api.get("producer", f"/api/v1/versions/{sent.json()['id']}")).json()
    assert version["status"] == "quarantined", version
    return version


async def decide(
    api: Api, version: Json, way: str, who: str = "admin", reason: str = "looked at it"
) -> int:
    path = f"/api/v1/quarantine/{version['id']}/{way}"
    return (await api.call(who, "POST", path, json={"reason": reason})).status_code


async def test_the_list_says_what_was_found_and_with_which_rules(api: Api) -> None:
    await hold(api)
    [found] = (await api.get("admin", "/api/v1/quarantine")).json()["items"]
    assert (found["malware"], found["threat"], found["reason"]) == (
        "infected",
        "EICAR_Test_File",
        "MALWARE",
    )
    assert found["dataset_name"] == "d"
    assert found["scanned_with"].startswith("yara")


async def test_a_hostile_structure_is_named_although_no_malware_was_found(api: Api) -> None:
    nested = gzip.compress(gzip.compress(b"a,b\n1,2\n"))
    found = await hold(api, nested, "d.csv.gz")
    assert found["problems"][0]["severity"] == "hostile"
    assert found["problems"][0]["code"] == "nested_archive"


@pytest.mark.parametrize("who", ["producer", "consumer", "analyst", "globex-admin"])
async def test_the_list_is_empty_for_everybody_else(api: Api, who: str) -> None:
    await hold(api)
    assert (await api.get(who, "/api/v1/quarantine")).json()["items"] == []


async def test_a_released_file_goes_on_and_is_read_like_any_other(api: Api) -> None:
    version = await hold(api)
    assert await decide(api, version, "release") == 202
    await api.settle()
    await api.approve(version["id"], "steward", "steward2")
    found = (await api.get("admin", f"/api/v1/versions/{version['id']}")).json()
    assert found["status"] == "active"
    assert found["released_at"] is not None
    rows = await api.get("analyst", "/api/v1/datasets/d/versions/1/data?limit=10")
    assert rows.status_code == 200
    actions = [
        each["action"] for each in (await api.get("auditor", "/api/v1/audit")).json()["items"]
    ]
    assert "quarantine.release" in actions


async def test_who_sent_a_file_or_has_no_such_role_cannot_release_it(api: Api) -> None:
    version = await hold(api)
    assert await decide(api, version, "release", "producer") == 403
    assert await decide(api, version, "release", "steward") == 403
    assert await decide(api, version, "release", "globex-admin") == 404


async def test_releasing_needs_a_reason(api: Api) -> None:
    version = await hold(api)
    assert await decide(api, version, "release", reason="  ") == 422
    found = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert found["status"] == "quarantined"


@pytest.mark.parametrize("channel", ["preview", "data", "data?limit=5"])
@pytest.mark.parametrize("who", ["producer", "steward", "analyst", "admin"])
async def test_nobody_reads_what_is_in_quarantine(api: Api, who: str, channel: str) -> None:
    await hold(api)
    answer = await api.get(who, f"/api/v1/datasets/d/versions/1/{channel}")
    assert answer.status_code in {403, 404, 409}


async def test_a_discarded_file_is_gone_and_can_be_sent_again(api: Api) -> None:
    version = await hold(api)
    assert await decide(api, version, "discard") == 200
    found = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert (found["status"], found["reason"]) == ("cancelled", "DISCARDED")
    with pytest.raises(ObjectNotFoundError):
        await anext(api.studio.objects.stream(ACME, version["sha256"]))
    again = (await api.send(INFECTED)).json()
    assert again["id"] != version["id"]
    await api.settle()


async def test_a_discarded_file_that_another_version_has_keeps_its_bytes(api: Api) -> None:
    version = await hold(api)
    await api.send(INFECTED, dataset="other")
    assert await decide(api, version, "discard") == 200
    chunks = [chunk async for chunk in api.studio.objects.stream(ACME, version["sha256"])]
    assert b"".join(chunks) == INFECTED


async def test_deciding_twice_is_a_conflict(api: Api) -> None:
    version = await hold(api)
    assert await decide(api, version, "discard") == 200
    assert await decide(api, version, "release") == 409
    assert await decide(api, version, "discard") == 409


async def test_newer_rules_find_what_older_ones_did_not_and_nobody_reads_it_any_more(
    api: Api,
) -> None:
    version = await api.activate("id,name\n1,ann\n2,bob\n")
    # As if an infected file had passed rules that did not know it yet.
    content = INFECTED
    async with api.studio.objects.stage(ACME) as staging:
        await staging.write(content)
        stored = await api.studio.objects.publish(await staging.seal())
    await api.studio.database.write(
        ACME,
        lambda s: catalog.change_version(
            s, VersionId(version["id"]), sha256=stored.sha256, scanned_with="older rules"
        ),
    )
    assert await api.studio.quarantine.plan_rescans(ACME) == 1
    assert await api.studio.quarantine.plan_rescans(ACME) == 0  # planned already
    await api.settle()
    found = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert (found["status"], found["malware"]) == ("quarantined", "infected")
    denied = await api.get("analyst", "/api/v1/datasets/d/versions/1/data?limit=5")
    assert denied.status_code in {403, 404}
    assert await decide(api, version, "discard") == 409  # people have read it
    assert await decide(api, version, "release") == 202
    rows = await api.get("analyst", "/api/v1/datasets/d/versions/1/data?limit=5")
    assert rows.status_code == 200
    assert await api.studio.quarantine.plan_rescans(ACME) == 0


async def test_a_version_scanned_with_todays_rules_is_not_scanned_again(api: Api) -> None:
    await api.activate("id,name\n1,ann\n2,bob\n")
    assert await api.studio.quarantine.plan_rescans(ACME) == 0


async def test_a_scanner_that_is_away_takes_nothing_from_those_who_read(api: Api) -> None:
    version = await api.activate("id,name\n1,ann\n2,bob\n")
    await api.studio.database.write(
        ACME,
        lambda s: catalog.change_version(s, VersionId(version["id"]), scanned_with="older rules"),
    )
    assert await api.studio.quarantine.plan_rescans(ACME) == 1
    object.__setattr__(api.studio.quarantine.inspector, "scanner", "clamd:///nowhere/clamd.sock")
    await api.settle()
    found = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert (found["status"], found["malware"]) == ("active", "clean")
    rows = await api.get("analyst", "/api/v1/datasets/d/versions/1/data?limit=5")
    assert rows.status_code == 200


async def test_a_release_does_not_cover_what_newer_rules_find(api: Api) -> None:
    version = await api.activate("id,name\n1,ann\n2,bob\n")
    async with api.studio.objects.stage(ACME) as staging:
        await staging.write(INFECTED)
        stored = await api.studio.objects.publish(await staging.seal())
    await api.studio.database.write(
        ACME,
        lambda s: catalog.change_version(
            s,
            VersionId(version["id"]),
            sha256=stored.sha256,
            scanned_with="older rules",
            threat="Something_Else",
            released_by="somebody",
        ),
    )
    assert await api.studio.quarantine.plan_rescans(ACME) == 1
    await api.settle()
    found = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert (found["status"], found["released_at"]) == ("quarantined", None)
    for who in ("producer", "steward"):  # they may preview what is not active, but not this
        preview = await api.get(who, "/api/v1/datasets/d/versions/1/preview")
        assert preview.status_code == 403, who
        assert "malware_not_ruled_out" in preview.json()["codes"], who
