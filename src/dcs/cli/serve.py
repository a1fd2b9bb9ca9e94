"""`dcs serve`: the API, the studio and the durable work, in one process."""

import asyncio
from pathlib import Path

import click

from dcs.cli.connection import note
from dcs.core.settings import Settings, SettingsError, load_settings


@click.command("serve")
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
def command(data_dir: Path | None, host: str | None, port: int | None) -> None:
    """Serve the API and the studio until stopped."""
    settings = load_settings(data_dir=data_dir, host=host, port=port)
    if not settings.work and settings.database is None:
        raise SettingsError(
            "DCS_WORK=false leaves the work to `dcs worker`, which needs PostgreSQL (DCS_DATABASE)."
        )
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    from dcs.observability import configure_logs
    from dcs.roles import serving, stop_signals, until_stopped
    from dcs.studio import open_studio

    configure_logs(settings.log_level)
    with stop_signals() as told:
        async with (
            open_studio(settings) as studio,
            serving(studio, host=settings.host, port=settings.port, works=settings.work) as server,
        ):
            note(f"Serving on http://{settings.host}:{settings.port}  (Ctrl-C stops)")
            await until_stopped(server, told)
