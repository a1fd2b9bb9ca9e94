"""The compliance rules, one by one: what ends a version, what is only shown, what is asked first."""

import copy
import json
import random
from dataclasses import replace
from typing import Any

import pytest

from dcs.core.classification import Classification
from dcs.engines.decisions import COMPLIANCE, PolicyFailedError
from dcs.engines.decisions.rego import RegoEngine
from dcs.policy import Compliance, ComplianceFacts, FoundPersonalData
from dcs.policy.compliance import read_compliance
from dcs.studio import policy_folder
from tests.policy.test_inputs import MISSING, places, put

PUBLIC, INTERNAL, CONFIDENTIAL, SECRET = Classification
COUNTS = {"test": 1_500, "ci": 5_000, "soak": 20_000}

FINE = ComplianceFacts(
    classification=INTERNAL,
    malware="clean",
    released=False,
    scanned_here=True,
    contract=True,
    contract_required=True,
    judged_by_contract=True,
    failed_promises=0,
    personal_data=(),
    dataset_retention=None,
    tenant_retention=3_650,
    owner_active=True,
    attestations=("It is mine to give.",),
    attested=("It is mine to give.",),
)


def found(
    tier: str = "A",
    classification: str = "INTERNAL",
    *,
    declared: bool = False,
    excluded: bool = False,
) -> FoundPersonalData:
    return FoundPersonalData(tier, declared, excluded, classification)


def answer(engine: RegoEngine, document: dict[str, Any]) -> Compliance:
    return read_compliance(engine.evaluate(document, COMPLIANCE))


def ask(engine: RegoEngine, **changes: Any) -> Compliance:
    return answer(engine, replace(FINE, **changes).document())


def test_what_breaks_no_rule_passes_and_nothing_is_shown(engine: RegoEngine) -> None:
    assert ask(engine) == Compliance(passed=True)


EMAIL, TAX = found("A", "CONFIDENTIAL"), found("A", "SECRET")
NO_CONTRACT = {"contract": False, "contract_required": False, "judged_by_contract": False}


@pytest.mark.parametrize(
    ("changes", "problems", "shown"),
    [
        # malware
        ({"malware": "infected"}, ["malware_not_ruled_out"], []),
        ({"malware": "too_large"}, ["malware_not_ruled_out"], []),
        ({"malware": "error"}, ["malware_not_ruled_out"], []),
        ({"malware": "unscanned"}, ["malware_not_ruled_out"], []),
        ({"malware": "unscanned", "scanned_here": False}, [], []),
        ({"malware": "infected", "scanned_here": False}, ["malware_not_ruled_out"], []),
        ({"malware": "infected", "released": True}, [], []),
        # the data contract
        ({"contract": False}, ["contract_missing"], []),
        (NO_CONTRACT, [], ["no_contract"]),
        ({"contract_required": False}, [], []),
        ({"judged_by_contract": False}, ["contract_not_passed"], []),
        ({"failed_promises": 1}, ["contract_not_passed"], []),
        ({"contract_required": False, "failed_promises": 1}, ["contract_not_passed"], []),
        # personal data, declared and not
        ({"personal_data": (found(declared=True),)}, [], []),
        ({"personal_data": (found(),)}, [], ["undeclared_personal_data"]),
        ({"personal_data": (found("B"),)}, [], ["undeclared_personal_data"]),
        ({"personal_data": (found("C"),)}, [], []),
        ({"personal_data": (found(excluded=True),)}, [], []),
        ({"personal_data": (found(declared=True), found())}, [], ["undeclared_personal_data"]),
        ({"personal_data": None}, [], ["undeclared_personal_data"]),
        # a classification that fits what was found
        ({"personal_data": (EMAIL,)}, [], ["classification_seems_low", "undeclared_personal_data"]),
        ({"personal_data": (replace(EMAIL, declared=True),)}, [], ["classification_seems_low"]),
        (
            {"personal_data": (replace(EMAIL, declared=True),), "classification": CONFIDENTIAL},
            [],
            [],
        ),
        (
            {"personal_data": (replace(TAX, declared=True),), "classification": CONFIDENTIAL},
            [],
            ["classification_seems_low"],
        ),
        ({"personal_data": (replace(TAX, declared=True),), "classification": SECRET}, [], []),
        ({"personal_data": (found("B", "SECRET"),)}, [], ["undeclared_personal_data"]),
        (
            {"personal_data": (found("B", "SECRET", declared=True),)},
            [],
            ["classification_seems_low"],
        ),
        ({"personal_data": (found("C", "SECRET"),)}, [], []),
        # what is public
        ({"classification": PUBLIC}, [], []),
        (
            {"classification": PUBLIC, "personal_data": (EMAIL,)},
            ["personal_data_in_public_dataset"],
            ["classification_seems_low", "undeclared_personal_data"],
        ),
        (
            {"classification": PUBLIC, "personal_data": (found("B", declared=True),)},
            ["personal_data_in_public_dataset"],
            ["classification_seems_low"],
        ),
        (
            {"classification": PUBLIC, "personal_data": None},
            ["personal_data_in_public_dataset"],
            ["undeclared_personal_data"],
        ),
        (
            {"classification": PUBLIC, "personal_data": (found("B"),)},
            [],
            ["personal_data_suspected_in_public_dataset", "undeclared_personal_data"],
        ),
        (
            {"classification": PUBLIC, "personal_data": (found("C", declared=True),)},
            [],
            ["personal_data_suspected_in_public_dataset"],
        ),
        ({"classification": PUBLIC, "personal_data": (replace(EMAIL, excluded=True),)}, [], []),
        # how long it is kept
        ({"tenant_retention": None}, ["retention_missing"], []),
        ({"tenant_retention": None, "dataset_retention": 1}, [], []),
        ({"dataset_retention": 0}, ["retention_missing"], []),
        ({"tenant_retention": 0}, ["retention_missing"], []),
        # who answers for it
        ({"owner_active": False}, ["owner_not_active"], []),
        # all at once
        (
            {"owner_active": False, "tenant_retention": None, "malware": "error"},
            ["malware_not_ruled_out", "owner_not_active", "retention_missing"],
            [],
        ),
    ],
    ids=str,
)
def test_each_fact_breaks_its_rule_or_is_shown_and_no_other(
    engine: RegoEngine, changes: dict[str, Any], problems: list[str], shown: list[str]
) -> None:
    said = ask(engine, **changes)
    assert (list(said.problems), list(said.shown)) == (problems, shown)
    assert said.passed is (not problems)


@pytest.mark.parametrize(
    ("wanted", "given", "unanswered"),
    [
        ((), (), ()),
        ((), ("more",), ()),
        (("a", "b"), ("b", "a"), ()),
        (("a", "b"), ("a",), ("b",)),
        (("a", "b"), (), ("a", "b")),
        (("a",), ("A",), ("a",)),
    ],
)
def test_what_the_requester_has_to_attest_is_asked_before_any_person_is(
    engine: RegoEngine,
    wanted: tuple[str, ...],
    given: tuple[str, ...],
    unanswered: tuple[str, ...],
) -> None:
    said = ask(engine, attestations=wanted, attested=given)
    assert said == Compliance(passed=not unanswered, unanswered=unanswered)


CASES: dict[str, dict[str, Any]] = {
    "malware": {"malware": "infected"},
    "not scanned": {"malware": "unscanned"},
    "contract missing": {"contract": False, "judged_by_contract": False},
    "contract not judged": {"judged_by_contract": False},
    "contract broken": {"failed_promises": 2},
    "broken though not required": {"contract_required": False, "failed_promises": 2},
    "public, verified": {"classification": PUBLIC, "personal_data": (EMAIL,)},
    "public, declared": {"classification": PUBLIC, "personal_data": (found("B", declared=True),)},
    "public, not looked": {"classification": PUBLIC, "personal_data": None},
    "public, as well": {"classification": PUBLIC, "personal_data": (found("C"), EMAIL)},
    "kept nobody knows how long": {"tenant_retention": None},
    "owner gone": {"owner_active": False},
    "not attested": {"attested": ()},
    "attested something else": {"attested": ("It is fine.",)},
}
# None of these is what a fact may be where a rule asks for it; a number stands for a retention.
JUNK = [None, "", "yes", "3", [], {}, -1, 0.5, ["x"], {"id": "u1"}, [[]]]


def _junk(path: tuple[Any, ...]) -> list[Any]:
    """Return the nonsense that is not, for this fact, an answer that somebody may give."""
    meant = {"personal_data": [[]], "tenant": [None], "dataset": [None], "required": [[], ["x"]]}
    return [MISSING, *(each for each in JUNK if each not in meant.get(path[-1], []))]


def _every_place(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = places(node)
    listed = node.get("personal_data")
    for number, each in enumerate(listed if isinstance(listed, list) else []):
        found += [("personal_data", number), *(("personal_data", number, key) for key in each)]
    return found


def _put(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    if path[0] != "personal_data" or len(path) == 1:
        put(document, path, value)
        return
    findings = document.get("personal_data")
    if not isinstance(findings, list) or len(findings) <= path[1]:
        return
    if len(path) == 2:
        findings[path[1]] = None if value is MISSING else value
    elif isinstance(findings[path[1]], dict):
        put(findings[path[1]], path[2:], value)


def test_a_missing_or_mistyped_fact_never_turns_a_refusal_into_a_pass(
    engine: RegoEngine, scale: str
) -> None:
    """Walk every fact of every refusal alone, then several at once by chance."""
    chance = random.Random(20261125)
    walked = 0
    for changes in CASES.values():
        document = replace(FINE, **changes).document()
        assert not answer(engine, document).passed
        for path in _every_place(document):
            for value in _junk(path):
                walked += _still_refused(engine, document, {path: value})
    for _ in range(COUNTS[scale]):
        document = replace(FINE, **CASES[chance.choice(list(CASES))]).document()
        chosen = chance.sample(_every_place(document), k=chance.randint(1, 4))
        walked += _still_refused(
            engine, document, {path: chance.choice(_junk(path)) for path in chosen}
        )
    assert walked > 3_000


def _still_refused(
    engine: RegoEngine, document: dict[str, Any], changes: dict[tuple[Any, ...], Any]
) -> int:
    changed = copy.deepcopy(document)
    for path, value in changes.items():
        _put(changed, path, value)
    assert not answer(engine, changed).passed, json.dumps(changed)
    return 1


def test_a_document_of_nonsense_is_refused(engine: RegoEngine) -> None:
    for document in ({}, {"classification": "PUBLIC"}, {"personal_data": []}):
        said = answer(engine, document)
        assert not said.passed
        assert "malformed_facts" in said.problems


FINE_ANSWER = {"passed": True, "problems": [], "shown": [], "unanswered": []}


@pytest.mark.parametrize(
    "changes",
    [
        {"passed": "yes"},
        {"passed": None},
        {"passed": False},
        {"problems": ["no"]},
        {"unanswered": ["a"]},
        {"problems": None},
        {"problems": {}},
        {"shown": [1]},
        {"unanswered": "a"},
        {"shown": ...},
        {"passed": ...},
    ],
    ids=str,
)
def test_an_answer_that_is_malformed_or_contradicts_itself_is_none(changes: dict[str, Any]) -> None:
    assert read_compliance(FINE_ANSWER).passed
    given = {key: value for key, value in {**FINE_ANSWER, **changes}.items() if value is not ...}
    with pytest.raises(PolicyFailedError):
        read_compliance(given)


# A change of the rules that no test noticed would be a rule nobody checks.
MUTANTS = [
    ('input.malware.verdict == "clean"', "is_string(input.malware.verdict)"),
    ("input.malware.released == true", "is_boolean(input.malware.released)"),
    ("input.malware.scanned_here == false", "true"),
    ('input.malware.verdict == "unscanned"', "true"),
    ("not input.contract.required == false\n", "input.contract.required == true\n"),
    ("not input.contract.present == true\n}\n\nproblems", "input.contract.present == false\n}\n\nproblems"),
    ("not input.contract.present == false", "input.contract.present == true"),
    ("input.contract.judged == true", "true"),
    ("input.contract.failed_promises == 0", "true"),
    ("level > 0", "level >= 0"),
    ("some finding in counted\n\tcertain(finding)\n}\n\n# Nobody", "false\n}\n\n# Nobody"),
    ("not closed\n\tnot looked", "false"),
    ('not finding.tier == "C"\n\tnot finding', "not finding"),
    ("not finding.declared == true", "finding.declared == false"),
    ("not finding.excluded == true", "true"),
    ("not finding.excluded == true", "finding.excluded == false"),
    ('uncertain(finding) if finding.tier == "C"', "uncertain(finding) if false"),
    ("finding.declared == false", "true"),
    ('finding.tier == "B"', 'not finding.tier == "C"'),
    ("levels[finding.classification] <= level", "levels[finding.classification] < level"),
    ("levels[finding.classification] <= level", "true"),
    ("not text in given", "true"),
    ("not text in given", "false"),
    ("days >= 1", "days >= 0"),
    ("is_number(days)", "true"),
    ("is_null(input.retention_days.dataset)", "true"),
    ("not input.owner_active == true", "input.owner_active == false"),
    ("count(unanswered) == 0", "true"),
    ("count(problems) == 0", "true"),
    ('"malformed_facts" if not well_formed', '"malformed_facts" if false'),
    ("every text in required {\n\t\tis_string(text)\n\t}", "true"),
    ("is_number(level)\n\tis_array", "is_array"),
    ('"undeclared_personal_data" if not looked', '"undeclared_personal_data" if false'),
]  # fmt: skip


def _directed() -> list[dict[str, Any]]:
    """Return the facts of every case above, and each of them with one fact gone or mistyped."""
    given = [{}, {"personal_data": (found("B", declared=True), found("C"))}, NO_CONTRACT]
    given += [*CASES.values(), {"tenant_retention": 0}, {"dataset_retention": 0}]
    given += [
        {"malware": "infected", "scanned_here": False},
        {"malware": "unscanned", "scanned_here": False},
        {"malware": "infected", "released": True},
        {"classification": CONFIDENTIAL, "personal_data": (EMAIL, TAX)},
        {"classification": CONFIDENTIAL, "personal_data": (replace(EMAIL, excluded=True),)},
        {"classification": PUBLIC, "personal_data": (found("B"), found("C"))},
        {"personal_data": (found("C"),)},
        {"personal_data": (found(declared=True),)},
    ]
    documents = []
    for changes in given:
        document = replace(FINE, **changes).document()
        documents.append(document)
        for path in _every_place(document):
            for value in (MISSING, None, "x", [1]):
                changed = copy.deepcopy(document)
                _put(changed, path, value)
                documents.append(changed)
    return documents


@pytest.mark.parametrize(("old", "new"), MUTANTS, ids=lambda text: text.replace("\n\t", " ")[:40])
def test_every_weakened_rule_is_noticed_by_some_case(
    engine: RegoEngine, old: str, new: str
) -> None:
    text = (policy_folder() / "compliance.rego").read_text()
    assert text.count(old) >= 1, "the mutant does not apply any more"
    mutant = RegoEngine({"compliance.rego": text.replace(old, new, 1)}, {})
    assert any(_plain(engine, each) != _plain(mutant, each) for each in _directed())


def _plain(engine: RegoEngine, document: dict[str, Any]) -> Any:
    given = engine.evaluate(document, COMPLIANCE)
    return {
        key: sorted(value) if isinstance(value, list) else value for key, value in given.items()
    }
