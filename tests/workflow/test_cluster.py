"""Approvals on a cluster: what operators see and do there, and what happens while it is away."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowHandle

from dcs.catalog import NewDataset, Status
from dcs.core.errors import UnavailableError
from dcs.core.settings import SettingsError
from dcs.studio import open_studio
from dcs.workflow import Ballot, HostedElsewhereError, Level, VoteNotCountedError
from dcs.workflow.hosting.store import approval_words
from tests.engines.temporal_servers import ATTRIBUTES, temporal_server
from tests.processes import free_port
from tests.workflow.engine_case import ACME, CONTENT, Case, Engine, chunks, on_a_cluster, opened

pytestmark = [pytest.mark.anyio, pytest.mark.service("temporal")]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine("temporal", tmp_path / "data", on_a_cluster())


@pytest.fixture
async def case(engine: Engine, anyio_backend: str) -> AsyncIterator[Case]:
    async with opened(engine) as case:
        yield case


def handle(case: Case, version: str) -> WorkflowHandle[object, object]:
    client = case.studio.cluster.client  # type: ignore[union-attr]
    assert isinstance(client, Client)
    return client.get_workflow_handle(f"approval-{ACME}-{version}")


async def test_it_is_found_by_tenant_dataset_requester_and_status(case: Case) -> None:
    version = await case.send()
    await case.until(version, Status.AWAITING_APPROVAL)
    workflow = handle(case, version.id)
    status = await workflow.query("getStatus")
    assert {key: status[key] for key in ("status", "stage", "progress", "error")} == {
        "status": "awaiting_approval",
        "stage": "APPROVAL_PENDING",
        "progress": 50,
        "error": None,
    }
    assert [each["level"] for each in status["details"]["levels"]] == ["L1"]
    shown = (await workflow.describe()).typed_search_attributes
    found = {pair.key.name: pair.value for pair in shown}
    assert {name: found[name] for name in ATTRIBUTES} == {
        "TenantId": ACME,
        "DatasetId": version.dataset,
        "RequesterId": case.people["paula"].id,
        "Status": "awaiting_approval",
    }


async def test_an_operator_can_ask_for_haste_and_cancel(case: Case) -> None:
    version = await case.send()
    await case.until(version, Status.AWAITING_APPROVAL)
    workflow = handle(case, version.id)
    await workflow.signal("expedite")
    async with asyncio.timeout(10):
        while not (await case.approval()).state.expedited:
            await asyncio.sleep(0.05)
    await workflow.cancel()
    ended = await case.until(version, Status.CANCELLED)
    assert ended.reason == "CANCELLED"
    story = await case.studio.approvals.story(case.people["stella"], (await case.approval()).id)
    assert [each["actor"] for each in story["history"][-2:]] == ["operator", "operator"]


async def test_what_people_write_stays_in_the_database(case: Case) -> None:
    version = await case.send()
    await case.until(version, Status.AWAITING_APPROVAL)
    approval = await case.approval()
    await case.studio.approvals.comment(case.people["simon"], approval.id, "Ask Mrs. Müller first")
    await case.vote("stella", decision="reject", reason="Mrs. Müller says no")
    [stays] = (await case.approval()).comments
    assert stays.text == "Ask Mrs. Müller first"
    history = (await handle(case, version.id).fetch_history()).to_json()
    texts = _payloads(json.loads(history))
    assert any("Voted" in each for each in texts)
    assert not any("ller" in each for each in texts)
    left = await case.studio.database.read(ACME, lambda s: s.all(s.select(approval_words)))
    assert left == []


def _payloads(value: object) -> list[str]:
    """Return every payload of a history as text."""
    if isinstance(value, list):
        return [text for each in value for text in _payloads(each)]
    if not isinstance(value, dict):
        return []
    found = [text for each in value.values() for text in _payloads(each)]
    if isinstance(value.get("data"), str):
        found.append(base64.b64decode(value["data"]).decode())
    return found


async def test_a_vote_that_nobody_could_answer_counts_once_when_somebody_can(
    engine: Engine,
) -> None:
    async with opened(engine) as case:
        version = await case.send()
        await case.until(version, Status.AWAITING_APPROVAL)
    async with opened(engine, work=False) as case:
        with pytest.raises(UnavailableError) as raised:
            await case.vote("stella", reason="looks right")
        assert raised.value.extra["retry_after"] > 0
        assert (await case.approval()).levels[0].votes == ()
    async with opened(engine) as case:
        with suppress(VoteNotCountedError):  # the first one may have been heard after all
            await case.vote("stella", reason="looks right")
        await case.until(version, Status.ACTIVE)
        assert [each.reason for each in (await case.approval()).levels[0].votes] == ["looks right"]


async def test_a_cluster_that_is_away_keeps_nobody_from_sending(
    tmp_path: Path, engine: Engine
) -> None:
    with temporal_server(tmp_path) as server:
        away = replace(
            engine,
            settings={**engine.settings, "workflow": f"temporal://{server.address}/default"},
        )
        async with opened(away) as case:
            first = await case.send()
            await case.until(first, Status.AWAITING_APPROVAL)
            waiting = await case.approval()
            await asyncio.to_thread(server.kill)
            with pytest.raises(UnavailableError):
                await case.vote("stella")
            with pytest.raises(UnavailableError):
                await case.studio.checks["workflow"]()
            paula = case.people["paula"]
            await case.studio.catalog.add_dataset(paula, NewDataset("other", department="it"))
            sent = await case.studio.receiver.receive(paula, "other", "d.csv", chunks(CONTENT))
            await asyncio.to_thread(server.start)
            await case.until(sent.version, Status.AWAITING_APPROVAL)
            with suppress(VoteNotCountedError):  # the first one may have been heard after all
                await case.studio.approvals.vote(
                    case.people["stella"], waiting.id, Ballot(Level.L1, "approve")
                )
            await case.until(first, Status.ACTIVE)


async def test_a_cluster_that_does_not_answer_is_named_at_the_start(engine: Engine) -> None:
    address = f"127.0.0.1:{free_port()}"
    absent = replace(engine, settings={"workflow": f"temporal://{address}/default"})
    with pytest.raises(UnavailableError, match=address):
        async with open_studio(absent.all_settings()):
            pass


async def test_a_missing_package_is_named_with_how_it_is_installed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dcs.engines.durable.temporal.engine", None)
    with pytest.raises(SettingsError, match=r"pip install 'data-collaboration-studio\[temporal\]'"):
        async with open_studio(engine.all_settings()):
            pass


async def test_an_approval_stays_where_it_began(engine: Engine) -> None:
    rows = replace(engine, name="rows", settings={})
    async with opened(rows) as case:
        version = await case.send()
        await case.until(version, Status.AWAITING_APPROVAL)
    async with opened(engine) as case:
        await case.vote("stella")
        await case.until(version, Status.ACTIVE)
        paula = case.people["paula"]
        await case.studio.catalog.add_dataset(paula, NewDataset("other", department="it"))
        sent = await case.studio.receiver.receive(paula, "other", "d.csv", chunks(CONTENT))
        await case.until(sent.version, Status.AWAITING_APPROVAL)
    async with opened(rows) as case:
        with pytest.raises(HostedElsewhereError):
            await case.vote("stella")
