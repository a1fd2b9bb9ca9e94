"""`dcs admin templates` and what follows from one: a quorum, a group, a vote that is handed over."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Result

As = Callable[..., Result]


def test_a_template_is_listed_set_and_taken_back(as_user: As, tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"levels": {"L1": {"quorum": 2, "hours": 8, "expedited_hours": 1}}}))
    kept = as_user("admin", "admin", "templates", "set", "PUBLIC", file, "--replaces", "0")
    assert (kept.code, kept.out) == (0, "PUBLIC  revision 1\n")
    listed = as_user("consumer", "admin", "templates", "list")
    assert "PUBLIC" in listed.out
    assert "2 within 8.0 h" in listed.out
    late = as_user("admin", "admin", "templates", "set", "PUBLIC", file, "--replaces", "0")
    assert late.code == 1
    assert as_user("steward", "admin", "templates", "set", "PUBLIC", file).code == 4
    assert as_user("admin", "admin", "templates", "remove", "PUBLIC").out == "PUBLIC  revision 2\n"


def test_a_template_that_cannot_be_is_refused_where_it_is_read(as_user: As, tmp_path: Path) -> None:
    assert as_user("admin", "admin", "templates", "set", "PUBLIC", tmp_path / "no.json").code == 6
    file = tmp_path / "template.json"
    file.write_text("{")
    assert as_user("admin", "admin", "templates", "set", "PUBLIC", file).code == 2
    file.write_text(json.dumps({"levels": {"L7": {}}}))
    assert as_user("admin", "admin", "templates", "set", "PUBLIC", file).code == 2
    file.write_text(json.dumps({"attestations": ["same", "same"]}))
    refused = as_user("admin", "admin", "templates", "set", "PUBLIC", file)
    assert (refused.code, "different attestations" in refused.err) == (2, True)


def test_a_vote_is_handed_over_and_cast_with_a_mask(as_user: As, tmp_path: Path) -> None:
    path = tmp_path / "masked.csv"
    path.write_text("id,note\n1,canary\n")
    as_user("producer", "upload", path, "--dataset", "masked", "--wait", "--json")
    listed = as_user("steward", "approvals", "list", "--mine", "--json")
    [approval] = [each["id"] for each in listed.json if each["dataset_name"] == "masked"]
    assert as_user("steward", "approvals", "escalate", approval).code == 1
    assert as_user("steward", "approvals", "delegate", approval, "producer").code == 1
    handed = as_user("steward", "approvals", "delegate", approval, "steward2")
    assert (handed.code, handed.out) == (0, f"{approval}  L1 is steward2's to decide\n")
    assert as_user("steward", "approvals", "approve", approval).code == 1
    wrong = as_user("steward2", "approvals", "approve", approval, "--redact", "nothing")
    assert wrong.code == 2
    cast = as_user("steward2", "approvals", "approve", approval, "--redact", "note", "--json")
    assert cast.json["levels"][0]["votes"][0]["masks"] == {"note": "redact"}
