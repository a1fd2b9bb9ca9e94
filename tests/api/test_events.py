"""The journey of a version as it happens: everything once, in order, for those who may know."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from dcs.api import events, streams_of
from dcs.catalog.news import PROGRESS_AT
from dcs.cli.demo.people import TOKEN, prepare
from dcs.core.ids import TenantId
from dcs.core.settings import Settings
from dcs.roles import build_app, serving
from dcs.studio import Studio, open_studio
from dcs.workflow.state import PROGRESS
from tests.api.conftest import Api, Json, serve_api
from tests.api.streams import opened
from tests.processes import free_port

pytestmark = pytest.mark.anyio

CLEAN = "id,amount\n1,2\n"
TO_A_PERSON = ["inspecting", "validating", "checking", "awaiting_approval"]
TO_THE_END = [*TO_A_PERSON, "activating", "active"]


@pytest.fixture
async def app(api: Api) -> AsyncIterator[FastAPI]:
    """Lend an application whose streams the tests can look at."""
    served = build_app(api.studio)
    yield served
    async with asyncio.timeout(10):
        while streams_of(served).running:  # nothing may be left behind, whatever a test does
            await asyncio.sleep(0.01)
    assert not api.studio.catalog.changes._waiting


def address(version: Json) -> str:
    return f"/api/v1/versions/{version['id']}/events"


async def test_the_journey_is_told_from_its_beginning_and_as_it_happens(
    api: Api, app: FastAPI
) -> None:
    version = (await api.send(CLEAN)).json()
    path = f"/api/v1/datasets/d/versions/{version['number']}/events"
    async with opened(app, path, api.people["producer"].token) as stream:
        first = await stream.event()
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert first is not None
        assert {key: first[key] for key in ("id", "dataset", "number", "status", "progress")} == {
            "id": version["id"],
            "dataset": version["dataset"],
            "number": 1,
            "status": "inspecting",
            "progress": 0,
        }
        assert stream.frames.empty()
        await api.settle()
        assert await stream.statuses("awaiting_approval") == TO_A_PERSON[1:]
        assert stream.frames.empty()
        await api.approve(version["id"], "steward", "steward2")
        last = await stream.event(), await stream.event()
        assert [each and (each["status"], each["progress"]) for each in last] == [
            ("activating", 80),
            ("active", 100),
        ]
        assert await stream.frame() is None, "the stream ends with the journey"


async def test_whoever_comes_back_gets_what_they_missed_and_nothing_twice(
    api: Api, app: FastAPI
) -> None:
    version, token = await api.activate(CLEAN), api.people["producer"].token
    async with opened(app, address(version), token) as whole:
        assert await whole.statuses() == TO_THE_END
    for heard, last in enumerate(whole.ids[:-1], 1):
        async with opened(app, address(version), token, last) as rest:
            assert await rest.statuses() == TO_THE_END[heard:]
            assert rest.ids == whole.ids[heard:]
    async with opened(app, address(version), token, whole.ids[-1]) as nothing:
        assert await nothing.frame() is None
        assert nothing.status == 204, "a browser asks again for ever unless it is told to stop"


async def test_a_version_that_ends_badly_keeps_the_progress_it_had(api: Api, app: FastAPI) -> None:
    version = (await api.send("a,b\n1\n")).json()
    await api.settle()
    async with opened(app, address(version), api.people["producer"].token) as stream:
        told = [await stream.event() for _ in range(3)]
        assert await stream.frame() is None
    shown = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    last = told[-1]
    assert last is not None
    keys = ("status", "stage", "progress", "reason")
    assert {key: last[key] for key in keys} == {key: shown[key] for key in keys}
    assert last["reason"] == "VALIDATION_FAILED"


def test_the_stages_of_the_catalogue_are_those_of_the_approval() -> None:
    assert {stage.value: progress for stage, progress in PROGRESS.items()} == PROGRESS_AT


async def test_each_listener_hears_of_their_own_version_alone(api: Api, app: FastAPI) -> None:
    one = (await api.send(CLEAN, "one")).json()
    other = (await api.send(CLEAN, "other")).json()
    token = api.people["producer"].token
    async with (
        opened(app, address(one), token) as first,
        opened(app, address(other), token) as then,
    ):
        await api.settle()
        assert await first.statuses("awaiting_approval") == TO_A_PERSON
        assert await then.statuses("awaiting_approval") == TO_A_PERSON
        await api.approve(one["id"], "steward", "steward2")
        assert await first.statuses() == TO_THE_END[4:]
        assert then.frames.empty()


async def end_token(api: Api) -> None:
    """Give the producer a new token, which ends the one they had."""
    identity, acme = api.studio.identity, TenantId("acme")
    account = await identity.account_by_login(acme, "producer")
    assert account is not None
    await identity.renew_token(acme, account.id, TOKEN)


async def test_an_id_that_was_not_given_here_is_refused(api: Api) -> None:
    version = (await api.send(CLEAN)).json()
    for last in ("x", "1", "1-", "-1-2", "1-2-3", "9" * 40 + "-1", "١-٢"):
        headers = {"Last-Event-ID": last.encode()}
        answer = await api.get("producer", address(version), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_event"), last


async def test_who_may_not_know_of_a_version_hears_nothing_of_it(api: Api) -> None:
    version = (await api.send(CLEAN)).json()
    paths = (address(version), "/api/v1/datasets/d/versions/1/events")
    for who in ("consumer", "globex-producer", "globex-admin"):
        for path in paths:
            assert (await api.get(who, path)).status_code == 404, (who, path)
    assert (await api.get("producer", "/api/v1/datasets/d/versions/2/events")).status_code == 404


async def test_who_lost_their_token_is_told_nothing_further(api: Api, app: FastAPI) -> None:
    version = (await api.send(CLEAN)).json()
    async with opened(app, address(version), api.people["producer"].token) as stream:
        assert await stream.event() is not None
        await end_token(api)
        await api.settle()
        assert await stream.frame() is None


async def test_a_quiet_stream_beats_and_asks_again_whether_it_may(
    api: Api, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.05)
    version = (await api.send(CLEAN)).json()
    async with opened(app, address(version), api.people["producer"].token) as stream:
        assert await stream.frame() == "retry: 2000"
        assert await stream.event() is not None
        assert await stream.frame() == ": still here"
        await end_token(api)
        while (frame := await stream.frame()) is not None:
            assert frame == ": still here"


async def test_a_stream_has_a_longest_time(
    api: Api, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.02)
    monkeypatch.setattr(events, "LONGEST", 0.2)
    version = (await api.send(CLEAN)).json()
    async with opened(app, address(version), api.people["producer"].token) as stream:
        assert await stream.statuses() == ["inspecting"]


async def test_streams_are_bounded_and_their_places_are_given_back(api: Api, app: FastAPI) -> None:
    version, token = (await api.send(CLEAN)).json(), api.people["producer"].token
    async with AsyncExitStack() as stack:
        for _ in range(events.MOST_OF_ONE):
            stream = await stack.enter_async_context(opened(app, address(version), token))
            assert await stream.event() is not None
        async with opened(app, address(version), token) as refused:
            assert await refused.frame() is None
            assert (refused.status, refused.headers["retry-after"]) == (503, "6")
            assert '"too_many_streams"' in refused.body
        async with opened(app, address(version), api.people["steward"].token) as other:
            assert await other.event() is not None, "one account's streams are not everybody's"
    async with opened(app, address(version), token) as again:
        assert await again.event() is not None


async def test_nothing_is_lost_or_told_twice_across_a_restart(tmp_path: Path) -> None:
    settings = Settings(environment="test", data_dir=tmp_path / "data")
    async with open_studio(settings) as studio, serve_api(studio) as api:
        version = (await api.send(CLEAN)).json()
        app = build_app(studio)
        async with opened(app, address(version), api.people["producer"].token) as stream:
            assert await stream.event() is not None
            await api.settle()
            heard = [await stream.event(), await stream.event()]
            ids = list(stream.ids)
            streams_of(app).stop()
    async with open_studio(settings) as studio, serve_api(studio) as api:
        app, token = build_app(studio), api.people["producer"].token
        await api.approve(version["id"], "steward", "steward2")
        async with opened(app, address(version), token, ids[-1]) as stream:
            rest = await stream.statuses()
        told = ["inspecting", *(each["status"] for each in heard if each), *rest]
        assert told == TO_THE_END
        async with opened(app, address(version), token) as stream:
            assert await stream.statuses() == TO_THE_END
            assert stream.ids[:3] == ids


async def test_a_server_that_stops_ends_its_streams_at_once(studio: Studio) -> None:
    people, port = await prepare(studio), free_port()
    headers = {"Authorization": f"Bearer {people['producer'].token}"}
    async with (
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as http,
        AsyncExitStack() as running,
    ):
        await running.enter_async_context(serving(studio, port=port))
        await http.post("/api/v1/datasets", json={"name": "d"})
        place, query = "/api/v1/datasets/d/versions", {"filename": "d.csv"}
        version = (await http.put(place, params=query, content=CLEAN.encode())).json()
        async with http.stream("GET", address(version)) as answer:
            lines = answer.aiter_lines()
            while "awaiting_approval" not in await anext(lines):
                pass
            async with asyncio.timeout(3):  # far below the server's own patience
                await running.aclose()
                rest = [line async for line in lines]
        assert not any(line.startswith("data:") for line in rest)
