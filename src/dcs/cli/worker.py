"""`dcs worker`: the durable work alone, beside the processes that serve."""

import asyncio
from pathlib import Path

import click

from dcs.cli.commands import USAGE
from dcs.cli.connection import note
from dcs.core.settings import Settings, load_settings


@click.command("worker")
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False))
def command(data_dir: Path | None) -> int:
    """
    Take durable work only, until stopped.

    Any number may run beside `dcs serve`, on the same PostgreSQL and the same objects.
    """
    settings = load_settings(data_dir=data_dir)
    if settings.database is None:
        note(
            "dcs: a worker needs PostgreSQL (DCS_DATABASE). SQLite belongs to one process: "
            "`dcs serve`, which does the work as well."
        )
        return USAGE
    asyncio.run(_work(settings))
    return 0


async def _work(settings: Settings) -> None:
    from dcs.observability import configure_logs
    from dcs.roles import stop_signals, until_stopped, working
    from dcs.studio import open_studio

    configure_logs(settings.log_level)
    with stop_signals() as told:
        async with open_studio(settings) as studio, working(studio) as work:
            note("Working  (Ctrl-C stops)")
            await until_stopped(work, told)
