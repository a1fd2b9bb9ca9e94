"""`dcs away`: say that you are away, and who stands in for you."""

from typing import Any

import click

from dcs.cli.connection import connect, json_option, note, print_json, print_table


@click.command("away")
@click.argument("starts", metavar="[FROM", required=False)
@click.argument("ends", metavar="UNTIL]", required=False)
@click.option("--deputy", metavar="LOGIN", help="Who stands in for you.")
@click.option("--of", "account", metavar="LOGIN", help="Somebody else; for admins.")
@click.option("--end", metavar="ID", help="End this absence, or let it not begin.")
@json_option
def command(
    starts: str | None,
    ends: str | None,
    deputy: str | None,
    account: str | None,
    end: str | None,
    as_json: bool,
) -> None:
    """
    Say that you are away from FROM until UNTIL, and who stands in.

    Both are days such as 2026-12-24, the last one included, or instants such as
    2026-12-24T12:00:00Z. Without them your absences are listed.
    """
    if end is not None:
        with connect() as client:
            client.people.remove_absence(end)
        note(f"{end} is ended")
    elif starts is None:
        _list(account, as_json)
    elif ends is None or deputy is None:
        raise click.UsageError("Give FROM, UNTIL and --deputy LOGIN.")
    else:
        with connect() as client:
            found = client.people.add_absence(starts, ends, deputy, account)
        print_json(found) if as_json else click.echo(_line(found))


def _list(account: str | None, as_json: bool) -> None:
    with connect() as client:
        found = client.people.absences(account)
    if as_json:
        print_json(found)
        return
    print_table(
        ("ID", "AWAY", "FROM", "UNTIL", "DEPUTY"),
        (
            (
                each["id"],
                each["account_login"],
                each["starts"][:16],
                each["ends"][:16],
                each["deputy_login"],
            )
            for each in [*found["items"], *found["standing_in"]]
        ),
    )


def _line(found: dict[str, Any]) -> str:
    times = f"{found['starts'][:16]}Z until {found['ends'][:16]}Z"
    return f"{found['id']}  {found['deputy_login']} stands in from {times}"
