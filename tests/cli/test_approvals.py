"""`dcs approvals` against a real server: haste, comments, and who decided what."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Result

Run = Callable[..., Result]


def test_an_approval_is_expedited_and_talked_about(as_user: Run, tmp_path: Path) -> None:
    path = tmp_path / "till.csv"
    path.write_text("id,amount\n1,2\n")
    sent = as_user("producer", "upload", path, "--dataset", "till", "--wait", "--json")
    assert sent.code == 0, sent.err
    listed = as_user("steward", "approvals", "list", "--mine", "--json")
    [approval] = [each["id"] for each in listed.json if each["dataset_name"] == "till"]

    haste = as_user("producer", "approvals", "expedite", approval)
    assert haste.code == 0, haste.err
    assert haste.out.startswith("L1  open  until ")
    assert as_user("steward", "approvals", "expedite", approval).code == 1

    said = as_user("steward", "approvals", "comment", approval, "Which till?")
    assert (said.code, said.out) == (0, f"{approval}  1 comments\n")
    shown = as_user("producer", "approvals", "show", approval)
    assert "urgent" in shown.out.splitlines()[0]
    assert "Which till?" in shown.out
    assert as_user("globex-admin", "approvals", "comment", approval, "hello").code == 6


def test_a_returned_version_is_submitted_again(as_user: Run, tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    path.write_text("id,amount\n1,2\n")
    sent = as_user("producer", "upload", path, "--dataset", "back", "--wait", "--json")
    listed = as_user("steward", "approvals", "list", "--mine", "--json")
    [approval] = [each["id"] for each in listed.json if each["dataset_name"] == "back"]
    back = as_user("steward", "approvals", "return", approval, "--reason", "describe it first")
    assert (back.code, back.out) == (0, f"{approval}  returned\n")
    assert as_user("producer", "submit", sent.json["id"]).code == 0
    assert as_user("producer", "submit", sent.json["id"]).code == 1
