"""The demonstration as people see it: a line for each thing that happens, on 80 columns."""

import sys
from typing import Any

import click

Json = dict[str, Any]
GOOD, BAD, QUIET, NOTE = "green", "red", "bright_black", "yellow"

EXPLAINED = {
    "active": "active: people with the clearance can read it now",
    "rejected": "refused; nobody can read it",
    "quarantined": "quarantined; nobody can read it",
}


class Screen:
    """Print what the journey tells, in colour where that is a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def __call__(self, what: str, data: Json) -> None:
        """Show one thing."""
        if not self._quiet:
            getattr(self, f"_{what}")(data)

    def line(self, text: str = "", color: str | None = None, *, bold: bool = False) -> None:
        """Print one line on stderr, which people read and programs do not."""
        if not self._quiet:
            click.secho(text, fg=color, bold=bold, err=True, color=_color())

    def _file(self, data: Json) -> None:
        self.line()
        title = f" — {data['title']}" if data["title"] else ""
        self.line(f"{data['file']}{title}  ({data['bytes']:,} bytes)", bold=True)

    def _stage(self, data: Json) -> None:
        bad = (
            data["outcome"].startswith(("failed", "infected", "error"))
            or "rejected" in data["outcome"]
        )
        mark, color = ("✗", BAD) if bad else ("✓", GOOD)
        seconds = "" if data["name"] == "approve" else f"{data['seconds']:7.2f} s"
        self.line(f"  {mark} {data['name']:<10}{data['outcome']:<44}{seconds:>10}", color)

    def _outcome(self, data: Json) -> None:
        rows = "" if data["rows"] is None else f", {data['rows']:,} rows"
        color = GOOD if data["status"] == "active" else BAD
        self.line(f"  → {EXPLAINED.get(data['status'], data['status'])}{rows}", color, bold=True)
        if data["findings"]:
            found = ", ".join(f"{count} × {kind}" for kind, count in data["findings"].items())
            self.line(f"    found: {found}", NOTE)
        for check in data["errors"]:
            self._error(check)

    def _error(self, check: Json) -> None:
        place = "" if check["column"] is None else f"{check['column']}: "
        self.line(f"    ✗ {place}{check['message']}", BAD)
        for sample in check["samples"][:2]:
            self.line(f"        row {sample['row']}: {sample['masked']}", QUIET)

    def _read(self, data: Json) -> None:
        if not data["allowed"]:
            self.line(f"    {data['user']:<16} {data['status']}  {data['reasons'][0]}", QUIET)
            return
        masked = f", masked: {', '.join(data['masked'])}" if data["masked"] else ""
        self.line(f"    {data['user']:<16} reads{masked}", GOOD)
        if data.get("first_row"):
            self.line(f"      {data['first_row'][:74]}", QUIET)

    def _audit(self, data: Json) -> None:
        self.line()
        if data["verified"]:
            self.line(
                f"Audit: {data['events']:,} events, the hash chain is whole.", GOOD, bold=True
            )
        else:
            self.line("Audit: the hash chain is BROKEN.", BAD, bold=True)


def _color() -> bool | None:
    """Leave the choice of colour to Click, which knows terminals; honour NO_COLOR."""
    import os

    return False if os.environ.get("NO_COLOR") else (None if sys.stderr.isatty() else False)
