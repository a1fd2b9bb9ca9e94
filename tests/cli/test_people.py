"""Groups, calendar, absences and addresses on the command line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.cli.conftest import Result

As = Callable[..., Result]


def day(ahead: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


def test_a_group_is_filled_and_emptied(as_user: As) -> None:
    added = as_user("admin", "admin", "group", "set", "night", "--description", "at night")
    assert (added.code, added.out) == (0, "night  0 members\n")
    joined = as_user("admin", "admin", "group", "add", "night", "steward", "steward2", "--json")
    assert joined.json["members"] == 2
    shown = as_user("consumer", "admin", "group", "show", "night")
    assert [line.split()[0] for line in shown.out.splitlines()] == ["LOGIN", "steward", "steward2"]
    assert as_user("admin", "admin", "group", "drop", "night", "steward").out == "night  1 member\n"
    listed = as_user("consumer", "admin", "group", "list")
    assert listed.out.splitlines()[1].split() == ["night", "1", "at", "night"]
    assert as_user("consumer", "admin", "group", "remove", "night", "--yes").code == 4
    assert as_user("admin", "admin", "group", "remove", "night", "--yes").code == 0
    assert as_user("admin", "admin", "group", "show", "night").code == 6
    assert as_user("admin", "admin", "group", "list", "--json").json == []


def test_a_calendar_is_changed_part_by_part(as_user: As) -> None:
    hours = ("--timezone", "Europe/Vienna", "--weekdays", "1,2,3", "--opens", "8", "--closes", "17")
    kept = as_user("admin", "admin", "calendar", "set", *hours, "--json")
    assert kept.code == 0, kept.err
    assert (kept.json["timezone"], kept.json["weekdays"]) == ("Europe/Vienna", [1, 2, 3])
    closed = as_user("admin", "admin", "calendar", "close", "2026-12-25", "Christmas")
    assert "2026-12-25  Christmas" in closed.out
    later = as_user("admin", "admin", "calendar", "set", "--closes", "18")
    assert "8:00 to 18:00" in later.out
    assert "Mon, Tue, Wed" in later.out
    shown = as_user("consumer", "admin", "calendar", "show", "--json").json
    assert shown["holidays"] == [{"day": "2026-12-25", "name": "Christmas"}]
    opened = as_user("admin", "admin", "calendar", "open", "2026-12-25", "--json")
    assert opened.json["holidays"] == []
    assert as_user("steward", "admin", "calendar", "open", "2026-12-25").code == 4
    assert as_user("admin", "admin", "calendar", "set", "--weekdays", "0").code == 2
    assert as_user("admin", "admin", "calendar", "close", "Christmas").code == 2


def test_whoever_is_away_names_a_deputy(as_user: As) -> None:
    assert as_user("steward", "away", day(1)).code == 2
    assert as_user("steward", "away", day(1), day(3)).code == 2
    said = as_user("steward", "away", day(1), day(3), "--deputy", "steward2")
    assert said.code == 0, said.err
    assert "steward2 stands in from" in said.out
    listed = as_user("steward2", "away")
    assert listed.out.splitlines()[1].split()[1:2] == ["steward"]
    assert as_user("steward", "away", day(1), day(1), "--deputy", "steward2").code == 1
    assert as_user("steward", "away", day(9), day(9), "--deputy", "steward").code == 2
    found = as_user("admin", "away", "--of", "steward", "--json").json["items"]
    assert as_user("producer", "away", "--of", "steward").code == 4
    assert as_user("producer", "away", "--end", found[0]["id"]).code == 4
    assert as_user("steward", "away", "--end", found[0]["id"]).code == 0
    assert as_user("steward", "away", "--end", found[0]["id"]).code == 6
    other = as_user(
        "admin", "away", day(1), day(1), "--deputy", "steward2", "--of", "steward", "--json"
    )
    assert other.json["account_login"] == "steward"


def test_an_admin_says_where_letters_go(as_user: As) -> None:
    email = ("admin", "users", "email", "producer")
    assert as_user("admin", *email, "p@example.org", "--json").json == {"email": "p@example.org"}
    assert "example.org" not in as_user("admin", *email, "p@example.org").out
    assert as_user("admin", *email, "nobody").code == 2
    assert as_user("steward", *email, "p@example.org").code == 4
    assert as_user("admin", *email, "--none", "--json").json == {"email": None}
    assert as_user("admin", *email).code == 2
    refused = as_user("steward", *email, "--none", "--json")
    assert json.loads(refused.err)["error"]["code"] == "denied_by_policy"
