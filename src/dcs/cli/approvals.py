"""`dcs approvals`: what waits for a decision, and deciding it."""

from collections.abc import Mapping
from typing import Any

import click

from dcs.cli.connection import connect, json_option, print_json, print_table


@click.group("approvals")
def command() -> None:
    """Approve, reject and follow approvals."""


@command.command("list")
@click.option("--mine", is_flag=True, help="Only those that wait for your vote.")
@json_option
def list_all(mine: bool, as_json: bool) -> None:
    """List approvals, newest first."""
    with connect() as client:
        found = list(client.approvals(mine=mine))
    if as_json:
        print_json(found)
        return
    print_table(
        ("ID", "DATASET", "STATUS", "OPEN LEVELS"),
        (
            (
                each["id"],
                each["dataset_name"],
                each["status"],
                ", ".join(
                    f"{level['level']} until {level['deadline'][:16]}"
                    for level in each["levels"]
                    if level["state"] == "open"
                ),
            )
            for each in found
        ),
    )


@command.command("show")
@click.argument("approval")
@json_option
def show(approval: str, as_json: bool) -> None:
    """Show APPROVAL with its levels, votes and history."""
    with connect() as client:
        found = client.approval(approval)
    if as_json:
        print_json(found)
        return
    urgent = "  urgent" if found["expedited"] else ""
    click.echo(f"{found['dataset_name']}  {found['status']}  {found['progress']} %{urgent}")
    rules = found["details"]["compliance"]
    for mark, key in (("✗", "problems"), ("!", "shown")):
        for each in rules[key]:
            click.echo(f"  {mark} {each['reason']}  ({each['code']})")
    for text in rules["unanswered"]:
        click.echo(f"  ? to attest: {text}")
    for level in found["levels"]:
        click.echo(
            f"  {level['level']}  {level['state']:9} until {level['deadline'][:16]}{_who(level)}"
        )
        for vote in level["votes"]:
            click.echo(f"      {vote['decision']} by {vote['by']}  {vote['reason']}")
    for each in found["comments"]:
        click.echo(f"  {each['at'][:16]}  {each['by']}: {each['text']}")
    for each in found["history"]:
        click.echo(f"  {each['at'][:19]}  {each['action']}")


def _who(level: dict[str, Any]) -> str:
    """Say how many of whom have to agree, where it is not one of everybody who may."""
    many = f"  {level['quorum']} people" if level["quorum"] > 1 else ""
    return f"{many}  of {' and '.join(level['groups'])}" if level["groups"] else many


def _vote(
    approval: str,
    level: str,
    decision: str,
    reason: str,
    as_json: bool,
    masks: Mapping[str, str] | None = None,
) -> None:
    with connect() as client:
        found = client.vote(approval, level, decision, reason, masks)
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['id']}  {found['status']}")


level_option = click.option(
    "--level", type=click.Choice(["L1", "L2"]), default="L1", show_default=True
)


@command.command("approve")
@click.argument("approval")
@level_option
@click.option("--reason", default="", help="Why; kept with the vote.")
@click.option("--redact", multiple=True, help="A column of which nobody is to see anything.")
@click.option("--partial", multiple=True, help="A column of which nobody is to see all.")
@json_option
def approve(
    approval: str,
    level: str,
    reason: str,
    redact: tuple[str, ...],
    partial: tuple[str, ...],
    as_json: bool,
) -> None:
    """Approve one level of APPROVAL, if you want to only with columns masked for everybody."""
    masks = {**dict.fromkeys(partial, "partial"), **dict.fromkeys(redact, "redact")}
    _vote(approval, level, "approve", reason, as_json, masks)


@command.command("return")
@click.argument("approval")
@level_option
@click.option("--reason", required=True, help="What should change; shown to the requester.")
@json_option
def return_for_changes(approval: str, level: str, reason: str, as_json: bool) -> None:
    """Return APPROVAL for changes; the requester submits again, and everybody is asked anew."""
    _vote(approval, level, "return", reason, as_json)


@command.command("reject")
@click.argument("approval")
@level_option
@click.option("--reason", required=True, help="Why; shown to the requester.")
@json_option
def reject(approval: str, level: str, reason: str, as_json: bool) -> None:
    """Reject APPROVAL; it ends there."""
    _vote(approval, level, "reject", reason, as_json)


@command.command("cancel")
@click.argument("approval")
@click.option("--reason", default="", help="Why; kept with the approval.")
@json_option
def cancel(approval: str, reason: str, as_json: bool) -> None:
    """End an APPROVAL you asked for."""
    with connect() as client:
        found = client.cancel(approval, reason)
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['id']}  {found['status']}")


@command.command("expedite")
@click.argument("approval")
@json_option
def expedite(approval: str, as_json: bool) -> None:
    """Ask for haste: APPROVAL has to be decided within an hour, or two for L2."""
    with connect() as client:
        found = client.expedite(approval)
    if as_json:
        print_json(found)
        return
    for level in found["levels"]:
        click.echo(f"{level['level']}  {level['state']}  until {level['deadline'][:16]}")


@command.command("delegate")
@click.argument("approval")
@click.argument("login")
@level_option
@json_option
def delegate(approval: str, login: str, level: str, as_json: bool) -> None:
    """Hand your vote on APPROVAL to LOGIN, who may decide as well; you have it no more."""
    with connect() as client:
        found = client.delegate(approval, login, level)
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['id']}  {level} is {login}'s to decide")


@command.command("escalate")
@click.argument("approval")
@json_option
def escalate(approval: str, as_json: bool) -> None:
    """Have the next group decide on APPROVAL as well, now."""
    with connect() as client:
        found = client.escalate(approval)
    if as_json:
        print_json(found)
        return
    for each in found["levels"]:
        click.echo(f"{each['level']}  {each['state']}  asks {', '.join(each['groups']) or 'all'}")


@command.command("comment")
@click.argument("approval")
@click.argument("text")
@json_option
def comment(approval: str, text: str, as_json: bool) -> None:
    """Say TEXT about an open APPROVAL."""
    with connect() as client:
        found = client.comment(approval, text)
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['id']}  {len(found['comments'])} comments")
