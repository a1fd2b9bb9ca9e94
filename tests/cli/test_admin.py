"""Looking after an organisation on the command line."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result
from tests.malware import EICAR

As = Callable[..., Result]


@pytest.fixture
def held(as_user: As, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Send an infected file; return its version once it is in quarantine."""
    file = tmp_path / "infected.csv"
    file.write_bytes(b"id,note\n1," + EICAR + b"," + request.node.name.encode() + b"\n")
    sent = as_user(
        "producer", "upload", file, "--dataset", request.node.name[:60], "--wait", "--json"
    )
    assert sent.code == 1, sent.err
    version: str = sent.json["id"]
    return version


def test_the_list_names_what_was_found(as_user: As, held: str) -> None:
    listed = as_user("admin", "admin", "quarantine", "list")
    assert listed.code == 0
    assert held in listed.out
    assert "EICAR_Test_File" in listed.out
    assert as_user("producer", "admin", "quarantine", "list", "--json").json == []


def test_a_file_is_released_with_a_reason(as_user: As, held: str) -> None:
    assert as_user("admin", "admin", "quarantine", "release", held).code == 2
    denied = as_user("producer", "admin", "quarantine", "release", held, "--reason", "it is fine")
    assert denied.code == 4
    released = as_user(
        "admin", "admin", "quarantine", "release", held, "--reason", "a test string", "--json"
    )
    assert released.code == 0, released.err
    assert released.json["status"] in {"validating", "rejected"}


def test_a_file_is_removed_only_when_somebody_is_sure(
    as_user: As, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("admin", "quarantine", "delete", held, "--reason", "a test string")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert as_user("admin", *arguments).code == 130
    removed = as_user("admin", *arguments, "--yes", "--json")
    assert (removed.json["status"], removed.json["reason"]) == ("cancelled", "DISCARDED")


def test_limits_are_changed_and_ended(as_user: As) -> None:
    changed = as_user("admin", "admin", "tenants", "limit", "--formats", "csv,parquet", "--json")
    assert changed.json["limits"]["supported_formats"] == ["csv", "parquet"]
    ended = as_user("admin", "admin", "tenants", "limit", "--formats", "none", "--json")
    assert "xlsx" in ended.json["limits"]["supported_formats"]
    assert as_user("admin", "admin", "tenants", "limit", "--max-file-size", "much").code == 2
    assert as_user("producer", "admin", "tenants", "limit", "--max-storage", "1").code == 4
    assert "largest file" in as_user("producer", "admin", "tenants", "show").out


def test_sources_are_listed_and_taken_off(as_user: As) -> None:
    added = as_user("admin", "admin", "sources", "add", "s3://incoming/partners", "--json")
    assert added.code == 0, added.err
    assert "s3://incoming/partners" in as_user("admin", "admin", "sources", "list").out
    assert as_user("admin", "admin", "sources", "remove", added.json["id"]).code == 0
    assert as_user("admin", "admin", "sources", "list", "--json").json == []
    assert as_user("admin", "admin", "sources", "add", "https://example.org/").code == 2


def test_an_address_inside_is_never_fetched(as_user: As) -> None:
    answer = as_user(
        "producer", "upload", "https://127.0.0.1/secret.csv", "--dataset", "fetched", "--json"
    )
    assert answer.code == 2
    assert "address_not_allowed" in answer.err


def test_an_address_that_is_not_fetched_is_usage(as_user: As) -> None:
    answer = as_user("producer", "upload", "ftp://example.org/a.csv", "--dataset", "fetched")
    assert answer.code == 2
    assert "https://" in answer.err
