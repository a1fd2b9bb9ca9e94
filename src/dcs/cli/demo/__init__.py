"""`dcs demo`: the whole journey on sample files or yours, then the studio to look at it."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcs.cli.connection import json_option, print_json
from dcs.cli.demo.show import Screen
from dcs.core.settings import Settings, load_settings

if TYPE_CHECKING:
    from dcs.cli.demo.people import Prepared
    from dcs.studio import Studio


@click.command("demo")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--once", is_flag=True, help="Exit after the journey instead of serving.")
@click.option("--prepare", "only_prepare", is_flag=True, help="Only add the demo accounts.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to keep everything in; --once uses a temporary one by default.",
)
@click.option("--port", type=int, help="Port the studio is served on afterwards.")
@json_option
def command(
    files: tuple[Path, ...],
    once: bool,
    only_prepare: bool,
    data_dir: Path | None,
    port: int | None,
    as_json: bool,
) -> None:
    """Show the whole journey of FILES (or of five samples), then serve the studio."""
    with ExitStack() as stack:
        if data_dir is None and once:
            data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dcs-demo-")))
        settings = load_settings(data_dir=data_dir, port=port)
        if only_prepare:
            print_json(asyncio.run(_prepare(settings)))
        else:
            asyncio.run(_demonstrate(settings, files, once=once, as_json=as_json))


async def _prepare(settings: Settings) -> dict[str, object]:
    from dcs.cli.demo.people import TENANTS, prepare
    from dcs.observability import configure_logs
    from dcs.studio import open_studio

    configure_logs("error")
    async with open_studio(settings) as studio:
        people = await prepare(studio)
    return {
        "tenants": list(TENANTS),
        "users": {login: each.to_json() for login, each in people.items()},
    }


async def _demonstrate(
    settings: Settings, files: Sequence[Path], *, once: bool, as_json: bool
) -> None:
    from dcs.cli.demo.people import prepare
    from dcs.observability import configure_logs
    from dcs.studio import open_studio

    configure_logs("error")
    screen = Screen(quiet=as_json)
    screen.line("Data Collaboration Studio — the journey of a file", bold=True)
    async with open_studio(settings) as studio:
        people = await prepare(studio)
        story = await _journey(studio, people, files, screen)
        if as_json:
            print_json(story)
        if not once:
            await _serve(studio, people, screen)


async def _journey(
    studio: "Studio", people: Mapping[str, "Prepared"], files: Sequence[Path], screen: Screen
) -> dict[str, object]:
    """Serve on a private socket for as long as the journey takes, and take it from a thread."""
    from dcs.cli.demo.files import write_files
    from dcs.cli.demo.journey import Cast, files_of, run
    from dcs.roles import serving
    from dcs.sdk import Client

    with tempfile.TemporaryDirectory(prefix="dcs-") as folder:
        socket = Path(folder) / "demo.sock"
        chosen = files_of(files) if files else write_files(Path(folder) / "samples")
        async with serving(studio, socket=socket):
            with ExitStack() as stack:
                clients = {
                    login: stack.enter_context(
                        Client("http://demo.localhost", each.token, socket=str(socket))
                    )
                    for login, each in people.items()
                }
                return await asyncio.to_thread(run, Cast(clients), chosen, screen)


async def _serve(studio: "Studio", people: Mapping[str, "Prepared"], screen: Screen) -> None:
    from dcs.roles import serving, stop_signals, until_stopped

    settings = studio.settings
    with stop_signals() as told:
        async with serving(studio, host=settings.host, port=settings.port) as server:
            screen.line()
            screen.line(f"The studio is at http://{settings.host}:{settings.port}", bold=True)
            screen.line("Sign in as one of these people; the password is the same for all:")
            for login, each in people.items():
                screen.line(f"  {login:<16} {each.password}  {each.person.what}")
            screen.line("Ctrl-C stops it.")
            await until_stopped(server, told)
