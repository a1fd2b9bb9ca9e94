"""`dcs approvals`: what waits for a decision, and deciding it."""

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
        click.echo(f"  {level['level']}  {level['state']:9} until {level['deadline'][:16]}")
        for vote in level["votes"]:
            click.echo(f"      {vote['decision']} by {vote['by']}  {vote['reason']}")
    for each in found["comments"]:
        click.echo(f"  {each['at'][:16]}  {each['by']}: {each['text']}")
    for each in found["history"]:
        click.echo(f"  {each['at'][:19]}  {each['action']}")


def _vote(approval: str, level: str, decision: str, reason: str, as_json: bool) -> None:
    with connect() as client:
        found = client.vote(approval, level, decision, reason)
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
@json_option
def approve(approval: str, level: str, reason: str, as_json: bool) -> None:
    """Approve one level of APPROVAL."""
    _vote(approval, level, "approve", reason, as_json)


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
