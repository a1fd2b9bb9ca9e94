"""How people decide by the API: templates, groups, quorum, delegation, escalation, masks, and what voids."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dcs.core.ids import TenantId
from tests.api.conftest import Api, Json

pytestmark = pytest.mark.anyio

ROWS = "id,amount\n1,20\n2,30\n"
CONTRACT = b"""
apiVersion: v3.1.0
kind: DataContract
id: urn:dcs:d
name: d
version: "1"
status: active
schema:
  - name: d
    properties:
      - name: id
        logicalType: integer
        required: true
"""
QUICK = {"hours": 24, "expedited_hours": 1}


async def group(api: Api, name: str, *members: str) -> None:
    assert (await api.call("admin", "PUT", f"/api/v1/groups/{name}", json={})).status_code == 200
    for each in members:
        path = f"/api/v1/groups/{name}/members/{each}"
        assert (await api.call("admin", "PUT", path)).status_code == 200


async def template(api: Api, **body: Any) -> None:
    answer = await api.call("admin", "PUT", "/api/v1/approval-templates/INTERNAL", json=body)
    assert answer.status_code == 200, answer.text


async def waiting(api: Api, content: str = ROWS) -> Json:
    sent = await api.send(content)
    await api.settle()
    return await api.approval_of(sent.json()["id"])


async def vote(api: Api, who: str, approval: Json, **more: Any) -> Any:
    body = {"level": "L1", "decision": "approve", **more}
    return await api.call(who, "POST", f"/api/v1/approvals/{approval['id']}/votes", json=body)


async def status(api: Api, approval: Json) -> str:
    found = await api.get("producer", f"/api/v1/versions/{approval['version']}")
    return str(found.json()["status"])


async def told(api: Api, who: str) -> list[str]:
    items = (await api.get(who, "/api/v1/notices")).json()["items"]
    return [each["kind"] for each in items]


async def test_without_a_choice_the_built_in_template_holds(api: Api) -> None:
    found = (await api.get("producer", "/api/v1/approval-templates")).json()["items"]
    assert [each["classification"] for each in found] == [
        "PUBLIC",
        "INTERNAL",
        "CONFIDENTIAL",
        "SECRET",
    ]
    assert [each["contract_required"] for each in found] == [False, False, True, True]
    assert {each["revision"] for each in found} == {0}
    assert found[0]["levels"]["L2"]["hours"] == 48.0


async def test_a_template_is_set_by_admins_and_names_the_revision_it_replaces(api: Api) -> None:
    path = "/api/v1/approval-templates/INTERNAL"
    body = {"levels": {"L1": {"quorum": 2, **QUICK}}}
    assert (await api.call("steward", "PUT", path, json=body)).status_code == 403
    kept = await api.call("admin", "PUT", path, json=body, headers={"If-Match": '"0"'})
    assert (kept.status_code, kept.headers["ETag"]) == (200, '"1"')
    late = await api.call("admin", "PUT", path, json=body, headers={"If-Match": '"0"'})
    assert (late.status_code, late.json()["code"]) == (409, "approval_template_changed")
    removed = await api.call("admin", "DELETE", path)
    assert (removed.json()["revision"], removed.json()["levels"]["L1"]["quorum"]) == (2, 1)
    assert (await api.get("globex-admin", path)).json()["revision"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"levels": {"L3": QUICK}},
        {"levels": {"L1": {"quorum": 0, **QUICK}}},
        {"levels": {"L1": {"quorum": 21, **QUICK}}},
        {"levels": {"L1": {"hours": -1, "expedited_hours": 1}}},
        {"levels": {"L1": {"hours": 0, "expedited_hours": 0}}},
        {"levels": {"L1": {"hours": 1, "expedited_hours": 2}}},
        {"levels": {"L1": {"group": "nobody", **QUICK}}},
        {"levels": {"L1": {"escalate_to": "nobody", **QUICK}}},
        {"levels": {"L1": {"hours": 1e308, "expedited_hours": 1}}},
        {"attestations": ["the same", "the same"]},
        {"attestations": ["  "]},
        {"unheard": "of"},
    ],
)
async def test_a_template_that_nobody_could_follow_is_refused(api: Api, body: Json) -> None:
    answer = await api.call("admin", "PUT", "/api/v1/approval-templates/INTERNAL", json=body)
    assert answer.status_code == 422
    found = await api.get("admin", "/api/v1/approval-templates/INTERNAL")
    assert found.json()["revision"] == 0


async def test_an_escalation_after_the_deadline_is_refused(api: Api) -> None:
    await group(api, "office", "steward2")
    late = {"escalate_to": "office", "escalate_hours": 24, **QUICK}
    answer = await api.call(
        "admin", "PUT", "/api/v1/approval-templates/INTERNAL", json={"levels": {"L1": late}}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "approval_template_invalid")


async def test_two_have_to_agree_where_the_template_says_so(api: Api) -> None:
    await template(api, levels={"L1": {"quorum": 2, **QUICK}})
    approval = await waiting(api)
    first = await vote(api, "steward", approval)
    assert (first.status_code, first.json()["levels"][0]["state"]) == (201, "open")
    again = await vote(api, "steward", approval)
    assert (again.status_code, again.json()["why"]) == (409, "already_voted")
    assert (await vote(api, "steward2", approval)).status_code == 201
    await api.settle()
    assert await status(api, approval) == "active"


async def test_only_the_group_is_asked_and_only_its_members_votes_count(api: Api) -> None:
    await group(api, "owners", "steward2")
    await template(api, levels={"L1": {"group": "owners", **QUICK}})
    approval = await waiting(api)
    assert "approval_requested" in await told(api, "steward2")
    assert "approval_requested" not in await told(api, "steward")
    refused = await vote(api, "steward", approval)
    assert (refused.status_code, refused.json()["why"]) == (409, "not_in_the_group")
    for who, waits in (("steward", []), ("steward2", [approval["id"]])):
        mine = (await api.get(who, "/api/v1/approvals?mine=true")).json()["items"]
        assert [each["id"] for each in mine] == waits
    assert (await vote(api, "steward2", approval)).status_code == 201


async def test_a_vote_that_is_handed_over_counts_once_for_the_other(api: Api) -> None:
    await group(api, "owners", "steward2")
    await template(api, levels={"L1": {"group": "owners", **QUICK}})
    approval = await waiting(api)
    path = f"/api/v1/approvals/{approval['id']}/delegate"
    handed = await api.call("steward2", "POST", path, json={"level": "L1", "to": "steward"})
    assert handed.status_code == 200
    assert "delegated" in await told(api, "steward")
    late = await vote(api, "steward2", approval)
    assert (late.status_code, late.json()["why"]) == (409, "vote_was_delegated")
    assert (await vote(api, "steward", approval)).status_code == 201


@pytest.mark.parametrize("to", ["producer", "consumer", "nobody-knows", "globex-admin", "steward2"])
async def test_a_vote_goes_only_to_somebody_who_may_decide(api: Api, to: str) -> None:
    approval = await waiting(api)
    path = f"/api/v1/approvals/{approval['id']}/delegate"
    answer = await api.call("steward2", "POST", path, json={"level": "L1", "to": to})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_delegable")


async def test_whoever_stands_in_for_somebody_votes_with_their_voice(api: Api) -> None:
    await group(api, "owners", "steward2")
    await template(api, levels={"L1": {"group": "owners", **QUICK}})
    now = datetime.now(UTC)
    away = {
        "starts": (now - timedelta(hours=1)).isoformat(),
        "ends": (now + timedelta(days=3)).isoformat(),
        "deputy": "steward",
    }
    answer = await api.call("steward2", "POST", "/api/v1/absences", json=away)
    assert answer.status_code == 201, answer.text
    approval = await waiting(api)
    assert "approval_requested" in await told(api, "steward")
    assert (await vote(api, "steward", approval)).status_code == 201


async def test_another_group_can_be_asked_at_once(api: Api) -> None:
    await group(api, "owners", "producer")
    await group(api, "office", "steward")
    rule = {"group": "owners", "escalate_to": "office", "escalate_hours": 2, **QUICK}
    await template(api, levels={"L1": rule})
    approval = await waiting(api)
    path = f"/api/v1/approvals/{approval['id']}/escalate"
    assert (await api.call("consumer", "POST", path)).status_code in {403, 404}
    answer = await api.call("producer", "POST", path)
    assert (answer.status_code, answer.json()["levels"][0]["groups"]) == (200, ["owners", "office"])
    assert "escalated" in await told(api, "steward")
    again = await api.call("producer", "POST", path)
    assert (again.status_code, again.json()["code"]) == (409, "not_escalable")
    assert (await vote(api, "steward", approval)).status_code == 201


async def test_a_contract_that_is_set_meanwhile_voids_what_was_reviewed(api: Api) -> None:
    approval = await waiting(api)
    put = await api.call("producer", "PUT", "/api/v1/datasets/d/contract", content=CONTRACT)
    assert put.status_code in {200, 201}, put.text
    late = await vote(api, "steward", approval)
    assert late.status_code == 409
    assert late.json()["why"] == "what_was_reviewed_has_changed"
    assert "voided" in await told(api, "producer")
    await api.settle()
    now = (await api.get("steward", f"/api/v1/approvals/{approval['id']}")).json()
    assert (now["round"], now["status"]) == (2, "awaiting_approval")
    version = (await api.get("producer", f"/api/v1/versions/{approval['version']}")).json()
    dataset = (await api.get("producer", "/api/v1/datasets/d")).json()
    assert version["contract"] == dataset["contract"] is not None
    [seen] = [each for each in now["history"] if each["details"].get("void")]
    assert (seen["action"], seen["details"]["void"]) == ("approval.voted", "contract")
    assert (await vote(api, "steward", approval)).status_code == 201
    await api.settle()
    assert await status(api, approval) == "active"


async def test_a_change_between_the_vote_and_the_activation_is_not_activated(api: Api) -> None:
    approval = await waiting(api)
    assert (await vote(api, "steward", approval)).status_code == 201
    await api.call("producer", "PUT", "/api/v1/datasets/d/contract", content=CONTRACT)
    await api.settle()
    assert await status(api, approval) == "awaiting_approval"
    now = (await api.get("steward", f"/api/v1/approvals/{approval['id']}")).json()
    assert now["round"] == 2
    assert (await api.get("producer", "/api/v1/datasets/d")).json()["active_version"] is None


async def test_what_was_returned_is_judged_by_the_contract_that_was_set_meanwhile(api: Api) -> None:
    approval = await waiting(api)
    back = await vote(api, "steward", approval, decision="return", reason="needs a contract")
    assert back.status_code == 201
    await api.call("producer", "PUT", "/api/v1/datasets/d/contract", content=CONTRACT)
    await api.call("producer", "POST", "/api/v1/datasets/d/versions/1/submit")
    await api.settle()
    version = (await api.get("producer", f"/api/v1/versions/{approval['version']}")).json()
    dataset = (await api.get("producer", "/api/v1/datasets/d")).json()
    assert (version["status"], version["contract"]) == ("awaiting_approval", dataset["contract"])
    report = (await api.get("producer", "/api/v1/datasets/d/versions/1/report")).json()
    assert report["contract"] is not None


async def test_another_template_has_everybody_asked_anew(api: Api) -> None:
    approval = await waiting(api)
    await template(api, levels={"L1": {"quorum": 2, **QUICK}})
    assert (await vote(api, "steward", approval)).status_code == 409
    await api.settle()
    now = (await api.get("steward", f"/api/v1/approvals/{approval['id']}")).json()
    assert [each["quorum"] for each in now["levels"]] == [2]


async def test_what_an_approver_wants_masked_nobody_sees_on_any_channel(api: Api) -> None:
    approval = await waiting(api, "id,note\n1,canary-one\n2,canary-two\n")
    cast = await vote(api, "steward", approval, masks={"note": "redact"})
    assert cast.json()["levels"][0]["votes"][0]["masks"] == {"note": "redact"}
    await api.settle()
    assert await status(api, approval) == "active"
    for who in ("producer", "steward", "analyst"):
        for way in ("preview", "data?format=csv&limit=10", "data?format=csv"):
            answer = await api.get(who, f"/api/v1/datasets/d/versions/1/{way}")
            assert "canary" not in answer.text
            if answer.status_code == 200 and way != "preview":
                assert answer.headers["X-Masked-Columns"] == "note"
    assert "canary" not in (await api.get("analyst", "/api/v1/datasets/d/versions/1/report")).text


async def test_figures_of_a_masked_column_are_in_no_report(api: Api) -> None:
    approval = await waiting(api, "id,amount\n1,271828\n2,314159\n")
    before = (await api.get("steward", "/api/v1/datasets/d/versions/1/report")).text
    assert "314159" in before
    assert (await vote(api, "steward", approval, masks={"amount": "redact"})).status_code == 201
    await api.settle()
    after = await api.get("analyst", "/api/v1/datasets/d/versions/1/report")
    assert after.status_code == 200
    assert "314159" not in after.text


@pytest.mark.parametrize(
    ("masks", "decision"),
    [
        ({"nothing": "redact"}, "approve"),
        ({"note": "rot13"}, "approve"),
        ({"note": "redact"}, "reject"),
    ],
)
async def test_a_mask_that_cannot_be_is_refused(api: Api, masks: Json, decision: str) -> None:
    approval = await waiting(api)
    answer = await vote(
        api, "steward", approval, masks=masks, decision=decision, reason="because of it"
    )
    assert answer.status_code == 422
    assert await status(api, approval) == "awaiting_approval"


async def test_an_approver_confirms_personal_data_that_nobody_declared(api: Api) -> None:
    people = "id,email\n" + "".join(f"{n},person{n}@example.org\n" for n in range(20))
    approval = await waiting(api, people)
    cast = await vote(api, "steward", approval)
    [voted] = cast.json()["levels"][0]["votes"]
    assert voted["confirmed_personal_data"] == ["email"]


async def test_sentences_have_to_be_confirmed_before_anybody_is_asked(api: Api) -> None:
    sentence = "I have the right to share this data."
    await template(api, attestations=[sentence])
    approval = await waiting(api)
    shown = (await api.get("producer", f"/api/v1/versions/{approval['version']}")).json()
    assert (shown["status"], shown["reason"]) == ("validated", "ATTESTATIONS_MISSING")
    path = "/api/v1/datasets/d/versions/1/submit"
    other = await api.call("producer", "POST", path, json={"attestations": ["Whatever."]})
    assert (other.status_code, other.json()["code"]) == (422, "attestation_unknown")
    answer = await api.call("producer", "POST", path, json={"attestations": [sentence]})
    assert answer.status_code == 202
    await api.settle()
    assert await status(api, approval) == "awaiting_approval"
    now = (await api.get("steward", f"/api/v1/approvals/{approval['id']}")).json()
    assert now["attested"] == [sentence]


async def test_no_text_of_a_template_is_in_the_record(api: Api) -> None:
    await template(api, attestations=["canary of a template"])
    events = await api.studio.audit.newest(TenantId("acme"), before=None, limit=200)
    assert any(each.action == "approval_template.set" for each in events)
    assert "canary" not in str(events)
