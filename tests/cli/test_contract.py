"""Contracts on the command line: written, checked, compared, and kept with their datasets."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result
from tests.validation.contracts.documents import contract

Run = Callable[..., Result]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def to(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return to


Write = Callable[[str, str], Path]


def test_a_contract_is_written_from_a_file_and_kept_by_it(
    dcs: Run, orders: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.yaml"
    assert dcs("contract", "infer", orders, "-o", draft).out == ""
    assert "person1@" not in draft.read_text()
    assert dcs("contract", "lint", draft).code == 0
    judged = dcs("check", orders, "--contract", draft, "--json").json
    assert judged["status"] == "PASSED"
    shown = dcs("contract", "infer", orders)
    assert (shown.code, shown.out) == (0, draft.read_text())
    document = dcs("contract", "infer", orders, "--json").json
    assert document["schema"][0]["properties"][1]["classification"] == "confidential"


def test_no_contract_is_written_from_what_is_no_table(
    dcs: Run, write: Write, tmp_path: Path
) -> None:
    result = dcs("contract", "infer", write("bad.csv", "a,b\n1\n"), "-o", tmp_path / "d.yaml")
    assert (result.code, result.out) == (3, "")
    assert "is not readable" in result.err
    assert not (tmp_path / "d.yaml").exists()
    assert dcs("contract", "infer", tmp_path / "none.csv").code == 6
    assert dcs("contract", "infer", write("x.docx", "")).code == 2


def test_lint_names_every_place_and_how_to_mend_it(dcs: Run, write: Write) -> None:
    bad = write("bad.yaml", contract("name: a, require: true", "name: b, logicalType: text"))
    result = dcs("contract", "lint", bad)
    assert result.code == 3
    assert "schema[0].properties[0].require: unknown" in result.out
    assert "did you mean required?" in result.out
    assert "schema[0].properties[1].logicalType: " in result.out
    found = dcs("contract", "lint", bad, "--json")
    assert (found.code, found.json["valid"], len(found.json["problems"])) == (3, False, 2)


def test_lint_names_the_rules_that_nobody_here_judges(dcs: Run, write: Write) -> None:
    rule = "quality: [{type: custom, engine: soda, implementation: x}]"
    good = write("good.yaml", contract(f"name: a, {rule}"))
    result = dcs("contract", "lint", good)
    assert result.code == 0
    assert "unjudged schema[0].properties[0].quality[0]: " in result.out
    assert dcs("contract", "lint", good, "--json").json["not_evaluated"][0]["path"] == (
        "schema[0].properties[0].quality[0]"
    )


@pytest.mark.parametrize("text", ["a: [", "[1]", "", "kind: Poem"])
def test_lint_refuses_what_is_no_contract(dcs: Run, write: Write, text: str) -> None:
    result = dcs("contract", "lint", write("none.yaml", text), "--json")
    assert (result.code, result.json["valid"]) == (3, False)
    assert result.json["problems"][0]["message"]


def test_diff_tells_what_breaks(dcs: Run, write: Write, tmp_path: Path) -> None:
    old = write("old.yaml", contract("name: a, required: true"))
    new = write("new.yaml", contract("name: a", "name: b"))
    result = dcs("contract", "diff", old, new)
    assert result.code == 3
    assert result.out.splitlines() == [
        "breaking   schema[0].properties[0].required: 'a' is no longer required",
        "compatible schema[0].properties[1]: the column 'b' is new",
        "2 changes, 1 of them breaking",
    ]
    assert dcs("contract", "diff", old, new, "--json").json["changes"][0]["kind"] == "breaking"
    assert dcs("contract", "diff", old, old).code == 0
    assert dcs("contract", "diff", old, tmp_path / "none.yaml").code == 6
    assert dcs("contract", "diff", old, write("bad.yaml", "a: [")).code == 2


def test_a_datasets_contract_goes_in_and_out_as_it_was_given(
    as_user: Run, orders: Path, write: Write, tmp_path: Path
) -> None:
    as_user("producer", "upload", orders, "--dataset", "kept", "--draft")
    first, second = contract("name: id"), contract("name: id", "name: email")
    kept = as_user("producer", "contract", "import", "kept", write("1.yaml", first), "--json").json
    assert as_user("producer", "contract", "import", "kept", write("2.yaml", second)).code == 0
    assert as_user("producer", "contract", "export", "kept").out == second
    out = tmp_path / "out.yaml"
    assert (
        as_user("producer", "contract", "export", "kept", "--id", kept["id"], "-o", out).code == 0
    )
    assert out.read_text() == first
    listed = as_user("steward", "contract", "export", "kept", "--json").json
    assert [each["current"] for each in listed] == [True, False]
    assert as_user("globex-producer", "contract", "export", "kept").code == 6
    assert as_user("consumer", "contract", "import", "kept", write("3.yaml", first)).code in (4, 6)
    refused = as_user("producer", "contract", "import", "kept", write("4.yaml", "a: ["), "--json")
    assert (refused.code, json.loads(refused.err)["error"]["code"]) == (2, "invalid_contract")
    assert as_user("producer", "contract", "import", "kept", tmp_path / "none.yaml").code == 6
