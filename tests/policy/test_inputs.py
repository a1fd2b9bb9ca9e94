"""Nonsense in, denial out: from the input to the answer."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from dcs.auth import OPEN_ALL_WEEK
from dcs.engines.decisions import PolicyFailedError
from dcs.engines.decisions.rego import RegoEngine
from dcs.policy import Action, masked_columns
from dcs.policy.inputs import input_document, read_answer
from dcs.policy.reasons import REASONS, explain
from dcs.studio import policy_folder
from tests.policy.conftest import TUESDAY_NOON, someone, something

COUNTS = {"test": 1_500, "ci": 5_000, "soak": 20_000}
JUNK = [None, 0, -1, 3, 2.5, "", "3", "acme", True, [], ["x"], {}, {"id": "u1"}]
MISSING = object()


def document(action: Action = Action.READ) -> dict[str, Any]:
    actor = someone(
        roles=("analyst", "steward", "producer", "auditor", "admin"),
        attributes={"clearance": 3, "gdpr_training_until": "2027-01-01T00:00:00Z"},
    )
    return input_document(actor, action, something(), TUESDAY_NOON, OPEN_ALL_WEEK)


def places(node: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path] if path else []
    if isinstance(node, dict):
        for key, value in node.items():
            found += places(value, (*path, key))
    return found


def put(root: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    node: Any = root
    for key in path[:-1]:
        node = node.get(key) if isinstance(node, dict) else None
    if isinstance(node, dict):
        if value is MISSING:
            node.pop(path[-1], None)
        else:
            node[path[-1]] = value


def oracle_denies(question: dict[str, Any]) -> bool:
    """Say, from the prose alone and apart from the Rego, whether this must be denied."""
    actor, resource = question.get("actor"), question.get("resource")
    if not isinstance(actor, dict) or not isinstance(resource, dict):
        return True
    levels = ["PUBLIC", "INTERNAL", "CONFIDENTIAL", "SECRET"]
    label = resource.get("classification")
    action = question.get("action")
    if not isinstance(label, str) or label not in levels or not isinstance(action, str):
        return True
    tenant = actor.get("tenant")
    if not isinstance(tenant, str) or not tenant or tenant != resource.get("tenant"):
        return True
    if not isinstance(actor.get("id"), str) or not actor.get("id"):
        return True
    if action not in {"preview", "read", "download"}:
        return False
    attributes = actor.get("attributes")
    clearance = attributes.get("clearance") if isinstance(attributes, dict) else 0
    if isinstance(clearance, bool) or not isinstance(clearance, int | float):
        clearance = 0
    if levels.index(label) > clearance:
        return True
    return action != "preview" and resource.get("status") != "active"


def test_missing_and_mistyped_facts_never_widen_what_is_allowed(
    engine: RegoEngine, scale: str
) -> None:
    chance = random.Random(20260303)
    allowed = 0
    for _ in range(COUNTS[scale]):
        question = document(
            chance.choice([Action.READ, Action.PREVIEW, Action.DOWNLOAD, Action.LIST])
        )
        for path in chance.sample(places(question), k=chance.randint(0, 3)):
            put(question, path, chance.choice([*JUNK, MISSING]))
        decision = read_answer(
            engine.evaluate(question), Action.READ, engine.revision, TUESDAY_NOON
        )
        if oracle_denies(question):
            assert not decision.allow, json.dumps(question)
        allowed += decision.allow
    assert allowed > COUNTS[scale] // 10  # the questions are not all nonsense


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"allow": True},
        {"allow": "yes", "deny": [], "grant": ["x"]},
        {"allow": True, "deny": ["no"], "grant": ["x"]},
        {"allow": True, "deny": [], "grant": []},
        {"allow": False, "deny": [], "grant": ["x"]},
        {"allow": True, "deny": {}, "grant": ["x"]},
        {"allow": True, "deny": [1], "grant": ["x"]},
    ],
    ids=str,
)
def test_an_answer_that_is_malformed_or_contradicts_itself_is_none(answer: dict[str, Any]) -> None:
    whole = {"obligations": {"mask": {"clear": []}, "columns": None, "audit": "full"}, **answer}
    with pytest.raises(PolicyFailedError):
        read_answer(whole, Action.READ, "r", TUESDAY_NOON)


def test_an_unknown_audit_level_is_no_answer() -> None:
    answer = {
        "allow": True,
        "deny": [],
        "grant": ["x"],
        "obligations": {"mask": {"clear": []}, "columns": None, "audit": "none"},
    }
    with pytest.raises(PolicyFailedError):
        read_answer(answer, Action.READ, "r", TUESDAY_NOON)


@pytest.mark.parametrize("columns", [..., "all", [1], {"x": 1}, True], ids=str)
def test_an_answer_that_does_not_say_which_columns_is_none(columns: object) -> None:
    obligations = {"mask": {"clear": []}, "columns": columns, "audit": "full"}
    if columns is ...:
        del obligations["columns"]
    answer = {"allow": True, "deny": [], "grant": ["x"], "obligations": obligations}
    with pytest.raises(PolicyFailedError):
        read_answer(answer, Action.READ, "r", TUESDAY_NOON)


def test_every_code_of_the_policy_has_a_sentence_and_every_sentence_a_code() -> None:
    text = (policy_folder() / "authz.rego").read_text()
    denials = set(re.findall(r'^deny contains "(\w+)"', text, re.MULTILINE))
    grants = set(re.findall(r'^grant contains (?:sprintf\(")?"?(\w+)', text, re.MULTILINE))
    rules = (policy_folder() / "compliance.rego").read_text()
    said = set(re.findall(r'^(?:problems|shown) contains "(\w+)"', rules, re.MULTILINE))
    assert denials | grants | said | {"no_grant"} == set(REASONS)
    assert explain("role:analyst") == "Your role analyst allows it."
    assert explain("grant:g1") == REASONS["grant"]


def test_the_policy_knows_every_action_and_no_other() -> None:
    text = (policy_folder() / "authz.rego").read_text()
    named = {
        word
        for line in re.findall(r":= \{\"[^}]*\}|\{\n[^}]*\n\}", text)
        for word in re.findall(r'"(\w+)"', line)
    }
    assert {action.value for action in Action} <= named
    roles = json.loads((policy_folder() / "data.json").read_text())["dcs"]["roles"]
    assert {action for actions in roles.values() for action in actions} <= {
        each.value for each in Action
    }


# A change of the policy that no test noticed would be a rule nobody checks.
MUTANTS = [
    ("level > clearance", "level < clearance"),
    ("level >= 2\n\tnot same_department", "level >= 3\n\tnot same_department"),
    ('input.actor.tenant == input.resource.tenant', 'input.actor.tenant != ""'),
    ('active if input.resource.status == "active"', "active if true"),
    ("is_uploader if input.resource.uploaded_by == input.actor.id", "is_uploader if true"),
    ('is_steward if "steward" in roles', "is_steward if true"),
    ("input.resource.requester != input.actor.id", 'input.resource.requester != ""'),
    ("not input.resource.contains_personal_data == false", "input.resource.contains_personal_data == true"),
    ("attributes.gdpr_training_until_ns > input.context.now_ns", "attributes.gdpr_training_until_ns > 0"),
    ("local.hour >= calendar.opens", "local.hour >= 0"),
    ("local.hour < calendar.closes", "local.hour < 24"),
    ("in calendar.weekdays", "in {1, 2, 3, 4, 5, 6, 7}"),
    ("local.holiday == false", "true"),
    ("local.holiday == false", "not local.holiday == true"),
    ('not input.actor.kind == "service"', "true"),
    ("not input.resource.legal_hold == false", "false"),
    ("given.dataset == input.resource.dataset", "true"),
    ("given.revoked == false", "true"),
    ("given.expires_ns > input.context.now_ns", "true"),
    ("input.action in given.actions", "true"),
    ("grantee.id == input.actor.id", "is_string(grantee.id)"),
    ("grantee.id in groups", "true"),
    ("given.tenant == input.actor.tenant", "true"),
    ("covers(given.columns)", "true"),
    ("input.action in reads | looks", "true"),
    ('not input.action == "report"', "true"),
    ("level >= 2\n\tnot own_department", "level >= 3\n\tnot own_department"),
    ("not own_department\n\tnot reviewing", "false"),
    ("some given in counted\n\tis_null(given.columns)", "some given in counted"),
    ('not startswith(reason, "grant:")', "true"),
    ("some name in given.columns", 'name := "x"'),
    ("attributes.employee == true", "true"),
    ("clearance >= 3\n\tsome tag", "clearance >= 2\n\tsome tag"),
    ("level == 3\n\tclearance < 3", "level == 4\n\tclearance < 3"),
    ("input.action in data.dcs.roles[role]", "true"),
    ("count(deny) == 0\n\tcount(grant) > 0", "count(grant) > 0"),
    ("count(deny) == 0\n\tcount(grant) > 0", "count(deny) == 0"),
    ("else := 0", "else := 3"),
    ("is_requester if input.resource.requester == input.actor.id", "is_requester if true"),
    ('input.action in {"approve", "decide_access"}', 'input.action == "approve"'),
    ('input.action in {"list", "request_access"}', 'input.action == "list"'),
    ('not input.resource.kind == "access_request"\n\tnot active', "false"),
    ('not input.resource.kind == "dataset"', "false"),
    ('{"decide_access", "revoke_grant", "see_grants"}', '{"decide_access", "see_grants"}'),
    ('input.resource.kind in {"access_request", "grant"}', 'input.resource.kind in {"grant"}'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), MUTANTS, ids=lambda text: text.replace("\n\t", " ")[:40])
def test_every_weakened_rule_is_noticed_by_some_case(
    engine: RegoEngine, old: str, new: str
) -> None:
    text = (policy_folder() / "authz.rego").read_text()
    assert text.count(old) >= 1, "the mutant does not apply any more"
    data = json.loads((policy_folder() / "data.json").read_text())
    mutant = RegoEngine({"authz.rego": text.replace(old, new)}, data)
    assert any(_answer(engine, question) != _answer(mutant, question) for question in _cases())


def _answer(engine: RegoEngine, question: dict[str, Any]) -> Any:
    answer = dict(engine.evaluate(question))
    obligations = answer["obligations"]
    columns = obligations["columns"]
    shown = None if columns is None else sorted(columns)
    return answer["allow"], sorted(answer["deny"]), sorted(obligations["mask"]["clear"]), shown


def _cases() -> list[dict[str, Any]]:
    """Return the questions of the rule-by-rule tests in short: one fact changed at a time."""
    grant = {
        "id": "g", "tenant": "acme", "dataset": "d1", "grantee": {"kind": "user", "id": "u1"},
        "actions": ["read"], "columns": None, "expires_ns": 1_900_000_000_000_000_000, "revoked": False,
    }  # fmt: skip
    changes: list[dict[tuple[str, ...], Any]] = [{}]
    for key, values in {
        ("action",): [
            "preview",
            "download",
            "approve",
            "list",
            "report",
            "upload",
            "cancel",
            "expedite",
            "comment",
            "metrics",
            "submit",
        ],
        ("actor", "tenant"): ["globex", ""],
        ("actor", "id"): ["uploader", "owner"],
        ("actor", "kind"): ["service"],
        ("actor", "roles"): [[], ["analyst"], ["consumer"]],
        ("actor", "attributes", "clearance"): [0, 1, 2, "3"],
        ("actor", "attributes", "department"): ["research", None],
        ("actor", "attributes", "employee"): [False],
        ("actor", "attributes", "gdpr_training_until_ns"): [None, 1],
        ("resource", "classification"): ["PUBLIC", "CONFIDENTIAL", "SECRET"],
        ("resource", "status"): ["validating"],
        ("resource", "contains_personal_data"): [True, None],
        ("resource", "legal_hold"): [True],
        ("resource", "requester"): ["u1", None],
        ("context", "now_ns"): [1772856000000000000, 1772512200000000000],
        ("context", "calendar", "closes"): [12],
        ("context", "calendar", "opens"): [13],
        ("context", "calendar", "weekdays"): [[1]],
    }.items():
        changes += [{key: value} for value in values]
    pairs = [
        {**one, **other}
        for one in changes
        for other in changes
        if one and other and one.keys() != other.keys()
    ]
    chance = random.Random(7)
    grants = [
        {("resource", "grants"): [{**grant, **change}], ("resource", "classification"): "CONFIDENTIAL",
         ("resource", "department"): "research", ("actor", "roles"): [], ("actor", "groups"): ["g1"]}
        for change in (
            {}, {"dataset": "d2"}, {"revoked": True}, {"expires_ns": 1}, {"actions": ["list"]}, {"tenant": "globex"},
            {"grantee": {"kind": "user", "id": "u2"}}, {"grantee": {"kind": "group", "id": "g1"}},
            {"grantee": {"kind": "group", "id": "g2"}}, {"columns": ["a"]}, {"columns": "a"},
        )
    ]  # fmt: skip
    say = {**grant, "actions": ["read", "revoke_grant"]}
    grants += [
        {("action",): "revoke_grant", ("resource", "grants"): [say], ("actor", "roles"): []},
    ]
    part = {**grant, "columns": ["a", "b"], "actions": ["read", "report"]}
    theirs = {
        ("resource", "classification"): "CONFIDENTIAL",
        ("resource", "department"): "research",
    }
    grants += [
        {**theirs, ("resource", "grants"): [part]},
        {**theirs, ("resource", "grants"): [part, grant], ("actor", "roles"): []},
        {
            ("resource", "grants"): [part],
            ("actor", "roles"): [],
            ("actor", "attributes", "employee"): False,
        },
        {("resource", "grants"): [part], ("actor", "roles"): [], ("action",): "report", **theirs},
    ]
    grants += [
        {("action",): action, ("resource", "kind"): kind, ("resource", "requester"): requester,
         ("actor", "roles"): roles, **more}
        for action in ("request_access", "decide_access", "revoke_grant", "see_grants")
        for kind in ("dataset", "access_request", "grant")
        for requester in ("u1", "u2")
        for roles in ([], ["consumer"], ["steward"])
        for more in (
            {}, {("resource", "owner"): "u1"}, {("resource", "status"): "none"},
            {("resource", "classification"): "SECRET", ("actor", "attributes", "clearance"): 2},
        )
    ]  # fmt: skip
    download = {("action",): "download", ("actor", "roles"): ["analyst"]}
    office = {("context", "calendar", "opens"): 9, ("context", "calendar", "closes"): 18}
    personal = ("resource", "contains_personal_data")
    trained = ("actor", "attributes", "gdpr_training_until_ns")
    local = ("context", "local")
    tuesday = {"weekday": 2, "holiday": False}
    directed: list[dict[tuple[str, ...], Any]] = [
        {**download, personal: True, trained: 1},
        {**download, personal: True, trained: MISSING},
        {**download, personal: None, trained: MISSING},
        {**download, **office, local: {"hour": 8, **tuesday}},
        {**download, **office, local: {"hour": 18, **tuesday}},
        {**download, ("context", "calendar", "weekdays"): [1], local: {"hour": 12, **tuesday}},
        {**download, **office, local: {"hour": 12, "weekday": 2, "holiday": True}},
        {**download, **office, local: {"hour": 12, "weekday": 2}},
        {**download, **office, local: {"hour": 3, **tuesday}, ("actor", "kind"): "service"},
        {
            ("action",): "preview",
            ("actor", "roles"): ["analyst"],
            ("resource", "status"): "validated",
        },
        {
            ("action",): "list",
            ("actor", "roles"): ["consumer"],
            ("actor", "attributes", "clearance"): 2,
            ("resource", "classification"): "SECRET",
        },
    ]
    cases = []
    for change in [*changes, *grants, *directed, *chance.sample(pairs, 600)]:
        question = document()
        for path, value in change.items():
            put(question, path, value)
        cases.append(question)
    return cases


def test_a_column_with_any_tag_that_is_not_clear_is_masked() -> None:
    columns = [
        ("id", (), "redact"),
        ("email", ("EMAIL_ADDRESS",), "partial"),
        ("note", ("EMAIL_ADDRESS", "US_SSN"), "redact"),
        ("odd", ("UNKNOWN",), "invented"),
    ]
    assert masked_columns(columns, frozenset()) == {
        "email": "partial",
        "note": "redact",
        "odd": "redact",
    }
    assert masked_columns(columns, frozenset({"EMAIL_ADDRESS"})) == {
        "note": "redact",
        "odd": "redact",
    }


def test_the_packaged_policy_is_that_of_the_source() -> None:
    source = Path(__file__).parents[2] / "policies"
    names = [path.name for path in sorted(source.glob("*.rego"))]
    assert names == ["authz.rego", "compliance.rego"]
    for name in names:
        assert (policy_folder() / name).read_text() == (source / name).read_text()


def test_a_code_of_an_earlier_release_is_still_put_into_words() -> None:
    assert explain("no_longer_known") == "No longer known."
    assert explain("role:") == REASONS["role"]
