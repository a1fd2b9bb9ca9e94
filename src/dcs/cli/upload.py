"""`dcs upload`: send a file as the next version of a dataset."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from dcs.cli.commands import CHECKS_FAILED, FAILURE, NOT_FOUND, PENDING
from dcs.cli.connection import connect, json_option, note, print_json
from dcs.core.classification import Classification
from dcs.sdk import MACHINERY, Client, NotFoundProblem


@click.command("upload")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
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
@click.option("--wait", is_flag=True, help="Wait until it needs a decision or has ended.")
@click.option("--timeout", default=300.0, show_default=True, help="Longest wait, in seconds.")
@json_option
def command(
    file: Path,
    dataset: str,
    classification: str | None,
    contract: Path | None,
    draft: bool,
    wait: bool,
    timeout: float,  # seconds of --wait; nothing here is asynchronous
    as_json: bool,
) -> int:
    """Send FILE as the next version of a dataset."""
    if not file.exists():
        note(f"dcs: {file} does not exist.")
        return NOT_FOUND
    with connect() as client:
        _prepare(client, dataset, classification, contract)
        version = client.upload(dataset, file, submit=not draft, on_progress=_bar(file))
        if wait:
            version = client.wait(version["id"], seconds=timeout, on_change=_step)
    if as_json:
        print_json(version)
    else:
        click.echo(f"{version['id']}  {dataset} version {version['number']}  {version['status']}")
    return _exit_code(version) if wait else 0


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


def _exit_code(version: dict[str, Any]) -> int:
    if version["status"] in MACHINERY:
        return PENDING
    if version["reason"] == "VALIDATION_FAILED":
        return CHECKS_FAILED
    return FAILURE if version["status"] in {"rejected", "failed", "quarantined"} else 0


def _step(version: dict[str, Any]) -> None:
    note(f"  {version['progress']:3d} %  {version['status'].replace('_', ' ')}")


def _bar(file: Path) -> Any:
    """Return a progress callback that draws on a terminal, or None elsewhere."""
    if not sys.stderr.isatty():
        return None
    size = max(file.stat().st_size, 1)
    began = time.monotonic()

    def draw(sent: int) -> None:
        seconds = max(time.monotonic() - began, 1e-6)
        rate = sent / seconds / 1e6
        end = "\n" if sent >= size else ""
        sys.stderr.write(f"\r  sending {sent * 100 // size:3d} %  {rate:6.1f} MB/s{end}")
        sys.stderr.flush()

    return draw
