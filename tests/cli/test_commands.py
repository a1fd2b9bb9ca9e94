"""The command line as scripts rely on it: data on stdout, words on stderr, and the exit codes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import dcs as package
from dcs.cli.commands import COMMANDS
from tests.cli.conftest import Result, Served

Run = Callable[..., Result]

CONTRACT = (
    "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n"
    "schema: [{name: t, properties: [{name: id, logicalType: integer}, {name: email}]}]\n"
)


def test_the_version_is_printed_without_loading_the_product() -> None:
    code = (
        "import sys\nfrom dcs.cli.commands import run\nrun(['--version'])\n"
        "heavy = {'fastapi', 'sqlalchemy', 'duckdb', 'pyarrow', 'pydantic', 'httpx2'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert package.__version__ in ran.stdout


def test_help_names_every_command(dcs: Run) -> None:
    result = dcs("--help")
    assert result.code == 0
    assert all(f"  {name} " in result.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(dcs: Run, name: str) -> None:
    result = dcs(name, "--help")
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["check"], ["check", "--nonsense", "x"], ["read"]]
)
def test_a_wrong_call_is_usage(dcs: Run, arguments: list[str]) -> None:
    result = dcs(*arguments)
    assert (result.code, result.out) == (2, "")


def test_an_unknown_setting_is_usage_with_a_hint(dcs: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DCS_TOKN", "x")
    result = dcs("datasets", "list")
    assert result.code == 2
    assert "Did you mean DCS_TOKEN?" in result.err


def test_without_a_server_it_says_so(dcs: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DCS_URL", "http://127.0.0.1:9")
    result = dcs("datasets", "list", "--json")
    assert result.code == 69
    assert json.loads(result.err)["error"]["code"] == "server_unreachable"


class TestCheck:
    def test_a_good_file_passes_without_a_server(self, dcs: Run, tmp_path: Path) -> None:
        path = tmp_path / "good.csv"
        path.write_text("id,amount\n1,2.5\n2,3\n")
        result = dcs("check", path)
        assert result.code == 0
        assert result.out.splitlines()[-1].startswith("PASSED  good.csv: 2 rows, 2 columns")

    def test_a_bad_file_says_where_and_how_to_mend(self, dcs: Run, tmp_path: Path) -> None:
        path = tmp_path / "bad.csv"
        path.write_text("id,email\n1,a@example.org\n2,nobody\n")
        result = dcs("check", path)
        assert result.code == 3
        assert "email: not a valid email: 1" in result.out
        assert "row 2: xxxxxx" in result.out
        assert "to mend:" in result.out
        assert "nobody" not in result.out

    def test_json_is_the_report(self, dcs: Run, orders: Path, tmp_path: Path) -> None:
        result = dcs("check", orders, "--json")
        assert result.code == 0
        assert result.json["schema"] == "dcs.validation/v1"
        assert result.json["personal_data"][0]["entity"] == "EMAIL_ADDRESS"
        assert dcs("check", orders, "--format", "json", "-o", tmp_path / "r.json").out == ""
        assert json.loads((tmp_path / "r.json").read_text())["status"] == "WARN"

    def test_a_warning_fails_only_if_asked(self, dcs: Run, orders: Path) -> None:
        assert dcs("check", orders).code == 0
        assert dcs("check", orders, "--fail-on", "warning").code == 3

    def test_a_contract_is_held_against_the_file(
        self, dcs: Run, orders: Path, tmp_path: Path
    ) -> None:
        contract = tmp_path / "contract.yaml"
        contract.write_text(CONTRACT)
        assert dcs("check", orders, "--contract", contract).code == 0
        contract.write_text(CONTRACT.replace("integer", "date"))
        assert dcs("check", orders, "--contract", contract).code == 3
        contract.write_text("nonsense: [")
        assert dcs("check", orders, "--contract", contract).code == 2
        assert dcs("check", orders, "--contract", tmp_path / "none.yaml").code == 6

    def test_a_missing_file_and_a_wrong_ending_have_their_codes(
        self, dcs: Run, tmp_path: Path
    ) -> None:
        assert dcs("check", tmp_path / "none.csv").code == 6
        (tmp_path / "table.docx").touch()
        assert dcs("check", tmp_path / "table.docx").code == 2

    @pytest.mark.parametrize(
        "content", [b"", b"a\n", b"a,b\n1\n", b"PK\x03\x04\x14\x00", b'a,b\n1,"\n']
    )
    def test_what_is_no_table_fails_the_check(
        self, dcs: Run, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "bad.csv"
        path.write_bytes(content)
        result = dcs("check", path)
        assert result.code == 3
        assert "not readable" in result.out


def test_a_file_goes_all_the_way_on_the_command_line(
    as_user: Run, served: Served, orders: Path, tmp_path: Path
) -> None:
    contract = tmp_path / "contract.yaml"
    contract.write_text(CONTRACT)
    sent = as_user(
        "producer",
        "upload",
        orders,
        "--dataset",
        "orders",
        "--contract",
        contract,
        "--draft",
        "--wait",
        "--json",
    )
    assert sent.code == 0
    version = sent.json["id"]
    assert sent.json["status"] == "validated"
    assert as_user("producer", "submit", version).code == 0
    assert as_user("producer", "submit", version).code == 1
    mine = as_user("steward", "approvals", "list", "--mine", "--json")
    while not mine.json:
        mine = as_user("steward", "approvals", "list", "--mine", "--json")
    [approval] = mine.json
    assert as_user("consumer", "read", "orders", "--version", 1, "--limit", 3).code == 6
    assert as_user("producer", "approvals", "approve", approval["id"]).code == 4
    assert as_user("steward", "approvals", "approve", approval["id"], "--reason", "fine").code == 0
    assert as_user("steward2", "approvals", "approve", approval["id"], "--level", "L2").code == 0
    again = as_user("producer", "upload", orders, "--dataset", "orders", "--wait", "--json")
    assert (again.code, again.json["id"], again.json["status"]) == (0, version, "active")

    shown = as_user("producer", "status", version)
    assert "status    active" in shown.out
    assert "orders" in as_user("consumer", "datasets", "list").out
    assert as_user("consumer", "datasets", "show", "orders", "--json").json["active_version"] == 1
    assert as_user("consumer", "datasets", "versions", "orders", "--json").json[0]["number"] == 1
    assert as_user("consumer", "datasets", "search", "nothing", "--json").json == []
    history = as_user("steward", "approvals", "show", approval["id"]).out
    assert "approval.voted" in history

    masked = as_user("consumer", "read", "orders", "--limit", 3)
    assert masked.err == "masked for you: email\n"
    assert "***@example.org" in masked.out
    table = tmp_path / "orders.parquet"
    assert as_user("analyst", "read", "orders", "--format", "parquet", "-o", table).code == 0
    assert pq.read_table(table).num_rows == 40
    assert not table.with_name("orders.parquet.partial").exists()
    denied = as_user("consumer", "read", "orders", "-o", tmp_path / "no.csv")
    assert denied.code == 4
    assert "because: It contains personal data" in denied.err
    assert not (tmp_path / "no.csv").exists()
    assert as_user("globex-consumer", "read", "orders", "--limit", 1).code == 6

    proof = as_user("auditor", "audit", "verify", "--json")
    assert (proof.code, proof.json["verified"]) == (0, True)
    assert "approval.voted" in as_user("auditor", "audit", "search").out
    assert as_user("consumer", "audit", "verify").code == 4


def test_a_refused_upload_says_so_with_its_code(as_user: Run, tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n1\n")
    assert as_user("producer", "upload", path, "--dataset", "ragged", "--wait").code == 3
    assert as_user("producer", "upload", path, "--dataset", "ragged").code == 0
    assert as_user("producer", "upload", tmp_path / "none.csv", "--dataset", "x").code == 6
    assert as_user("consumer", "upload", path, "--dataset", "mine").code == 4


def test_preparing_twice_renews_tokens_and_keeps_the_people(dcs: Run, tmp_path: Path) -> None:
    first = dcs("demo", "--prepare", "--json", "--data-dir", tmp_path / "d").json
    second = dcs("demo", "--prepare", "--json", "--data-dir", tmp_path / "d").json
    assert first["tenants"] == ["acme", "globex"]
    assert set(first["users"]) == {
        "producer", "steward", "steward2", "consumer", "analyst", "auditor", "admin",
        "globex-producer", "globex-consumer", "globex-admin",
    }  # fmt: skip
    for login, user in first["users"].items():
        assert set(user) >= {
            "tenant",
            "roles",
            "token",
            "password",
            "department",
            "clearance",
            "employee",
        }
        assert user["token"].startswith("dcs_pat_")
        assert user["token"] != second["users"][login]["token"]
        assert user["password"] == second["users"][login]["password"]
    assert (tmp_path / "d" / "demo-password").stat().st_mode & 0o077 == 0


def test_the_demonstration_does_not_run_in_production(
    dcs: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DCS_ENVIRONMENT", "production")
    assert dcs("demo", "--prepare", "--data-dir", tmp_path / "d").code == 2
