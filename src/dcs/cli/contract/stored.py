"""`dcs contract export` and `import`: the contract that a dataset's files are judged by."""

from pathlib import Path

import click

from dcs.cli.commands import NOT_FOUND
from dcs.cli.connection import connect, json_option, note, print_json


@click.command("export")
@click.argument("dataset")
@click.option("--id", "contract", help="An earlier contract of the dataset, by its id.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def export(dataset: str, contract: str | None, output: Path | None, as_json: bool) -> None:
    """Write the data contract of DATASET as it was given; with --json, all it has had."""
    with connect() as client:
        if as_json:
            print_json(client.contracts(dataset))
            return
        document = client.contract(dataset, contract)
    if output is None:
        click.echo(document, nl=False)
    else:
        output.write_text(document, encoding="utf-8")
        note(f"written: {output}")


@click.command("import")
@click.argument("dataset")
@click.argument("contract", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def import_(dataset: str, contract: Path, as_json: bool) -> int:
    """Judge the next files of DATASET by CONTRACT (ODCS, YAML or JSON)."""
    if not contract.exists():
        click.echo(f"dcs: {contract} does not exist.", err=True)
        return NOT_FOUND
    with connect() as client:
        kept = client.set_contract(dataset, contract.read_bytes())
    if as_json:
        print_json(kept)
    else:
        click.echo(f"{dataset} is judged by {contract.name} from now on ({kept['id']})")
    return 0
