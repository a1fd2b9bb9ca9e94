"""
The command group: finds a command's file by its name and turns errors into exit codes.

Nothing but Click is imported until a command is known, so ``dcs --version``
answers at once.
"""

import importlib
import json
import sys
from typing import Any

import click

import dcs

COMMANDS = {
    "access": "Ask for access to datasets, and decide who gets it.",
    "admin": "Look after an organisation: quarantine, limits, imports, recognizers.",
    "approvals": "Approve, reject and follow approvals.",
    "audit": "Search the audit record and prove it whole.",
    "check": "Judge a file on this machine; no server needed.",
    "contract": "Write, check and compare data contracts.",
    "datasets": "List, show and describe datasets.",
    "demo": "Show the whole journey of a file, then serve the studio.",
    "migrate": "Bring PostgreSQL's tables up to this release.",
    "read": "Read a dataset as you may see it.",
    "serve": "Serve the API and the studio.",
    "status": "Show where a version is in its journey.",
    "submit": "Ask for the approval of a draft.",
    "upload": "Send a file as the next version of a dataset.",
    "worker": "Take durable work only, beside `dcs serve`.",
}

# The exit codes of INTERFACES: scripts rely on them.
FAILURE, USAGE, CHECKS_FAILED, DENIED, PENDING, NOT_FOUND = 1, 2, 3, 4, 5, 6
UNAVAILABLE, INTERRUPTED = 69, 130

_BY_STATUS = {401: DENIED, 403: DENIED, 404: NOT_FOUND, 422: USAGE, 503: UNAVAILABLE}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import ``dcs.cli.<name>`` and return its `command`."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"dcs.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their one sentence, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(dcs.__version__, prog_name="dcs")
def group() -> None:
    """Check data files on their way from who has them to who may use them."""


def main() -> None:
    """Run the command line and exit with the code that says how it ended."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line with *arguments*; return its exit code."""
    try:
        result = group.main(arguments, prog_name="dcs", standalone_mode=False)
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has seen enough
        return 0
    except Exception as error:  # one of ours becomes a line and an exit code; others stay loud
        code = _explain(error, as_json="--json" in arguments)
        if code is None:
            raise
        return code
    return result if isinstance(result, int) else 0


def _explain(error: Exception, *, as_json: bool) -> int | None:
    """Print a refusal or failure that has a status; None if it is none of ours."""
    status = getattr(error, "status", None)
    detail = getattr(error, "detail", None)
    if not isinstance(status, int) or not isinstance(detail, str):
        return None
    reasons: list[Any] = list(
        getattr(error, "reasons", None) or getattr(error, "extra", {}).get("reasons", ())
    )
    if as_json:
        code = getattr(error, "code", "unknown")
        document = {"error": {"code": code, "detail": detail, "reasons": reasons}}
        click.echo(json.dumps(document), err=True)
    else:
        click.echo(f"dcs: {detail}", err=True)
        for reason in reasons:
            click.echo(f"  because: {reason}", err=True)
    return _BY_STATUS.get(status, FAILURE)
