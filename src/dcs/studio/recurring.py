"""Work that comes round by itself: housekeeping, and the end of an upload's time."""

from datetime import timedelta

import structlog

from dcs.auth import Identity
from dcs.core.ids import TenantId
from dcs.engines.database import Session
from dcs.engines.durable import Finish, Job, JobHandler
from dcs.engines.durable.rows import RowQueue
from dcs.engines.objects import ObjectStore
from dcs.ingestion import (
    Expiry,
)
from dcs.workflow import GrantChecks, Quarantine

log = structlog.get_logger()

HOUSEKEEPING = "housekeeping"
ABANDONED = timedelta(hours=24)  # an unfinished stream that old belongs to nobody
SYSTEM = TenantId("system")
"""Owns the work that belongs to no tenant; no account is ever in it."""


def plan_housekeeping(jobs: RowQueue, session: Session) -> None:
    """Plan the hourly work, in the running transaction; what is planned already stays."""
    jobs.add(session, HOUSEKEEPING, HOUSEKEEPING, {}, every=timedelta(hours=1))


def housekeeping(
    identity: Identity, objects: ObjectStore, quarantine: Quarantine, checks: GrantChecks
) -> JobHandler:
    """
    Return the hourly work.

    Expired things are removed, newer rules look at older files, and every tenant's grants
    are to be checked at night.
    """

    async def tidy(_job: Job) -> Finish:
        removed = await identity.forget_expired()
        abandoned = await objects.sweep(ABANDONED)
        tenants = await identity.tenants()
        again = sum([await quarantine.plan_rescans(each) for each in tenants])
        for each in tenants:
            await checks.plan(each)
        log.info(
            "housekeeping",
            expired_credentials=removed,
            abandoned_streams=abandoned,
            scanned_again=again,
        )
        return nothing

    return tidy


def end_of_time(expiry: Expiry) -> JobHandler:
    """Return the work at the end of an upload's time: it is removed, or looked at again later."""

    async def expire(job: Job) -> Finish:
        upload = job.payload["upload"]
        again = await expiry.expire(job.tenant, upload)
        if again is None:
            return nothing
        return lambda session: expiry.plan(session, upload, again)

    return expire


def nothing(_session: Session) -> None:
    """What was done needs no further effect."""
