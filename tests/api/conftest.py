"""The whole product behind its API, with everybody signed in by token."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from dcs.cli.demo.people import Prepared, prepare
from dcs.core.settings import Settings
from dcs.roles import build_app
from dcs.studio import Studio, open_studio
from tests.databases import empty

Json = dict[str, Any]


@dataclass
class Api:
    """Send requests as one of the demonstration's people."""

    studio: Studio
    people: Mapping[str, Prepared]
    http: httpx2.AsyncClient

    async def call(
        self, who: str | None, method: str, path: str, **request: Any
    ) -> httpx2.Response:
        headers = dict(request.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.people[who].token}"
        return await self.http.request(method, path, headers=headers, **request)

    async def get(self, who: str | None, path: str, **request: Any) -> httpx2.Response:
        return await self.call(who, "GET", path, **request)

    async def send(
        self, content: str | bytes, dataset: str = "d", filename: str = "d.csv", **query: Any
    ) -> httpx2.Response:
        """Send a file as the producer, adding the dataset if need be."""
        body = content.encode() if isinstance(content, str) else content
        await self.call("producer", "POST", "/api/v1/datasets", json={"name": dataset})
        return await self.call(
            "producer",
            "PUT",
            f"/api/v1/datasets/{dataset}/versions",
            params={"filename": filename, **query},
            content=body,
        )

    async def settle(self) -> None:
        """Let the machinery do everything that is due."""
        while await self.studio.jobs.run_due():
            pass

    async def approve(self, version: str, *voters: str) -> list[httpx2.Response]:
        """Let each voter approve a level, in order."""
        approval = await self.approval_of(version)
        answers = []
        for level, voter in zip(("L1", "L2"), voters, strict=False):
            body = {"level": level, "decision": "approve"}
            path = f"/api/v1/approvals/{approval['id']}/votes"
            answers.append(await self.call(voter, "POST", path, json=body))
        await self.settle()
        return answers

    async def approval_of(self, version: str) -> Json:
        page = (await self.get("steward", "/api/v1/approvals")).json()
        found: Json = next(each for each in page["items"] if each["version"] == version)
        return found

    async def activate(self, content: str, dataset: str = "d", **options: Any) -> Json:
        """Take a file all the way to being active."""
        version = (await self.send(content, dataset, **options)).json()
        await self.settle()
        await self.approve(version["id"], "steward", "steward2")
        active: Json = (await self.get("producer", f"/api/v1/versions/{version['id']}")).json()
        assert active["status"] == "active", active
        return active


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))]
)
async def studio(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[Studio]:
    """Lend an open studio on each database; its durable work runs when a test lets it settle."""
    database = key = None
    if request.param == "postgresql":
        addresses = request.getfixturevalue("postgres")
        empty(addresses["owner"])
        database = SecretStr(addresses["application"])
        key = SecretStr("shared by all processes of one studio")
    settings = Settings(
        environment="test", data_dir=tmp_path / "data", database=database, digest_key=key
    )
    async with open_studio(settings) as opened:
        yield opened


@asynccontextmanager
async def serve_api(studio: Studio) -> AsyncIterator[Api]:
    """Lend the API of a studio with everybody prepared."""
    people = await prepare(studio)
    transport = httpx2.ASGITransport(app=build_app(studio), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://studio") as http:
        yield Api(studio, people, http)


@pytest.fixture
async def api(studio: Studio) -> AsyncIterator[Api]:
    async with serve_api(studio) as served:
        yield served
