"""Raw personal data is in the dataset and nowhere else: not in a row, a report, an event or a log line."""

import io
from pathlib import Path

import pytest

from dcs.core.settings import Settings
from dcs.observability import configure_logs
from dcs.studio import open_studio
from tests.api.conftest import Api, serve_api

pytestmark = pytest.mark.anyio

CANARIES = [
    "jane.canary@example.org",
    "078-05-1120",
    "4111111111111111",
    "DE89370400440532013000",
    "+4315550199",
    "E424242",
]
RECOGNIZERS = rb"recognizers: [{entity: EMPLOYEE_ID, pattern: '\bE[0-9]{6}\b'}]"
PERSONAL = "email,ssn,card,iban,phone,staff\n" + (",".join(CANARIES) + "\n") * 30
WRONG = PERSONAL + "canary at example.org,078-05-1120,4111111111111111,x,y,E424242\n"
RAGGED = PERSONAL + "jane.canary@example.org,078-05-1120\n"


async def test_canaries_stay_inside_the_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = io.StringIO()
    monkeypatch.setattr("sys.stderr", logged)
    configure_logs("debug")
    folder = tmp_path / "data"
    try:
        async with (
            open_studio(Settings(environment="test", data_dir=folder)) as studio,
            serve_api(studio) as api,
        ):
            await _use_everything(api)
    finally:
        monkeypatch.undo()
        configure_logs("error")
    kept = b"".join(path.read_bytes() for path in folder.glob("dcs.sqlite*"))
    # The findings are there, so the search looks in the right place.
    assert b"EMAIL_ADDRESS" in kept
    assert b"EMPLOYEE_ID" in kept
    assert "version.received" in logged.getvalue() or "request_answered" in logged.getvalue()
    for canary in [*CANARIES, "canary at example.org"]:
        assert canary.encode() not in kept, canary
        assert canary not in logged.getvalue(), canary


async def _use_everything(api: Api) -> None:
    path = "/api/v1/personal-data/recognizers"
    assert (await api.call("steward", "PUT", path, content=RECOGNIZERS)).status_code == 201
    await api.activate(PERSONAL)
    await api.activate(PERSONAL + PERSONAL.partition("\n")[2])
    for name, content in (("wrong", WRONG), ("ragged", RAGGED)):
        await api.send(content, name)
        await api.settle()
    for who in ("consumer", "analyst", "auditor", "globex-consumer"):
        for dataset in ("d", "wrong", "ragged"):
            forms = ("report", "report?format=html", "report?format=sarif")
            rows = "failing?check=uniqueness:repeated_rows&limit=5"
            for channel in (*forms, "preview", "data?limit=5", "data", "diff?to=2", rows):
                await api.get(who, f"/api/v1/datasets/{dataset}/versions/1/{channel}")
            await api.get(who, f"/api/v1/datasets/{dataset}/checks")
    await api.get("consumer", "/api/v1/datasets?q=jane.canary@example.org")
    await api.get("auditor", "/api/v1/audit")
