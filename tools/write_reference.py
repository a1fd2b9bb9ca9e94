"""
Write the reference pages that follow from the code: settings, errors, the command line, schemas.

``--check`` writes nothing and fails if a page is not what the code says now.
"""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from pydantic import BaseModel

import dcs
from dcs.cli.commands import COMMANDS
from dcs.core.errors import DcsError
from dcs.core.settings import Settings
from dcs.validation import schema_document

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
NOTE = "<!-- written by tools/write_reference.py -->\n"


def main() -> None:
    """Write or check every page."""
    pages = {
        "settings.md": _settings(),
        "errors.md": _errors(),
        "cli.md": _commands(),
        "validation.schema.json": schema_document(),
    }
    stale = [name for name, text in pages.items() if _now(name) != text]
    if "--check" in sys.argv:
        if stale:
            sys.exit(f"not current: {', '.join(stale)}; run `make docs`")
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _now(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else None


def _settings() -> str:
    lines = [
        "# Settings",
        NOTE,
        "Each is an environment variable, or a key of `dcs.toml` in the working folder, which",
        "the environment overrides. A `DCS_*` name that is not listed here is refused.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    lines += _rows("DCS_", Settings)
    return "\n".join(lines) + "\n"


def _rows(prefix: str, model: type[BaseModel]) -> Iterator[str]:
    """Yield a row for each setting, and for each one inside a group of them."""
    for name, field in model.model_fields.items():
        variable = f"{prefix}{name.upper()}"
        if isinstance(field.default, BaseModel):
            yield from _rows(f"{variable}__", type(field.default))
        else:
            default = "" if field.default in (None, ()) else f"`{field.default}`"
            yield f"| `{variable}` | {default} | {field.description} |"


def _errors() -> str:
    lines = [
        "# Errors",
        NOTE,
        "Every error is a problem document (RFC 9457) with one of these codes.",
        "",
        "| code | status | meaning |",
        "|---|---|---|",
    ]
    found = sorted(_subclasses(DcsError), key=lambda error: (error.status, error.code))
    for error in found:
        meaning = (inspect.getdoc(error) or "").split("\n\n")[0].replace("\n", " ")
        lines.append(f"| `{error.code}` | {error.status} | {meaning} |")
    return "\n".join(lines) + "\n"


def _subclasses(kind: type[DcsError]) -> Iterator[type[DcsError]]:
    for module in pkgutil.walk_packages(dcs.__path__, "dcs."):
        if "migrations" not in module.name and not module.name.endswith(("__main__", ".child")):
            importlib.import_module(module.name)
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


def _commands() -> str:
    lines = ["# Command line", NOTE, "Data goes to stdout, everything else to stderr.", ""]
    lines += [
        "Exit codes: 0 ok · 1 failure · 2 usage · 3 checks failed · 4 denied by policy ·",
        "5 still pending · 6 not found · 69 server unavailable · 130 interrupted.",
    ]
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"dcs.cli.{name}").command
        lines += _command(command, f"dcs {name}")
    return "\n".join(lines) + "\n"


def _command(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    arguments = " ".join(command.collect_usage_pieces(context))
    yield from ("", f"## `{name} {arguments}`", "", inspect.cleandoc(command.help or ""))
    options = [each for each in command.params if isinstance(each, click.Option)]
    if options:
        yield ""
    for option in options:
        yield f"- `{', '.join(option.opts)}` {option.help or ''}".rstrip()
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _command(inner, f"{name} {inner.name}")


if __name__ == "__main__":
    main()
