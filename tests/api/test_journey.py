"""The journey through the API: each stage, each refusal, each reader."""

import hashlib
import io

import pyarrow.ipc as pa_ipc
import pyarrow.parquet as pq
import pytest

from tests.api.conftest import Api
from tests.malware import EICAR

pytestmark = pytest.mark.anyio

CLEAN = "id,amount\n" + "".join(f"{n},{n % 7}\n" for n in range(1, 101))
PERSONAL = "id,email\n" + "".join(f"{n},person{n}@example.org\n" for n in range(1, 31))


async def test_a_clean_file_becomes_active_after_one_approval(api: Api) -> None:
    answer = await api.send(CLEAN)
    version = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"].endswith("/versions/1")
    assert (version["status"], version["stage"], version["progress"]) == (
        "inspecting",
        "INITIALIZING",
        0,
    )
    assert version["sha256"] == hashlib.sha256(CLEAN.encode()).hexdigest()
    await api.settle()
    waiting = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert (waiting["status"], waiting["progress"], waiting["rows"]) == (
        "awaiting_approval",
        50,
        100,
    )
    [answer] = await api.approve(version["id"], "steward")
    assert answer.status_code == 201
    active = (await api.get("consumer", f"/api/v1/versions/{version['id']}")).json()
    assert (active["status"], active["progress"], active["malware"]) == ("active", 100, "clean")
    assert active["activated_at"] is not None
    dataset = (await api.get("consumer", "/api/v1/datasets/d")).json()
    assert dataset["active_version"] == 1


async def test_undeclared_personal_data_needs_two_different_people(api: Api) -> None:
    version = (await api.send(PERSONAL)).json()
    await api.settle()
    approval = await api.approval_of(version["id"])
    assert [level["level"] for level in approval["levels"]] == ["L1", "L2"]
    assert approval["details"]["sensitivity"] == "HIGH"
    shown = [each["code"] for each in approval["details"]["compliance"]["shown"]]
    assert "undeclared_personal_data" in shown
    path = f"/api/v1/approvals/{approval['id']}/votes"
    vote = {"level": "L1", "decision": "approve", "reason": "fine"}
    assert (await api.call("steward", "POST", path, json=vote)).status_code == 201
    again = await api.call("steward", "POST", path, json={**vote, "level": "L2"})
    assert (again.status_code, again.json()["why"]) == (409, "same_person_on_another_level")
    assert (
        await api.call("steward2", "POST", path, json={**vote, "level": "L2"})
    ).status_code == 201
    await api.settle()
    story = (await api.get("steward", f"/api/v1/approvals/{approval['id']}")).json()
    assert (story["status"], story["approved"]) == ("active", True)
    assert [each["action"] for each in story["history"]].count("approval.voted") == 3


async def test_the_same_file_again_is_the_same_version(api: Api) -> None:
    first = (await api.send(CLEAN)).json()
    again = await api.send(CLEAN, filename="renamed.csv")
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    other = await api.send(CLEAN, dataset="other")
    assert (other.status_code, other.json()["number"]) == (202, 1)
    assert other.json()["id"] != first["id"]
    assert await api.studio.catalog.known_objects("acme") == {first["sha256"]}


async def test_the_same_file_twice_at_once_is_one_version(api: Api) -> None:
    import asyncio

    await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
    answers = await asyncio.gather(*(api.send(CLEAN) for _ in range(5)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 202]


async def test_a_new_file_is_the_next_version_and_replaces_the_active_one(api: Api) -> None:
    await api.activate(CLEAN)
    second = await api.activate(CLEAN + "101,3\n")
    assert second["number"] == 2
    assert (await api.get("consumer", "/api/v1/datasets/d")).json()["active_version"] == 2


async def test_the_test_virus_ends_in_quarantine(api: Api) -> None:
    version = (await api.send(b"a,b\n1," + EICAR + b"\n")).json()
    await api.settle()
    found = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert (found["status"], found["malware"], found["threat"]) == (
        "quarantined",
        "infected",
        "EICAR_Test_File",
    )
    for who in ("producer", "steward", "analyst", "consumer", "admin", "auditor"):
        for channel in ("preview", "data?limit=5", "data"):
            answer = await api.get(who, f"/api/v1/datasets/d/versions/1/{channel}")
            assert answer.status_code in {403, 404, 409}, (who, channel)
            assert b"EICAR-" not in answer.content


async def test_a_broken_file_is_refused_with_its_report(api: Api) -> None:
    version = (await api.send("a,b\n1,2\n3\n")).json()
    await api.settle()
    found = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert (found["status"], found["reason"], found["progress"]) == (
        "rejected",
        "VALIDATION_FAILED",
        100,
    )
    report = (await api.get("producer", "/api/v1/datasets/d/versions/1/report")).json()
    assert report["schema"] == "dcs.validation/v1"
    assert report["checks"][0]["rule"] == "ragged_rows"
    assert (await api.get("consumer", "/api/v1/datasets/d/versions/1/report")).status_code == 404


async def test_a_file_that_breaks_its_contract_is_refused(api: Api) -> None:
    await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
    contract = (
        "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n"
        "schema: [{name: t, properties: [{name: id, unique: true}, {name: amount}]}]\n"
    )
    answer = await api.call(
        "producer", "PUT", "/api/v1/datasets/d/contract", content=contract.encode()
    )
    assert answer.status_code == 201
    assert (await api.get("steward", "/api/v1/datasets/d/contract")).text == contract
    await api.send("id,amount\n1,2\n1,3\n")
    await api.settle()
    report = (await api.get("producer", "/api/v1/datasets/d/versions/1/report")).json()
    assert report["contract"]["id"] == "c"
    assert report["findings"]["contract"] == 1


async def test_a_draft_waits_until_it_is_submitted(api: Api) -> None:
    version = (await api.send(CLEAN, submit="false")).json()
    await api.settle()
    path = f"/api/v1/versions/{version['id']}"
    assert (await api.get("producer", path)).json()["status"] == "validated"
    submit = "/api/v1/datasets/d/versions/1/submit"
    assert (await api.call("consumer", "POST", submit)).status_code == 404
    assert (await api.call("producer", "POST", submit)).status_code == 202
    assert (await api.call("producer", "POST", submit)).json()["code"] == "not_submittable"
    await api.settle()
    assert (await api.get("producer", path)).json()["status"] == "awaiting_approval"


async def test_a_rejection_ends_it_and_a_late_vote_does_not_count(api: Api) -> None:
    version = (await api.send(CLEAN)).json()
    await api.settle()
    approval = await api.approval_of(version["id"])
    path = f"/api/v1/approvals/{approval['id']}/votes"
    no = {"level": "L1", "decision": "reject", "reason": "wrong year"}
    assert (await api.call("steward", "POST", path, json=no)).json()["error"] == "HUMAN_REJECTION"
    late = await api.call("steward2", "POST", path, json={**no, "decision": "approve"})
    assert (late.status_code, late.json()["code"]) == (409, "vote_not_counted")


async def test_only_stewards_vote_and_never_on_their_own(api: Api) -> None:
    version = (await api.send(CLEAN)).json()
    await api.settle()
    path = f"/api/v1/approvals/{(await api.approval_of(version['id']))['id']}/votes"
    vote = {"level": "L1", "decision": "approve"}
    for who, status in (
        ("producer", 403),
        ("admin", 403),
        ("auditor", 403),
        ("consumer", 404),
        ("analyst", 404),
        ("globex-admin", 404),
    ):
        assert (await api.call(who, "POST", path, json=vote)).status_code == status, who


async def test_its_requester_may_cancel_it_and_others_may_not(api: Api) -> None:
    version = (await api.send(CLEAN)).json()
    await api.settle()
    path = f"/api/v1/approvals/{(await api.approval_of(version['id']))['id']}/cancel"
    assert (await api.call("steward", "POST", path, json={})).status_code == 403
    assert (await api.call("producer", "POST", path, json={})).json()["status"] == "cancelled"
    again = await api.send(CLEAN)
    assert (again.status_code, again.json()["number"]) == (202, 2)


async def test_mine_is_what_waits_for_my_vote(api: Api) -> None:
    version = (await api.send(PERSONAL)).json()
    await api.settle()
    mine = "/api/v1/approvals?mine=true"
    assert len((await api.get("steward", mine)).json()["items"]) == 1
    assert (await api.get("producer", mine)).json()["items"] == []
    await api.approve(version["id"], "steward")
    assert (await api.get("steward", mine)).json()["items"] == []
    assert len((await api.get("steward2", mine)).json()["items"]) == 1


async def test_four_people_and_a_stranger_read_the_same_rows_differently(api: Api) -> None:
    await api.activate(PERSONAL)
    path = "/api/v1/datasets/d/versions/1/data?limit=5"
    denied = await api.get("auditor", path)
    assert denied.status_code == 403
    assert denied.json()["codes"] == ["clearance_too_low", "no_grant"][:1]
    assert denied.json()["decision_id"]
    consumer = await api.get("consumer", path)
    assert consumer.headers["x-masked-columns"] == "email"
    assert "1,***@example.org" in consumer.text.replace('"', "")
    assert "person" not in consumer.text
    analyst = await api.get("analyst", path)
    assert "person1@example.org" in analyst.text
    assert analyst.text.count("\n") == 6
    stranger = await api.get("globex-consumer", path)
    missing = await api.get("consumer", "/api/v1/datasets/nothing/versions/1/data?limit=5")
    assert stranger.status_code == missing.status_code == 404
    assert stranger.json()["code"] == missing.json()["code"]


async def test_every_format_carries_the_same_rows(api: Api) -> None:
    await api.activate(PERSONAL)
    path = "/api/v1/datasets/d/versions/1/data?limit=30&columns=email,id&format="
    csv = (await api.get("analyst", path + "csv")).text
    assert csv.splitlines()[:2] == ['"email","id"', '"person1@example.org",1']
    expected = [{"email": f"person{n}@example.org", "id": n} for n in range(1, 31)]
    ndjson = (await api.get("analyst", path + "ndjson")).text
    assert [eval(line) for line in ndjson.splitlines()] == expected  # noqa: S307  # our own two keys
    arrow = (await api.get("analyst", path + "arrow")).content
    assert pa_ipc.open_stream(io.BytesIO(arrow)).read_all().to_pylist() == expected
    parquet = (await api.get("analyst", path + "parquet")).content
    assert pq.read_table(io.BytesIO(parquet)).to_pylist() == expected


async def test_a_download_of_personal_data_needs_training(api: Api) -> None:
    await api.activate(PERSONAL)
    path = "/api/v1/datasets/d/versions/1/data"
    assert (await api.get("consumer", path)).json()["codes"] == ["training_required"]
    assert (await api.get("analyst", path)).text.count("\n") == 31


async def test_an_unknown_column_is_refused_without_a_byte(api: Api) -> None:
    await api.activate(CLEAN)
    answer = await api.get("consumer", "/api/v1/datasets/d/versions/1/data?limit=1&columns=id,nope")
    assert (answer.status_code, answer.json()["code"]) == (422, "column_not_found")


async def test_reviewers_preview_before_activation_and_others_do_not(api: Api) -> None:
    await api.send(PERSONAL)
    await api.settle()
    path = "/api/v1/datasets/d/versions/1/preview"
    steward = (await api.get("steward", path)).json()
    assert steward["masked"] == {"email": "partial"}
    assert steward["rows"][0] == [1, "***@example.org"]
    assert (await api.get("producer", path)).status_code == 200
    assert (await api.get("analyst", path)).status_code == 404
    assert (await api.get("admin", path)).status_code == 403


async def test_equal_views_are_made_once(api: Api) -> None:
    await api.activate(PERSONAL)
    path = "/api/v1/datasets/d/versions/1/data?limit=1"
    before = await api.studio.catalog.known_objects("acme")
    await api.get("consumer", path)
    after = await api.studio.catalog.known_objects("acme")
    await api.get("steward", path)
    assert await api.studio.catalog.known_objects("acme") == after
    assert len(after - before) <= 1


async def test_personal_data_has_no_place_in_a_public_dataset(api: Api) -> None:
    body = {"name": "open", "classification": "PUBLIC"}
    await api.call("producer", "POST", "/api/v1/datasets", json=body)
    version = (await api.send(PERSONAL, "open")).json()
    await api.settle()
    found = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert (found["status"], found["reason"]) == ("rejected", "COMPLIANCE_FAILED")


async def test_a_read_is_on_record_before_it_happens_and_a_denial_too(api: Api) -> None:
    await api.activate(CLEAN)
    answer = await api.get("consumer", "/api/v1/datasets/d/versions/1/data?limit=1")
    await api.get("auditor", "/api/v1/datasets/d/versions/1/data?limit=1")
    events = (await api.get("auditor", "/api/v1/audit?limit=10")).json()["items"]
    reads = [each for each in events if each["action"] == "read"]
    assert [each["outcome"] for each in reads] == ["denied", "allowed"]
    assert reads[1]["details"]["decision"] == answer.headers["x-decision-id"]
    proof = (await api.get("auditor", "/api/v1/audit/verify")).json()
    assert proof["verified"] is True


async def test_a_read_that_cannot_be_recorded_does_not_happen(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.activate(CLEAN)

    def broken(*_arguments: object, **_named: object) -> None:
        raise OSError("the record cannot be written")

    monkeypatch.setattr("dcs.audit.store.append", broken)
    answer = await api.get("consumer", "/api/v1/datasets/d/versions/1/data?limit=1")
    assert answer.status_code == 500
    assert b"id" not in answer.content.replace(b"trace_id", b"")


async def test_a_policy_that_cannot_be_asked_is_a_denial(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.activate(CLEAN)
    monkeypatch.setattr(type(api.studio.permits.engine), "evaluate", lambda _self, _document: {})
    answer = await api.get("consumer", "/api/v1/datasets/d/versions/1/data?limit=1")
    assert (answer.status_code, answer.json()["code"]) == (503, "policy_failed")
