"""Every data folder that a release left behind opens in this one, whole."""

import shutil
from pathlib import Path

import pytest

from dcs.core.ids import TenantId
from dcs.core.settings import Settings
from dcs.sharing import Format
from dcs.studio import open_studio

pytestmark = pytest.mark.anyio

FOLDERS = sorted(path for path in Path(__file__).parent.iterdir() if path.name[0].isdigit())
GOLDEN = TenantId("golden")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
async def test_a_released_data_folder_opens_and_reads_as_it_was(
    folder: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(folder, data)
    async with open_studio(Settings(environment="test", data_dir=data)) as studio:
        account = await studio.identity.account_by_login(GOLDEN, "producer")
        assert account is not None
        actor = account.actor()
        versions = await studio.catalog.versions(actor, "members")
        assert [(each.number, each.status.value) for each in versions] == [
            (2, "rejected"),
            (1, "active"),
        ]
        delivered = await studio.delivery.read(actor, "members", 1, Format.CSV, None, 1_000)
        rows = b"".join([chunk async for chunk in delivered.chunks])
        assert rows.count(b"\n") == 31
        assert b"person30@example.org" in rows
        report = await studio.reports.report(actor, "members", 2)
        assert report["checks"][0]["rule"] == "ragged_rows"
        assert (await studio.audit.verify(GOLDEN)).verified
