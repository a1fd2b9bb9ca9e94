"""Recognizers at the command line: of a server, and of a file that is checked here."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Result

Run = Callable[..., Result]

DOCUMENT = "recognizers:\n  - {entity: EMPLOYEE_ID, pattern: '\\bE[0-9]{6}\\b'}\n"


def test_a_file_is_checked_with_recognizers_of_ones_own(dcs: Run, tmp_path: Path) -> None:
    document, file = tmp_path / "own.yaml", tmp_path / "staff.csv"
    document.write_text(
        DOCUMENT + "suppressions:\n  - {entity: PHONE_NUMBER, reason: order numbers}\n"
    )
    file.write_text("staff,order\nE123456,+12125550123\nE654321,+12125550124\n")
    shown = dcs("check", file, "--recognizers", document, "--verbose")
    assert shown.code == 0
    assert "2 × EMPLOYEE_ID" in shown.out
    assert "excluded: order numbers" in shown.out
    report = dcs("check", file, "--recognizers", document, "--json").json
    assert [each["entity"] for each in report["personal_data"] if not each["excluded"]] == [
        "EMPLOYEE_ID"
    ]
    document.write_text("recognisers: []\n")
    refused = dcs("check", file, "--recognizers", document)
    assert (refused.code, "recognisers" in refused.err) == (2, True)
    assert dcs("check", file, "--recognizers", tmp_path / "none.yaml").code == 6


def test_an_organisations_recognizers_are_set_shown_and_added_to(
    as_user: Run, tmp_path: Path
) -> None:
    document = tmp_path / "own.yaml"
    document.write_text(DOCUMENT)
    admin = ["admin", "recognizers"]
    assert as_user("admin", *admin, "show").code == 6
    kept = as_user("steward", *admin, "set", document, "--replaces", 0, "--json")
    assert (kept.code, kept.json["revision"]) == (0, 1)
    assert as_user("steward", *admin, "set", document, "--replaces", 0).code == 1
    assert as_user("consumer", *admin, "set", document).code == 4
    assert as_user("steward", *admin, "set", tmp_path / "none").code == 6
    shown = as_user("admin", *admin, "show")
    assert (shown.out, shown.err) == (DOCUMENT, "revision 1\n")
    added = as_user(
        "admin", *admin, "suppress", "--entity", "PHONE_NUMBER", "--column", "order_no",
        "--reason", "they are order numbers", "--until", "2030-01-31",
    )  # fmt: skip
    assert added.out == "files are judged with revision 2 from now on\n"
    now = as_user("admin", *admin, "show").out
    assert "EMPLOYEE_ID" in now
    assert "they are order numbers" in now
    assert as_user("admin", *admin, "suppress", "--reason", "everything").code == 2
    listed = as_user("auditor", *admin, "list", "--json").json
    assert [each["revision"] for each in listed] == [2, 1]
    assert "REVISION" in as_user("auditor", *admin, "list").out
