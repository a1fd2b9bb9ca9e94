"""`dcs check`: judge a file on this machine, without server, account or network."""

import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcs.cli.commands import CHECKS_FAILED, NOT_FOUND, USAGE
from dcs.core.settings import load_settings

if TYPE_CHECKING:
    from dcs.validation import Check, PersonalData, Report

WIDTH = 80
SHOWN = 3  # samples of one finding


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--contract",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Data contract (ODCS) to judge it by.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="What makes the exit code 3.",
)
def command(
    file: Path,
    contract: Path | None,
    form: str,
    as_json: bool,
    output: Path | None,
    fail_on: str,
) -> int:
    """Judge FILE: structure, contract, quality and personal data, in every row and cell."""
    for path in (file, contract):
        if path is not None and not path.exists():
            click.echo(f"dcs: {path} does not exist.", err=True)
            return NOT_FOUND
    from dcs.ingestion import supported_extension
    from dcs.validation import InvalidContractError

    supported_extension(file.name)
    try:
        report = asyncio.run(_judge(file, contract))
    except InvalidContractError as error:
        click.echo(f"dcs: {error.detail}", err=True)
        return USAGE
    _write(report, as_json or form == "json", output)
    failing = {"FAILED", "WARN"} if fail_on == "warning" else {"FAILED"}
    return CHECKS_FAILED if report.status.value in failing else 0


async def _judge(file: Path, contract: Path | None) -> "Report":
    from dcs.observability import configure_logs
    from dcs.studio import local_sandbox
    from dcs.validation import judge, parse_contract

    configure_logs("error")
    settings = load_settings()
    document = None if contract is None else await asyncio.to_thread(contract.read_bytes)
    if document is not None:
        parse_contract(document)
    sandbox, limits = local_sandbox(settings)
    with tempfile.TemporaryDirectory(prefix="dcs-check-") as folder:
        return await judge(
            sandbox,
            file,
            filename=file.name,
            contract=document,
            target=Path(folder) / "table.parquet",
            scratch=Path(folder),
            limits=limits,
        )


def _write(report: "Report", as_json: bool, output: Path | None) -> None:
    text = (
        json.dumps(report.to_json(), indent=2, ensure_ascii=False)
        if as_json
        else "\n".join(_table(report))
    )
    if output is None:
        click.echo(text)
    else:
        output.write_text(click.unstyle(text) + "\n", encoding="utf-8")


def _table(report: "Report") -> list[str]:
    """Return the report for people: what keeps the file back first, then the rest."""
    lines = [line for check in report.findings for line in _finding(check)]
    lines += [line for each in report.personal_data for line in _personal(each)]
    rows = "not readable" if report.rows is None else f"{report.rows:,} rows"
    passed = sum(check.outcome.value == "PASSED" for check in report.checks)
    lines.append(
        f"{_status(report.status.value)}  {report.filename}: {rows}, {len(report.columns)} columns, "
        f"{passed} of {len(report.checks)} checks passed"
    )
    return lines


def _finding(check: "Check") -> list[str]:
    colors = {"error": "red", "warning": "yellow", "info": "bright_black"}
    word = click.style(f"{check.severity.value:7}", fg=colors[check.severity.value])
    place = "" if check.column is None else f"{check.column}: "
    lines = [f"{word} {_cut(place + check.message, 8)}"]
    if check.severity.value == "error":
        lines += [
            f"        {_where(each.row, each.line)}: {each.masked}"
            for each in check.samples[:SHOWN]
        ]
        lines.append(f"        to mend: {check.fix}")
    return lines


def _personal(found: "PersonalData") -> list[str]:
    word = click.style("person ", fg="magenta")
    declared = "declared" if found.declared else "not declared"
    first = f", first in row {found.samples[0].row:,}" if found.samples else ""
    text = (
        f"{found.column}: {found.cells:,} × {found.entity} ({found.share:.0%}, {declared}{first})"
    )
    return [f"{word} {_cut(text, 8)}"]


def _where(row: int, line: int | None) -> str:
    place = f"row {row:,}" if row else "header"
    return place if line is None else f"{place}, line {line:,}"


def _status(status: str) -> str:
    color = {"PASSED": "green", "WARN": "yellow", "FAILED": "red"}[status]
    return click.style(status, fg=color, bold=True)


def _cut(text: str, used: int) -> str:
    """Cut a line to the terminal's width; elsewhere nothing is lost."""
    if not sys.stdout.isatty():
        return text
    room = max(shutil.get_terminal_size((WIDTH, 24)).columns - used, 20)
    return text if len(text) <= room else text[: room - 1] + "…"
