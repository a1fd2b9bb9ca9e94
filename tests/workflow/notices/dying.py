"""A process that hands one letter over and dies before it can note that."""

import asyncio
import sys
from pathlib import Path

from dcs.core import failpoints
from dcs.core.clock import ManualClock
from dcs.engines.database.sqlite import SqliteDatabase
from dcs.engines.mail.server import MailServer
from dcs.engines.mail.smtp import SmtpMail
from tests.workflow.notices.conftest import desk_of


async def main(path: str, url: str) -> None:
    database, clock = SqliteDatabase(Path(path)), ManualClock()
    desk = await desk_of(
        database, clock, SmtpMail(MailServer.at(url, "studio@example.org", None), clock)
    )
    failpoints.arm("workflow.before_commit")
    await desk.jobs.run_due()


asyncio.run(main(*sys.argv[1:]))
