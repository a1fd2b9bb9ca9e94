"""What changed between versions and which rows failed, at the command line of a real server."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Result

Run = Callable[..., Result]

FIRST = "id,amount,city\n" + "".join(f"{n},{n % 50},Turku\n" for n in range(1, 301))
SECOND = "id,amount,mail\n" + "".join(
    f"{n},{n % 50 + 40},{'nobody' if n % 9 == 0 else f'person{n}@example.org'}\n"
    for n in range(1, 201)
)


def send(as_user: Run, folder: Path, content: str) -> int:
    path = folder / "d.csv"
    path.write_text(content)
    sent = as_user("producer", "upload", path, "--dataset", "moving", "--draft", "--wait", "--json")
    number: int = sent.json["number"]
    return number


def test_two_versions_are_compared_and_failing_rows_are_read(as_user: Run, tmp_path: Path) -> None:
    assert [send(as_user, tmp_path, each) for each in (FIRST, SECOND)] == [1, 2]

    shown = as_user("steward", "datasets", "diff", "moving", "--from", 1, "--to", 2)
    assert shown.code == 0, shown.err
    lines = shown.out.splitlines()
    assert lines[0] == "rows       300 → 200"
    assert "added      mail" in lines
    assert "removed    city" in lines
    assert "new        mail: EMAIL_ADDRESS in 178 cells" in lines
    assert any(each.startswith("proposed   mail: CONFIDENTIAL") for each in lines)
    assert "person1@" not in shown.out
    document = as_user("steward", "datasets", "diff", "moving", "--from", 1, "--to", 2, "--json")
    assert document.json["schema"] == "dcs.diff/v1"
    assert as_user("steward", "datasets", "diff", "moving", "--from", 1, "--to", 7).code == 6
    assert as_user("globex-admin", "datasets", "diff", "moving", "--from", 1, "--to", 2).code == 6

    failing = ["read", "moving", "--version", 2, "--failing", "format:email:mail"]
    few = as_user("producer", *failing, "--limit", 3, "--format", "ndjson")
    assert [json.loads(line)["row"] for line in few.out.splitlines()] == [9, 18, 27]
    assert "not all: 22 rows failed this check; go on with --after" in few.err
    rest = as_user("producer", *failing, "--after", 27, "--format", "ndjson")
    assert len(rest.out.splitlines()) == 19
    assert "not all" not in rest.err
    assert as_user("producer", *failing, "--columns", "id").code == 2
    assert as_user("producer", *failing[:-1], "no:such:check").code == 6
    assert as_user("consumer", *failing).code in {4, 6}
