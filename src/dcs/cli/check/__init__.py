"""`dcs check`: judge a file on this machine, without server, account or network."""

import asyncio
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dcs.cli.commands import CHECKS_FAILED, FAILURE, NOT_FOUND, USAGE
from dcs.cli.progress import display
from dcs.core.settings import load_settings

if TYPE_CHECKING:
    from dcs.engines.sandbox import Progress
    from dcs.validation import Report

FAILING = {
    "error": frozenset({"FAILED"}),
    "warning": frozenset({"FAILED", "WARN"}),
    "never": frozenset[str](),
}
ENDINGS = {".json": "json", ".html": "html", ".htm": "html", ".sarif": "sarif"}


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--contract",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Data contract (ODCS) to judge it by.",
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path, dir_okay=False),
    help="An earlier file of the same kind: the report says what changed since.",
)
@click.option(
    "--recognizers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What you know of your personal data: patterns, thresholds, suppressions (YAML).",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "html", "sarif"]),
    help="How the report is written; by default as the ending of --output says, else table.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report to this file.",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAILING)),
    default="error",
    show_default=True,
    help="What makes the exit code 3.",
)
@click.option("--verbose", is_flag=True, help="Show every finding by itself, and how to mend it.")
def command(
    file: Path,
    contract: Path | None,
    previous: Path | None,
    recognizers: Path | None,
    form: str | None,
    as_json: bool,
    output: Path | None,
    fail_on: str,
    verbose: bool,
) -> int:
    """Judge FILE: structure, contract, quality and personal data, in every row and cell."""
    for path in (file, contract, previous, recognizers):
        if path is not None and not path.exists():
            click.echo(f"dcs: {path} does not exist.", err=True)
            return NOT_FOUND
    from dcs.ingestion import supported_extension
    from dcs.validation import InvalidContractError, InvalidRecognizersError

    supported_extension(file.name)
    try:
        before = None if previous is None else _sketch(previous)
        report = _judged(file, contract, recognizers, before)
    except (InvalidContractError, InvalidRecognizersError) as error:
        click.echo(f"dcs: {error.detail}", err=True)
        return USAGE
    except _NoTableError as error:
        click.echo(f"dcs: {previous} cannot be compared with: {error}", err=True)
        return FAILURE
    try:
        _write(report, "json" if as_json else form or _form_of(output), output, whole=verbose)
    except OSError as error:
        if output is None:
            raise
        click.echo(f"dcs: {output} cannot be written: {error.strerror}.", err=True)
        return FAILURE
    return CHECKS_FAILED if report.status.value in FAILING[fail_on] else 0


class _NoTableError(Exception):
    """The earlier file is no table; the message says why."""


def _sketch(previous: Path) -> "Mapping[str, Any]":
    """Judge the earlier file and return what the other one is compared with."""
    report = _judged(previous, None, None, None, sketched=True)
    if report.sketch is None:
        raise _NoTableError(report.findings[0].message)
    return report.sketch


def _judged(
    file: Path,
    contract: Path | None,
    recognizers: Path | None,
    previous: "Mapping[str, Any] | None",
    *,
    sketched: bool = False,
) -> "Report":
    """Judge a file; a person at a terminal sees a bar until it is done."""
    with display("judging", file.stat().st_size, keep=False) as shown:
        return asyncio.run(
            _judge(file, contract, recognizers, previous, shown.sent, sketched=sketched)
        )


async def _judge(
    file: Path,
    contract: Path | None,
    recognizers: Path | None,
    previous: "Mapping[str, Any] | None",
    told: "Progress",
    *,
    sketched: bool,
) -> "Report":
    from dcs.observability import configure_logs
    from dcs.studio import local_key, local_sandbox, rule_limits
    from dcs.validation import judge, parse_contract, parse_recognizers

    configure_logs("error")
    settings = load_settings()
    document = None if contract is None else await asyncio.to_thread(contract.read_bytes)
    if document is not None:
        parse_contract(document)
    own = None if recognizers is None else await asyncio.to_thread(recognizers.read_bytes)
    if own is not None:
        parse_recognizers(own)
    sandbox, limits = local_sandbox(settings)
    with tempfile.TemporaryDirectory(prefix="dcs-check-") as folder:
        return await judge(
            sandbox,
            file,
            filename=os.fsencode(file.name).decode("utf-8", "replace"),
            contract=document,
            target=Path(folder) / "table.parquet",
            scratch=Path(folder),
            limits=limits,
            key=await asyncio.to_thread(local_key),
            told=told,
            sketched=sketched,
            previous=previous,
            recognizers=own,
            detector=settings.name_detector,
            rule_limits=rule_limits(settings),
        )


def _form_of(output: Path | None) -> str:
    return "table" if output is None else ENDINGS.get(output.suffix.lower(), "table")


def _write(report: "Report", form: str, output: Path | None, *, whole: bool) -> None:
    from dcs.cli.check import documents, terminal

    if output is not None:
        text = documents.text_of(report, form, whole=whole)
        output.write_text(text + "\n", encoding="utf-8")
        terminal.show_summary(report)
    elif form == "table":
        terminal.show(report, whole=whole)
    else:
        click.echo(documents.text_of(report, form, whole=whole))
