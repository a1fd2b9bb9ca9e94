"""A version's report in each form, for exactly those who may see it, and the schema for all."""

import json

import pytest

from dcs.validation import content_security, schema_document
from tests.api.conftest import Api
from tests.validation.schemas import complaints

pytestmark = pytest.mark.anyio

REPORT = "/api/v1/datasets/d/versions/1/report"
ROWS = "id,email\n1,canary-value@example.org\n2,nobody\n"
FORMS = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "sarif": "application/sarif+json",
}


async def test_the_schema_is_public_and_the_one_that_reports_follow(api: Api) -> None:
    answer = await api.get(None, "/api/v1/schemas/validation.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.text == schema_document()
    await api.send(ROWS)
    await api.settle()
    assert complaints((await api.get("producer", REPORT)).json()) == []


@pytest.mark.parametrize("form", FORMS)
async def test_a_report_has_three_forms_and_none_has_a_value(api: Api, form: str) -> None:
    await api.send(ROWS)
    await api.settle()
    answer = await api.get("producer", f"{REPORT}?format={form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == FORMS[form]
    assert "canary-value" not in answer.text
    assert "xxxxxx" in answer.text


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_is_one_decision_and_foreign_reports_do_not_exist(
    api: Api, form: str
) -> None:
    await api.send(ROWS)
    await api.settle()
    for who, status in (("producer", 200), ("consumer", 404), ("globex-admin", 404), (None, 401)):
        answer = await api.get(who, f"{REPORT}?format={form}")
        assert answer.status_code == status, who


async def test_the_page_is_shown_under_the_policy_that_its_style_needs(api: Api) -> None:
    await api.send(ROWS)
    await api.settle()
    headers = (await api.get("producer", f"{REPORT}?format=html")).headers
    assert headers["content-security-policy"].startswith(content_security())
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_sarif_names_the_file_its_sender_named(api: Api) -> None:
    await api.send(ROWS, filename="my file.csv")
    await api.settle()
    log = json.loads((await api.get("producer", f"{REPORT}?format=sarif")).text)
    [run] = log["runs"]
    assert run["artifacts"][0]["location"]["uri"] == "my%20file.csv"
    assert {each["ruleId"] for each in run["results"]} >= {"format/email"}


async def test_a_form_that_does_not_exist_is_refused(api: Api) -> None:
    await api.send(ROWS)
    await api.settle()
    assert (await api.get("producer", f"{REPORT}?format=pdf")).status_code == 422
