"""Access on the command line: asked for, decided, extended and taken back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Result
from tests.validation.contracts.documents import contract

As = Callable[..., Result]
DECISIONS = (("steward", "L1"), ("steward2", "L2"))


@pytest.fixture
def figures(as_user: As, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Activate a CONFIDENTIAL dataset of sales, named like the test."""
    name = request.node.name.replace("_", "-")[:60]
    file = tmp_path / "figures.csv"
    rows = "".join(f"{n},{n * 10},{request.node.name} {n}\n" for n in range(5))
    file.write_text("id,amount,note\n" + rows)
    promised = tmp_path / "figures.yaml"
    promised.write_text(contract("name: id", "name: amount", "name: note"))
    upload = ("upload", file, "--dataset", name, "--classification", "CONFIDENTIAL")
    sent = as_user("producer", *upload, "--contract", promised, "--wait", "--json")
    [approval] = as_user("steward", "approvals", "list", "--mine", "--json").json
    for who, level in DECISIONS:
        voted = as_user(who, "approvals", "approve", approval["id"], "--level", level)
        assert voted.code == 0, voted.err
    while as_user("producer", "status", sent.json["id"], "--json").json["status"] != "active":
        pass
    return name


def asked(as_user: As, dataset: str, *more: object) -> Result:
    words = ("request", dataset, "--purpose", "monthly figures", "--days", 9)
    return as_user("steward2", "access", *words, "--accept-terms", *more)


def grant_of(as_user: As, request: str, who: str = "steward2") -> Any:
    """Return the grant of a request once the server's machinery has written it."""
    while True:
        listed = as_user(who, "access", "list", "--grants", "--json").json
        for each in listed:
            if each["request"] == request:
                return each


def test_what_an_owner_gives_is_read_until_it_is_taken_back(as_user: As, figures: str) -> None:
    read = ("read", figures, "--limit", 2)
    assert as_user("steward2", *read).code == 4
    request = asked(as_user, figures, "--columns", "id, amount", "--json").json["id"]
    assert as_user("steward2", "access", "approve", request).code == 4
    approved = as_user(
        "producer", "access", "approve", request, "--columns", "amount", "--days", 2, "--json"
    ).json
    assert (approved["state"], approved["columns"], approved["days"]) == ("approved", ["amount"], 2)
    grant = grant_of(as_user, request)
    assert as_user("steward2", *read).out.splitlines()[0] == '"amount"'
    assert as_user("steward2", "access", "extend", grant["id"], "--days", 3).code == 4
    extended = as_user("producer", "access", "extend", grant["id"], "--days", 3, "--json").json
    assert extended["expires_at"] > grant["expires_at"]
    assert "active" in as_user("producer", "access", "list", "--grants").out
    revoke = ("access", "revoke", grant["id"])
    assert as_user("producer", *revoke).code == 2
    assert as_user("producer", *revoke, "--reason", "no more").out == f"{grant['id']}  revoked\n"
    assert as_user("steward2", *read).code == 4
    assert as_user("producer", *revoke, "--reason", "no more").code == 1


def test_a_denied_request_gives_nothing(as_user: As, figures: str) -> None:
    request = asked(as_user, figures, "--actions", "preview,read", "--json").json["id"]
    assert asked(as_user, figures).code == 1
    listed = as_user("producer", "access", "list").out
    assert request in listed
    assert "monthly figures" in listed
    assert as_user("globex-admin", "access", "list", "--json").json == []
    assert as_user("producer", "access", "deny", request).code == 2
    denied = as_user("producer", "access", "deny", request, "--reason", "not this month")
    assert denied.out == f"{request}  denied\n"
    assert as_user("steward2", "read", figures, "--limit", 2).code == 4
    assert as_user("globex-admin", "access", "deny", request, "--reason", "not mine").code == 6


def test_the_terms_are_shown_to_whoever_has_not_accepted_them(as_user: As, figures: str) -> None:
    words = ("access", "request", figures, "--purpose", "monthly figures")
    refused = as_user("steward2", *words)
    assert refused.code == 2
    assert "delete every copy" in refused.err
    assert asked(as_user, figures, "--columns", "id,nope").code == 2
    assert asked(as_user, "nowhere").code == 6


def test_more_time_is_asked_for_on_the_command_line(as_user: As, figures: str) -> None:
    request = asked(as_user, figures, "--json").json["id"]
    assert as_user("producer", "access", "approve", request).code == 0
    grant = grant_of(as_user, request)
    words = ("access", "ask-extension", grant["id"], "--days", 20)
    assert as_user("steward2", *words).code == 2
    asking = as_user("steward2", *words, "--reason", "the study goes on", "--json").json
    assert (asking["kind"], asking["state"]) == ("extension", "open")
    assert as_user("producer", *words, "--reason", "because I can").code == 4
    assert asked(as_user, figures, "--group", "board").code == 2


def test_a_check_of_grants_says_by_its_exit_code_whether_any_differs(
    as_user: As, figures: str
) -> None:
    whole = as_user("auditor", "access", "check")
    assert whole.code == 0, whole.err
    assert "0 of them differ" in whole.err
    assert as_user("producer", "access", "check").code == 4
    # Somebody with clearance 1 is given CONFIDENTIAL data: approved, granted, and not allowed.
    words = ("request", figures, "--purpose", "monthly figures", "--accept-terms", "--json")
    request = as_user("consumer", "access", *words).json["id"]
    assert as_user("producer", "access", "approve", request).code == 0
    grant = grant_of(as_user, request, "consumer")
    found = as_user("auditor", "access", "check", "--json")
    assert found.code == 3, found.err
    [differs] = found.json["grants"]
    assert (differs["id"], found.json["drifted"]) == (grant["id"], 1)
    assert {each["channel"] for each in differs["drift"]} >= {"preview", "rows"}
    listed = as_user("producer", "access", "list", "--drift").out
    assert "clearance_too_low" in listed
    assert grant["id"] in listed
