"""`dcs upload`: send a file as the next version of a dataset."""

from pathlib import Path
from shlex import quote
from typing import Any

import click

from dcs.cli.commands import CHECKS_FAILED, FAILURE, INTERRUPTED, NOT_FOUND, PENDING
from dcs.cli.connection import connect, json_option, note, print_json
from dcs.cli.progress import Display, display
from dcs.core.classification import Classification
from dcs.sdk import MACHINERY, Client, NotFoundProblem

Json = dict[str, Any]


@click.command("upload")
@click.argument("source", metavar="FILE_OR_URL")
@click.option("--dataset", required=True, help="Name of the dataset; it is added if it is new.")
@click.option(
    "--classification",
    type=click.Choice([each.value for each in Classification], case_sensitive=False),
    help="Classification of a new dataset.",
)
@click.option(
    "--contract",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Data contract (ODCS) to judge it by.",
)
@click.option("--draft", is_flag=True, help="Do not ask for approval yet.")
@click.option("--resume", metavar="URL", help="Go on with an upload of this file that broke off.")
@click.option("--wait", is_flag=True, help="Wait until it needs a decision or has ended.")
@click.option("--timeout", default=300.0, show_default=True, help="Longest wait, in seconds.")
@json_option
def command(
    source: str,
    dataset: str,
    classification: str | None,
    contract: Path | None,
    draft: bool,
    resume: str | None,
    wait: bool,
    timeout: float,  # seconds of --wait; nothing here is asynchronous
    as_json: bool,
) -> int:
    """
    Send a file as the next version of a dataset.

    An https:// address (or s3://, in a place an admin listed) is fetched by the server itself.
    """
    file = None if "://" in source else _local(source)
    if file is not None and not file.exists():
        note(f"dcs: {file} does not exist.")
        return NOT_FOUND
    if file is None and resume is not None:
        raise click.BadParameter("an import goes on by itself", param_hint="--resume")
    with connect() as client:
        if resume is None:
            _prepare(client, dataset, classification, contract)
        if file is None:
            version = _import(client, source, dataset, draft=draft)
        else:
            version = _send(client, file, dataset, draft=draft, resume=resume)
        if version is None:
            return INTERRUPTED
        if wait:
            version = _wait(client, version, timeout)
    if as_json:
        print_json(version)
    else:
        click.echo(f"{version['id']}  {dataset} version {version['number']}  {version['status']}")
    return _exit_code(version) if wait else 0


def _local(source: str) -> Path:
    """Take FILE as a path on this machine."""
    file = Path(source)
    if file.is_dir():
        raise click.BadParameter(f"{source} is a folder", param_hint="FILE")
    return file


def _prepare(
    client: Client, dataset: str, classification: str | None, contract: Path | None
) -> None:
    """Add the dataset if it is new, and set its contract if one was given."""
    try:
        client.dataset(dataset)
    except NotFoundProblem:
        client.create_dataset(dataset, classification=classification)
    if contract is not None:
        client.set_contract(dataset, contract.read_bytes())


def _send(
    client: Client, file: Path, dataset: str, *, draft: bool, resume: str | None
) -> Json | None:
    """Send the file; None if it was interrupted, and a person was told how to go on."""
    url, begun = list[str](), 0
    if resume is not None:
        state = client.upload_state(resume)
        begun = state.offset
        note(f"going on at {state.percent} %")
    try:
        with display("sending", file.stat().st_size, begun) as shown:
            return client.upload(
                dataset,
                file,
                submit=not draft,
                on_progress=shown.sent,
                resume=resume,
                on_begun=url.append,
            )
    except KeyboardInterrupt:
        note(_how_to_go_on(file, dataset, url))
        return None


def _import(client: Client, url: str, dataset: str, *, draft: bool) -> Json | None:
    """Have the server fetch the file; None if it was interrupted, which ends the import."""
    begun: list[str] = []
    try:
        with display("fetching", None) as shown:
            return client.import_file(
                dataset,
                url,
                submit=not draft,
                on_progress=lambda found: shown.sent(found["received"] or 0, found["size"]),
                on_begun=begun.append,
            )
    except KeyboardInterrupt:
        for task in begun:
            client.cancel_import(task)
        note("interrupted; the server fetches nothing more.")
        return None


def _how_to_go_on(file: Path, dataset: str, url: list[str]) -> str:
    if not url:
        return "interrupted; nothing was kept. Send it again."
    again = f"dcs upload {quote(str(file))} --dataset {quote(dataset)} --resume {quote(url[0])}"
    return f"interrupted; what was sent is kept. Go on with:\n  {again}"


def _wait(client: Client, version: Json, seconds: float) -> Json:
    shown = Display()
    ended = client.wait(version["id"], seconds=seconds, on_change=shown.stage)
    if ended["reason"] == "COMPLIANCE_FAILED":
        _say_what_helps(client, ended)
    return ended


def _say_what_helps(client: Client, version: Json) -> None:
    """Tell which rules a version broke, each with what would mend it."""
    approval = next(each for each in client.approvals() if each["version"] == version["id"])
    for each in approval["details"]["compliance"]["problems"]:
        note(f"dcs: {each['reason']}")


def _exit_code(version: Json) -> int:
    if version["status"] in MACHINERY:
        return PENDING
    if version["reason"] == "VALIDATION_FAILED":
        return CHECKS_FAILED
    return FAILURE if version["status"] in {"rejected", "failed", "quarantined"} else 0
