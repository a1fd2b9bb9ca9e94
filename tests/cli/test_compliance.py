"""What the rules say, on the command line."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Result
from tests.validation.contracts.documents import contract

As = Callable[..., Result]


def test_a_broken_rule_is_told_with_what_helps_and_then_it_passes(
    as_user: As, tmp_path: Path
) -> None:
    file, promised = tmp_path / "closed.csv", tmp_path / "closed.yaml"
    file.write_text("id,mail\n" + "".join(f"{n},a{n}@example.org\n" for n in range(30)))
    promised.write_text(contract("name: id", "name: mail"))
    upload = ("upload", file, "--dataset", "closed", "--classification", "CONFIDENTIAL", "--wait")
    refused = as_user("producer", *upload)
    assert refused.code == 1
    assert "needs a data contract" in refused.err
    passed = as_user("producer", *upload, "--contract", promised, "--json")
    assert (passed.code, passed.json["status"]) == (0, "awaiting_approval")
    listed = as_user("steward", "approvals", "list", "--json").json
    [approval] = [each["id"] for each in listed if each["version"] == passed.json["id"]]
    shown = as_user("steward", "approvals", "show", approval).out
    assert "! Personal data was found that no data contract declares." in shown
    assert "(undeclared_personal_data)" in shown
