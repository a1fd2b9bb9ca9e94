"""`dcs admin calendar`: when your organisation works, and on which days it does not."""

from typing import TYPE_CHECKING, Any

import click

from dcs.cli.connection import connect, json_option, print_json, print_table

if TYPE_CHECKING:
    from dcs.sdk import Client

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@click.group("calendar")
def calendar() -> None:
    """See and change when your organisation works."""


@calendar.command("show")
@json_option
def show(as_json: bool) -> None:
    """Show zone, weekdays, hours and holidays."""
    with connect() as client:
        _print(client.people.calendar(), as_json)


@calendar.command("set")
@click.option("--timezone", help="An IANA name, such as Europe/Vienna.")
@click.option("--weekdays", help="Numbers with commas: 1 for Monday to 7 for Sunday.")
@click.option("--opens", type=click.IntRange(0, 23), help="The first open hour.")
@click.option("--closes", type=click.IntRange(1, 24), help="The hour at which the day ends.")
@json_option
def put(
    timezone: str | None,
    weekdays: str | None,
    opens: int | None,
    closes: int | None,
    as_json: bool,
) -> None:
    """Change the hours; what is not given stays as it is."""
    given = {"timezone": timezone, "weekdays": _days(weekdays), "opens": opens, "closes": closes}
    with connect() as client:
        found = client.people.calendar()
        found |= {key: value for key, value in given.items() if value is not None}
        _print(_keep(client, found), as_json)


@calendar.command("close")
@click.argument("day", metavar="YYYY-MM-DD")
@click.argument("name", default="")
@json_option
def close(day: str, name: str, as_json: bool) -> None:
    """Let a day be a holiday called NAME."""
    with connect() as client:
        found = client.people.calendar()
        found["holidays"] = [*_without(found, day), {"day": day, "name": name}]
        _print(_keep(client, found), as_json)


@calendar.command("open")
@click.argument("day", metavar="YYYY-MM-DD")
@json_option
def reopen(day: str, as_json: bool) -> None:
    """Let a day be no holiday any more."""
    with connect() as client:
        found = client.people.calendar()
        found["holidays"] = _without(found, day)
        _print(_keep(client, found), as_json)


def _keep(client: "Client", found: dict[str, Any]) -> dict[str, Any]:
    """Change the calendar, unless somebody else did since it was read."""
    return client.people.set_calendar(
        found["timezone"],
        found["weekdays"],
        found["opens"],
        found["closes"],
        found["holidays"],
        found["revision"],
    )


def _without(found: dict[str, Any], day: str) -> list[dict[str, Any]]:
    return [each for each in found["holidays"] if each["day"] != day]


def _days(text: str | None) -> list[int] | None:
    if text is None:
        return None
    parts = [each.strip() for each in text.split(",")]
    if not all(len(each) == 1 and each in "1234567" for each in parts):
        raise click.BadParameter("give numbers from 1 (Monday) to 7 (Sunday), with commas")
    return [int(each) for each in parts]


def _print(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    open_days = ", ".join(WEEKDAYS[number - 1] for number in found["weekdays"])
    rows = [
        ("zone", found["timezone"]),
        ("weekdays", open_days),
        ("hours", f"{found['opens']}:00 to {found['closes']}:00"),
        *((each["day"], each["name"] or "closed") for each in found["holidays"]),
    ]
    print_table(("WHAT", "VALUE"), rows)
