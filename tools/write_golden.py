"""
Write the data folder of this release that every later release must be able to open.

Run once for each release, before it is tagged: ``tools/write_golden.py tests/golden/0.N``.
The folder holds one active dataset of thirty rows, one refused file, and their record.
"""

import asyncio
import shutil
import sys
from pathlib import Path

from dcs.auth import OPEN_ALL_WEEK, NewAccount
from dcs.catalog import NewDataset
from dcs.core.actor import Actor
from dcs.core.ids import TenantId
from dcs.core.settings import Settings
from dcs.studio import Studio, open_studio

TENANT = TenantId("golden")
GOOD = b"id,email\n" + b"".join(b"%d,person%d@example.org\n" % (n, n) for n in range(1, 31))
BAD = b"a,b\n1\n"


async def main(folder: Path) -> None:
    """Take one file all the way and one to its refusal."""
    shutil.rmtree(folder, ignore_errors=True)
    async with open_studio(Settings(environment="test", data_dir=folder)) as studio:
        await studio.identity.add_tenant(TENANT, "Golden", OPEN_ALL_WEEK)
        producer = await _person(studio, "producer", "producer")
        await studio.catalog.add_dataset(producer, NewDataset("members"))
        await _send(studio, producer, GOOD)
        for level in ("L1", "L2"):
            steward = await _person(studio, f"steward-{level.lower()}", "steward")
            [approval] = await studio.approvals.find(steward, mine=True, before=None, limit=1)
            await studio.approvals.vote(steward, approval.id, level, "approve", "golden")
        await studio.jobs.run_due()
        await _send(studio, producer, BAD)
    for left in (folder / "dcs.sqlite.lock", folder / "scratch", folder / "staging"):
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


async def _person(studio: Studio, login: str, role: str) -> Actor:
    attributes = {"clearance": 3, "department": "it", "employee": True}
    new = NewAccount(login, (role,), (), attributes)
    return (await studio.identity.add_account(TENANT, new, None)).actor()


async def _send(studio: Studio, producer: Actor, content: bytes) -> None:
    async def chunks():  # type: ignore[no-untyped-def]  # one chunk
        yield content

    await studio.receiver.receive(producer, "members", "members.csv", chunks())
    while await studio.jobs.run_due():
        pass


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
