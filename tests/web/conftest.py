"""The pages behind a browser's cookies and headers, without the browser."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx2
import pytest

from dcs.cli.demo.people import Prepared, prepare
from dcs.roles import build_app
from dcs.studio import Studio

OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Web:
    studio: Studio
    people: Mapping[str, Prepared]
    http: httpx2.AsyncClient

    async def sign_in(
        self, login: str, password: str | None = None, **form: str
    ) -> httpx2.Response:
        self.http.cookies.clear()
        fields = {"login": login, "password": password or self.people[login].password, **form}
        return await self.http.post("/sign-in", data=fields, headers=OURS)

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(path)

    async def post(
        self, path: str, headers: Mapping[str, str] = OURS, **form: str
    ) -> httpx2.Response:
        return await self.http.post(path, data=form, headers=headers)

    async def send(self, content: str, dataset: str = "d") -> str:
        """Send a file as whoever is signed in and let the machinery do its part; return the id."""
        assert (await self.post("/datasets", name=dataset)).status_code == 204
        path = f"/api/v1/datasets/{dataset}/versions?filename=d.csv"
        answer = await self.http.put(path, content=content.encode(), headers=OURS)
        while await self.studio.jobs.run_due():
            pass
        version: str = answer.json()["id"]
        return version


@pytest.fixture
async def web(studio: Studio) -> AsyncIterator[Web]:
    people = await prepare(studio)
    transport = httpx2.ASGITransport(app=build_app(studio))
    async with httpx2.AsyncClient(transport=transport, base_url="http://studio") as http:
        yield Web(studio, people, http)
