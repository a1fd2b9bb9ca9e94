"""An organisation's recognizers over the API: revisions, who may, and what files are judged with."""

import json
from typing import Any

import pytest

from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

PATH = "/api/v1/personal-data/recognizers"
DOCUMENT = """# ours
recognizers:
  - {entity: EMPLOYEE_ID, pattern: '\\bE[0-9]{6}\\b', deny: [Canary Project]}
suppressions:
  - {entity: EMAIL_ADDRESS, dataset: d, column: contact, reason: addresses of departments}
"""
CONTENT = "staff,contact,note\n" + "".join(
    f"E12345{n},team{n}@example.org,{'about the Canary Project' if n == 3 else 'x'}\n"
    for n in range(10)
)


async def put(api: Api, who: str, document: str = DOCUMENT, match: str | None = None) -> Any:
    headers = {} if match is None else {"If-Match": match}
    return await api.call(who, "PUT", PATH, content=document.encode(), headers=headers)


async def test_each_change_is_a_revision_and_every_one_stays(api: Api) -> None:
    assert (await api.get("steward", PATH)).json()["code"] == "recognizers_not_found"
    first = await put(api, "steward", match='"0"')
    assert (first.status_code, first.json()["revision"], first.headers["etag"]) == (201, 1, '"1"')
    second = await put(api, "admin", "{}", match=first.headers["etag"])
    assert second.json()["revision"] == 2
    found = await api.get("auditor", PATH, params={"revision": 1})
    assert (found.text, found.headers["etag"]) == (DOCUMENT, '"1"')
    assert (await api.get("auditor", PATH)).text == "{}"
    listed = (await api.get("auditor", f"{PATH}/revisions")).json()["items"]
    assert [each["revision"] for each in listed] == [2, 1]
    assert (await api.get("auditor", PATH, params={"revision": 9})).status_code == 404


async def test_who_was_slower_changes_nothing(api: Api) -> None:
    await put(api, "steward")
    late = await put(api, "admin", "{}", match='"0"')
    assert (late.status_code, late.json()["code"]) == (409, "recognizers_changed")
    odd = await put(api, "admin", "{}", match="latest")
    assert (odd.status_code, odd.json()["code"]) == (422, "invalid_precondition")
    assert (await api.get("admin", PATH)).text == DOCUMENT


async def test_only_those_who_look_after_personal_data_may(api: Api) -> None:
    for who in ("producer", "consumer", "analyst", "auditor"):
        assert (await put(api, who)).status_code == 403, who
    for who in ("producer", "consumer", "analyst"):
        assert (await api.get(who, PATH)).status_code == 403, who
    assert (await put(api, "steward")).status_code == 201
    assert (await api.get("globex-admin", PATH)).status_code == 404
    assert (await api.get(None, PATH)).status_code == 401


async def test_a_wrong_document_is_refused_with_its_places_and_kept_nowhere(api: Api) -> None:
    answer = await put(api, "admin", "recognizers: [{entity: AB, pattern: '(?<=x)y'}]")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_recognizers")
    assert answer.json()["problems"][0]["path"] == "recognizers[0].pattern"
    huge = await put(api, "admin", "x: " + "y" * 10_000_000)
    assert huge.status_code in {413, 422}
    assert (await api.get("admin", PATH)).status_code == 404


async def test_files_are_judged_with_the_revision_in_force(api: Api) -> None:
    revision = (await put(api, "steward")).json()
    await api.send(CONTENT)
    await api.settle()
    report = (await api.get("steward", "/api/v1/datasets/d/versions/1/report")).json()
    found = {each["column"]: each for each in report["personal_data"]}
    assert (found["staff"]["entity"], found["staff"]["cells"], found["staff"]["own"]) == (
        "EMPLOYEE_ID", 10, True,
    )  # fmt: skip
    assert found["note"]["cells"] == 1
    assert found["contact"]["excluded"] == "addresses of departments"
    assert report["engine"]["recognizers"] == revision["sha256"]
    tags = {each["name"]: each["tags"] for each in report["columns"]}
    assert tags == {"staff": ["PERSONAL_DATA"], "contact": [], "note": ["PERSONAL_DATA"]}


async def test_what_is_found_is_masked_for_who_is_not_cleared(api: Api) -> None:
    await put(api, "steward")
    await api.activate(CONTENT)
    path = "/api/v1/datasets/d/versions/1/data"
    for who, seen in (("consumer", False), ("analyst", True)):
        answer = await api.get(who, path, params={"limit": 5})
        assert ("E123451" in answer.text) is seen, who
        assert "team1@example.org" in answer.text  # suppressed: it is no personal data


async def test_the_record_says_who_changed_what_and_quotes_no_word(api: Api) -> None:
    await put(api, "steward")
    record = (await api.get("auditor", "/api/v1/audit?limit=20")).json()["items"]
    [event] = [each for each in record if each["action"] == "recognizers.set"]
    assert event["details"]["revision"] == 1
    assert (event["details"]["recognizers"], event["details"]["suppressions"]) == (1, 1)
    assert "Canary" not in json.dumps(record)
