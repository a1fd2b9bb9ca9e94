"""`dcs contract infer`: write a first contract from a file, without server or account."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import click

from dcs.cli.commands import CHECKS_FAILED, NOT_FOUND
from dcs.cli.connection import json_option, note, print_json
from dcs.core.settings import load_settings


@click.command("infer")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def infer(file: Path, output: Path | None, as_json: bool) -> int:
    """Write a data contract (ODCS) that FILE keeps: a draft for you to go through."""
    if not file.exists():
        click.echo(f"dcs: {file} does not exist.", err=True)
        return NOT_FOUND
    from dcs.ingestion import supported_extension

    supported_extension(file.name)
    document = asyncio.run(_inferred(file))
    if document is None:
        return CHECKS_FAILED
    from dcs.validation import contract_yaml

    text = contract_yaml(document)
    if output is not None:
        output.write_text(text, encoding="utf-8")
        note(f"written: {output}")
    if as_json:
        print_json(document)
    elif output is None:
        click.echo(text, nl=False)
    return 0


async def _inferred(file: Path) -> dict[str, Any] | None:
    """Judge the file as `dcs check` does, and return its contract; None if it is not readable."""
    from dcs.observability import configure_logs
    from dcs.studio import local_sandbox
    from dcs.validation import inferred_contract, judge

    configure_logs("error")
    sandbox, limits = local_sandbox(load_settings())
    with tempfile.TemporaryDirectory(prefix="dcs-infer-") as folder:
        target = Path(folder) / "table.parquet"
        report = await judge(
            sandbox,
            file,
            filename=file.name,
            contract=None,
            target=target,
            scratch=Path(folder),
            limits=limits,
        )
        if report.rows is None:
            [problem] = report.findings
            note(f"dcs: {file.name} is not readable: {problem.message} To mend: {problem.fix}")
            return None
        return await asyncio.to_thread(inferred_contract, report, target, file.stem)
