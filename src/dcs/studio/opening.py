"""Open a studio, recover what a crash left, and close everything in reverse order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import structlog

from dcs.core import failpoints
from dcs.core.clock import Clock, SystemClock
from dcs.core.ids import new_id
from dcs.core.settings import Settings, SettingsError
from dcs.engines.database import PLATFORM
from dcs.engines.durable.rows import release_leases
from dcs.engines.sandbox import ChildEndedError, Limits, TaskFailedError
from dcs.engines.sandbox.process import ProcessSandbox
from dcs.studio.engines import open_database, open_objects, open_temporal
from dcs.studio.recurring import SYSTEM, plan_housekeeping
from dcs.studio.services import Studio
from dcs.studio.wiring import wired

PROBE = "dcs.validation.personal_names.asking:probe"
log = structlog.get_logger()


@asynccontextmanager
async def open_studio(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Studio]:
    """
    Open everything the settings name, recover what a crash left, and lend it.

    Raises:
        FolderInUseError: Another process works in the data folder.
        UnavailableError: The database does not answer, or is of another release; the cluster
            that hosts approvals does not.
    """
    failpoints.arm(settings.failpoint)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        database = await asyncio.to_thread(open_database, settings)
        stack.push_async_callback(database.close)
        objects = open_objects(settings)
        await objects.prepare()
        await _look_for_detector(settings)
        cluster = await open_temporal(settings)
        studio = wired(settings, clock or SystemClock(), database, objects, cluster)
        stack.callback(studio.permits.close)
        await _recover(studio)
        yield studio


async def _look_for_detector(settings: Settings) -> None:
    """Refuse to start with a name detector that cannot be had; it is tried in a child."""
    if settings.name_detector is None:
        return
    limits = Limits(memory=settings.validation_memory, seconds=settings.validation_seconds)
    try:
        why = await ProcessSandbox().run(PROBE, {"named": settings.name_detector}, limits)
    except (ChildEndedError, TaskFailedError) as error:
        raise SettingsError(f"DCS_NAME_DETECTOR cannot be used: {error.detail}") from error
    if why:
        raise SettingsError(f"DCS_NAME_DETECTOR cannot be used: {why}")


async def _recover(studio: Studio) -> None:
    """Put right what a crash left, before anybody is served; plan the recurring work."""
    if studio.settings.database is None:  # one process owns the folder, so nothing is in use
        await studio.database.write(PLATFORM, release_leases)
        await studio.objects.claim(_installation(studio.settings.data_dir))
        removed = await studio.objects.recover(
            studio.catalog.known_objects, studio.uploads.unfinished
        )
        if removed.staging or removed.orphans or removed.uploads:
            log.warning("recovered", **asdict(removed))
    await studio.database.write(SYSTEM, lambda s: plan_housekeeping(studio.jobs, s))


def _installation(data_dir: Path) -> str:
    """Return the id of this data folder; made once."""
    path = data_dir / "installation"
    if not path.exists():
        path.write_text(new_id(), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii")


def migrate_database(settings: Settings) -> None:
    """Bring PostgreSQL's tables up to this release, as their owner."""
    from sqlalchemy import make_url

    from dcs.engines.database.postgres import migrate_postgres

    if settings.database is None or settings.database_owner is None:
        raise ValueError("both roles' addresses are needed")
    role = make_url(settings.database.get_secret_value()).username or ""
    migrate_postgres(settings.database_owner.get_secret_value(), role)
