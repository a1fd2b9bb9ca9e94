"""The `dcs` command: one file per command, loaded only when it is called."""

from dcs.cli.commands import main

__all__ = ["main"]
