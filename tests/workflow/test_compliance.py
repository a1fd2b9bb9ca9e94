"""The check before people: facts are gathered, the rules decide, and everybody hears what they said."""

from dataclasses import fields, replace
from typing import Any

import pytest

from dcs.catalog import Status, Version
from dcs.core.classification import Classification
from dcs.core.ids import TenantId
from dcs.engines.decisions import PolicyFailedError
from dcs.engines.decisions.rego import RegoEngine
from dcs.policy import Compliance, ComplianceFacts, FoundPersonalData
from dcs.studio import Studio
from dcs.workflow import ApprovalTemplate, ComplianceCheck
from tests.validation.contracts.documents import contract
from tests.workflow.test_telling import Case, case

pytestmark = pytest.mark.anyio

ACME = TenantId("acme")
__all__ = ["case"]  # the fixture, for this file as well
PROMISED = contract("name: id", "name: amount")
PERSONAL = b"mail,amount\n" + b"anna@example.org,1\n" * 30


def check_of(studio: Studio, rules: str | None = None) -> ComplianceCheck:
    """Return the check over a studio's services, by the product's rules or by others."""
    permits = studio.permits
    if rules is not None:
        text = f"package dcs.compliance\nimport rego.v1\ndecision := {rules}\n"
        permits = replace(permits, engine=RegoEngine({"compliance.rego": text}, {}))
    return ComplianceCheck(
        studio.database, studio.quarantine.inspector, studio.reports, studio.identity, permits
    )


async def facts(case: Case, version: Version) -> ComplianceFacts:
    dataset, now = await case.studio.catalog.load(ACME, version.id)
    check = check_of(case.studio)
    template = (await check.template(ACME, dataset.classification)).template
    return await check.facts(ACME, dataset, now, template)


async def now(case: Case, version: Version) -> Version:
    return (await case.studio.catalog.load(ACME, version.id))[1]


async def test_every_fact_is_gathered_from_where_it_is_kept(case: Case) -> None:
    version = await case.send()
    assert await facts(case, version) == ComplianceFacts(
        classification=Classification.INTERNAL,
        malware="clean",
        released=False,
        scanned_here=True,
        contract=False,
        contract_required=False,
        judged_by_contract=False,
        failed_promises=0,
        personal_data=(),
        dataset_retention=None,
        tenant_retention=3_650,
        owner_active=True,
    )
    await case.studio.catalog.set_retention(case.people["paula"], "d", 30)
    assert (await facts(case, version)).dataset_retention == 30


async def test_a_contract_counts_once_the_report_says_that_it_was_kept(case: Case) -> None:
    version = await case.send(classification=Classification.CONFIDENTIAL)
    gathered = await facts(case, version)
    assert (gathered.contract, gathered.contract_required) == (True, True)
    assert (gathered.judged_by_contract, gathered.failed_promises) == (True, 0)


async def test_each_sort_of_personal_data_is_one_fact_without_where(case: Case) -> None:
    columns = b"mail,other\n" + b"anna@example.org,bert@example.org\n" * 30
    version = await case.send(columns)
    found = FoundPersonalData("A", False, False, "CONFIDENTIAL")
    assert (await facts(case, version)).personal_data == (found,)


WORST = replace(
    ComplianceFacts(
        Classification.PUBLIC, "infected", False, True, False, True, False, 9, None, None, None, False
    ),
    attestations=("It is mine to give.",),
)  # fmt: skip
NO = '{"passed": false, "problems": ["retention_missing"], "shown": [], "unanswered": []}'
YES = '{"passed": true, "problems": [], "shown": ["no_contract"], "unanswered": []}'


async def test_nothing_but_the_rules_decides(case: Case) -> None:
    """With other rules the worst version passes and the best one fails: Python holds none."""
    version = await case.send()
    dataset, version = await case.studio.catalog.load(ACME, version.id)
    lenient, strict = check_of(case.studio, YES), check_of(case.studio, NO)
    assert await lenient.permits.complies(WORST) == Compliance(True, (), ("no_contract",))
    said = await strict.check(ACME, dataset, version, ApprovalTemplate())
    assert said == Compliance(False, ("retention_missing",))
    assert not (await case.studio.permits.complies(WORST)).passed


def test_every_fact_reaches_the_rules() -> None:
    """A fact that is not in the document could only be weighed by Python."""
    other: dict[str, Any] = {
        "classification": Classification.SECRET, "malware": "clean", "released": True, "scanned_here": False,
        "contract": True, "contract_required": False, "judged_by_contract": True, "failed_promises": 1,
        "personal_data": (FoundPersonalData("B", True, True, "SECRET"),), "dataset_retention": 1, "tenant_retention": 1,
        "owner_active": True, "attestations": ("a",), "attested": ("b",),
    }  # fmt: skip
    assert set(other) == {each.name for each in fields(ComplianceFacts)}
    for name, value in other.items():
        assert replace(WORST, **{name: value}).document() != WORST.document(), name


@pytest.mark.parametrize("rules", ['{"passed": true}', "input.nothing", "3"])
async def test_rules_that_give_no_answer_let_nobody_be_asked(case: Case, rules: str) -> None:
    await case.send()
    with pytest.raises(PolicyFailedError):
        await check_of(case.studio, rules).permits.complies(WORST)


async def test_a_broken_rule_is_told_to_the_requester_in_words_and_asks_nobody(case: Case) -> None:
    version = await case.send(PERSONAL, Classification.PUBLIC)
    ended = await now(case, version)
    assert (ended.status, ended.reason) == (Status.REJECTED, "COMPLIANCE_FAILED")
    notices = case.studio.notices
    [told] = await notices.find(case.people["paula"], unread=False, before=None, limit=9)
    assert told.subject == "d, version 1, breaks a rule"
    assert "Personal data was found, and the dataset is PUBLIC." in told.text
    assert await case.told("stella") == []
    story = await case.story("paula")
    [problem] = story["details"]["compliance"]["problems"]
    assert problem["code"] == "personal_data_in_public_dataset"
    assert "the dataset is PUBLIC" in problem["reason"]
    recorded = [
        each for each in story["history"] if each["action"] == "approval.compliance_finished"
    ]
    assert recorded[0]["details"]["problems"] == "personal_data_in_public_dataset"


@pytest.mark.parametrize("classification", [Classification.CONFIDENTIAL, Classification.SECRET])
async def test_closed_data_without_a_contract_asks_nobody(
    case: Case, classification: Classification
) -> None:
    version = await case.send(classification=classification, promised=False)
    assert (await now(case, version)).reason == "COMPLIANCE_FAILED"
    said = (await case.story("paula"))["details"]["compliance"]
    assert [each["code"] for each in said["problems"]] == ["contract_missing"]


async def test_what_is_shown_refuses_nothing(case: Case) -> None:
    version = await case.send(PERSONAL)
    assert (await now(case, version)).status is Status.AWAITING_APPROVAL
    said = (await case.story("stella"))["details"]["compliance"]
    assert [each["code"] for each in said["shown"]] == [
        "classification_seems_low",
        "no_contract",
        "undeclared_personal_data",
    ]
    assert (said["problems"], said["unanswered"]) == ([], [])


async def test_nobody_is_asked_where_nothing_says_how_long_data_is_kept(case: Case) -> None:
    await case.send()
    admin = replace(case.people["paula"], roles=frozenset({"admin"}))
    await case.studio.set_default_retention(admin, None)
    version = await case.send_again(b"id,amount\n3,4\n")
    assert (await now(case, version)).reason == "COMPLIANCE_FAILED"
    await case.studio.catalog.set_retention(case.people["paula"], "d", 30)
    version = await case.send_again(b"id,amount\n5,6\n")
    assert (await now(case, version)).status is Status.AWAITING_APPROVAL


async def test_what_a_template_wants_attested_is_asked_of_the_requester_first(case: Case) -> None:
    sentence = "It is mine to give."
    draft = await case.send()
    paula = case.people["paula"]
    admin = replace(paula, roles=frozenset({"admin"}))
    await case.studio.approval_templates.put(
        admin, Classification.INTERNAL, ApprovalTemplate(attestations=(sentence,))
    )
    version = await case.send_again(b"id,amount\n3,4\n")
    assert version.id != draft.id
    waiting = await now(case, version)
    assert (waiting.status, waiting.reason) == (Status.VALIDATED, "ATTESTATIONS_MISSING")
    assert await case.told("paula") == ["d, version 2, needs your word"]
    said = await case.studio.approvals.rules_on(paula, waiting)
    assert said is not None
    assert (said.problems, said.unanswered) == ((), (sentence,))

    await case.studio.approvals.submit(paula, waiting)
    await case.settle()
    assert (await now(case, version)).reason == "ATTESTATIONS_MISSING"
    await case.studio.approvals.submit(paula, waiting, (sentence,))
    await case.settle()
    assert (await now(case, version)).status is Status.AWAITING_APPROVAL
    said = await case.studio.approvals.rules_on(paula, waiting)
    assert said is not None
    assert said.unanswered == ()
