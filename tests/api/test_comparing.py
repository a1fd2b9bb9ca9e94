"""What changed, how checks went, and failing rows: through the API, by whoever may see them."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq
import pytest

from dcs.core.ids import TenantId
from dcs.engines.database import Session
from dcs.validation import Report, store
from dcs.validation.history import digest_of
from tests.api.conftest import Api
from tests.api.test_contracts import set_contract
from tests.validation.contracts.documents import contract

pytestmark = pytest.mark.anyio

FIRST = "id,amount,city\n" + "".join(f"{n},{n % 50},Turku\n" for n in range(1, 301))
SECOND = "id,amount,mail\n" + "".join(
    f"{n},{n % 50 + 40},person{n}@example.org\n" for n in range(1, 201)
)
GAPS = "id,note\n" + "".join(f"{n},{'' if n % 2 else f'text {n}'}\n" for n in range(1, 61))
MANY_GAPS = "completeness:nulls:note"


async def diff(api: Api, who: str, before: int = 1, to: int = 2, dataset: str = "d") -> Any:
    return await api.get(who, f"/api/v1/datasets/{dataset}/versions/{before}/diff?to={to}")


async def test_the_diff_of_two_versions_says_what_changed(api: Api) -> None:
    await api.activate(FIRST)
    await api.send(SECOND)
    await api.settle()
    answer = await diff(api, "steward")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["schema"] == "dcs.diff/v1"
    assert (found["from"]["number"], found["to"]["number"]) == (1, 2)
    assert found["rows"] == {"before": 300, "now": 200}
    assert (found["columns_added"], found["columns_removed"]) == (["mail"], ["city"])
    [new] = found["personal_data"]["new"]
    assert (new["column"], new["entity"], new["now"]) == ("mail", "EMAIL_ADDRESS", 200)
    assert found["proposals"][0]["classification"] == "CONFIDENTIAL"
    amount = next(each for each in found["columns"] if each["name"] == "amount")
    assert amount["changed"]
    assert len(amount["histogram"]["now"]) == len(amount["histogram"]["before"])
    assert "person1@" not in answer.text
    assert "Turku" not in answer.text


async def test_a_version_is_compared_with_the_active_one_when_it_is_judged(api: Api) -> None:
    await api.activate(FIRST)
    await api.send(SECOND)
    await api.settle()
    path = "/api/v1/datasets/d/versions/{}/report"
    first = (await api.get("steward", path.format(1))).json()
    second = (await api.get("steward", path.format(2))).json()
    assert [each for each in first["checks"] if each["kind"] == "drift"] == []
    drift = {each["id"]: each for each in second["checks"] if each["kind"] == "drift"}
    assert drift["drift:psi:amount"]["outcome"] == "WARN"
    assert drift["drift:new_email_address:mail"]["outcome"] == "WARN"
    assert second["status"] != "FAILED"
    assert "sketch" not in second


async def test_only_who_may_see_both_reports_gets_the_diff(api: Api) -> None:
    await api.activate(FIRST)
    await api.send(SECOND)
    await api.settle()
    assert (await diff(api, "consumer")).status_code in {403, 404}
    assert (await diff(api, "consumer", 2, 1)).status_code in {403, 404}
    assert (await diff(api, "globex-admin")).status_code == 404
    assert (await diff(api, "globex-producer", dataset="nothing")).status_code == 404
    assert (await diff(api, "steward", 1, 9)).status_code == 404
    assert (await api.get(None, "/api/v1/datasets/d/versions/1/diff?to=2")).status_code == 401
    assert (await diff(api, "producer")).status_code == 200


async def test_a_file_that_could_not_be_read_cannot_be_compared(api: Api) -> None:
    await api.activate(FIRST)
    await api.send("a,b\n1,2\n3\n")
    await api.settle()
    answer = await diff(api, "steward")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_compare")


async def test_versions_of_earlier_releases_get_their_sketch_from_their_table(api: Api) -> None:
    first = await api.activate(FIRST)
    tenant = TenantId("acme")

    def forget(session: Any) -> None:
        same = store.version_sketch.c.version == first["id"]
        assert session.delete(store.version_sketch, same) == 1

    await api.studio.database.write(tenant, forget)
    await api.send(FIRST.replace("Turku", "Oslo"))
    await api.settle()
    document = await api.studio.database.read(tenant, lambda s: store.get_sketch(s, first["id"]))
    assert document is not None
    found = (await diff(api, "steward")).json()
    assert [each["id"] for each in found["checks"]] == ["drift:values:city"]


async def test_the_outcomes_of_a_check_are_followed_from_version_to_version(api: Api) -> None:
    await api.activate(GAPS)
    await api.activate(GAPS.replace("text", "words"))
    answer = await api.get("consumer", "/api/v1/datasets/d/checks", params={"id": MANY_GAPS})
    points = answer.json()["items"]
    assert [each["version"] for each in points] == [1, 2]
    assert {(each["outcome"], each["observed"], each["threshold"]) for each in points} == {
        ("WARN", 0.5, 0.05)
    }
    assert (await api.get("globex-admin", "/api/v1/datasets/d/checks")).status_code == 404


async def test_a_reader_sees_no_outcome_of_a_version_they_may_not_see(api: Api) -> None:
    await api.activate(GAPS)
    await api.send(GAPS.replace("text", "words"))
    await api.settle()
    query = {"id": MANY_GAPS}
    for who, versions in (("consumer", [1]), ("steward", [1, 2])):
        answer = await api.get(who, "/api/v1/datasets/d/checks", params=query)
        assert [each["version"] for each in answer.json()["items"]] == versions, who


async def test_all_checks_of_the_newest_version_come_page_by_page(api: Api) -> None:
    await api.activate(GAPS)
    whole = (await api.get("consumer", "/api/v1/datasets/d/checks")).json()["items"]
    paged, cursor = [], None
    while True:
        query = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        answer = (await api.get("consumer", "/api/v1/datasets/d/checks", params=query)).json()
        paged += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            break
    assert paged == whole
    assert [each["check"] for each in paged] == sorted({each["check"] for each in paged})
    bad = await api.get("consumer", "/api/v1/datasets/d/checks", params={"cursor": "bm90aGluZw=="})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_cursor")


async def test_only_the_newest_hundred_versions_keep_their_outcomes(api: Api) -> None:
    await api.activate(GAPS)
    second = await api.activate(GAPS.replace("text", "words"))
    tenant, studio = TenantId("acme"), api.studio
    _, version = await studio.catalog.load(tenant, second["id"])
    document = await studio.reports.document(tenant, version)
    assert document is not None
    report = Report.from_json(document)

    def kept_as(number: int) -> Callable[[Session], list[int]]:
        def keep(session: Session) -> list[int]:
            studio.history.keep(session, replace(version, number=number), report)
            rows = store.history_of(session, version.dataset, [digest_of(MANY_GAPS)], 10)
            return [row.number for row in rows]

        return keep

    assert await studio.database.write(tenant, kept_as(100)) == [100, 1]
    assert await studio.database.write(tenant, kept_as(101)) == [101]


async def failing(api: Api, who: str, number: int = 1, **query: Any) -> Any:
    path = f"/api/v1/datasets/d/versions/{number}/failing"
    return await api.get(who, path, params={"check": MANY_GAPS, **query})


async def test_all_rows_that_failed_a_check_come_whole(api: Api) -> None:
    await api.activate(GAPS)
    answer = await failing(api, "consumer", limit=100)
    assert answer.status_code == 200, answer.text
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[0] == {"row": "1", "id": "1", "note": ""}
    assert [int(each["row"]) for each in rows] == list(range(1, 61, 2))
    assert (answer.headers["x-complete"], answer.headers["x-failed-rows"]) == ("true", "30")


async def test_failing_rows_go_on_where_an_answer_ended(api: Api) -> None:
    await api.activate(GAPS)
    few = await failing(api, "consumer", limit=3, format="ndjson")
    assert few.text.splitlines()[2] == '{"row": 5, "id": 5, "note": null}'
    assert few.headers["x-complete"] == "false"
    rest = await failing(api, "consumer", after=5, limit=100, format="parquet")
    found = pq.read_table(io.BytesIO(rest.content))
    assert found["row"].to_pylist() == found["id"].to_pylist() == list(range(7, 61, 2))
    assert rest.headers["x-complete"] == "true"


async def test_rows_that_break_a_contract_come_by_its_promise_and_by_its_rule(api: Api) -> None:
    document = contract(
        "name: id, logicalType: integer, unique: true",
        "name: note, logicalType: string",
        object="quality: [{type: custom, engine: dcs, id: small, severity: warning, "
        "implementation: {check: row, expression: 'id < 50'}}]",
    )
    await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
    await set_contract(api, document)
    await api.send(GAPS + "7,again\n")
    await api.settle()
    for check, rows in (
        ("contract:unique:id", [7, 61]),
        ("rule:small", list(range(50, 61))),
    ):
        answer = await failing(api, "steward", check=check, format="ndjson")
        assert answer.status_code == 200, answer.text
        assert [json.loads(line)["row"] for line in answer.text.splitlines()] == rows, check
        assert answer.headers["x-complete"] == "true"


async def test_a_check_that_no_row_decides_gives_no_rows(api: Api) -> None:
    await api.activate(FIRST)
    answer = await failing(api, "consumer", check="uniqueness:distinct:city", limit=10)
    assert (answer.status_code, answer.text.splitlines()) == (200, ['"row","id","amount","city"'])
    assert answer.headers["x-failed-rows"] == "0"


async def test_failing_rows_are_masked_like_any_read_and_on_record_first(api: Api) -> None:
    content = "id,email,note\n" + "".join(
        f"{n},person{n}@example.org,{'' if n % 2 else 'x'}\n" for n in range(1, 31)
    )
    await api.activate(content)
    for who, seen in (("consumer", False), ("analyst", True)):
        answer = await failing(api, who, limit=10)
        assert answer.status_code == 200, answer.text
        assert ("person1@example.org" in answer.text) is seen, who
        assert ("email" in answer.headers["x-masked-columns"]) is not seen
        record = (await api.get("auditor", "/api/v1/audit?limit=20")).json()["items"]
        decisions = [each["details"].get("decision") for each in record]
        assert answer.headers["x-decision-id"] in decisions


async def test_before_a_version_is_active_only_its_people_see_its_failing_rows(api: Api) -> None:
    await api.send(GAPS)
    await api.settle()
    assert (await failing(api, "consumer")).status_code in {403, 404}
    assert (await failing(api, "globex-admin")).status_code == 404
    assert (await failing(api, "producer")).status_code == 200
    assert (await failing(api, "steward")).status_code == 200


async def test_a_check_that_the_report_does_not_have_is_not_found(api: Api) -> None:
    await api.activate(GAPS)
    answer = await failing(api, "consumer", check="nothing:of:it", limit=10)
    assert (answer.status_code, answer.json()["code"]) == (404, "check_not_found")
