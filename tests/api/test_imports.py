"""Files the server fetches itself: asked for, fetched over a broken line, refused by name."""

import random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
import trustme

from dcs.core.ids import TenantId
from dcs.engines.database import PLATFORM
from dcs.engines.durable import Job, rows
from dcs.engines.fetch import Fetcher
from dcs.engines.fetch.addresses import AddressRule
from dcs.engines.fetch.https import HttpsFetcher
from dcs.ingestion.importing import store
from tests.api.conftest import Api, Json
from tests.remotes import File, Script, Server

pytestmark = pytest.mark.anyio

CONTENT = b"id,amount\n" + b"".join(
    b"%d,%d\n" % (n, random.Random(n).randrange(9_000)) for n in range(20_000)
)
ACME = TenantId("acme")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TUS = {"Tus-Resumable": "1.0.0"}
Serve = Callable[[Script], Awaitable[str]]


@pytest.fixture
async def serve(api: Api) -> AsyncIterator[Serve]:
    """Return what starts a server of somebody else, which the studio may reach and trust."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(trust)
    async with AsyncExitStack() as servers:

        async def begin(script: Script) -> str:
            server = await servers.enter_async_context(Server(script).running(context))
            rule = AddressRule(allowed=(ip_network("127.0.0.1/32"),))
            fetcher: Fetcher = HttpsFetcher(
                max_bytes=10**9, rule=rule, ports=frozenset({server.port}), context=trust
            )
            api.studio.imports.fetchers["https"] = fetcher
            return f"https://127.0.0.1:{server.port}/files/orders.csv?token=canary"

        yield begin


async def ask(api: Api, url: str, who: str = "producer") -> Json:
    await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
    answer = await api.call(who, "POST", "/api/v1/imports", json={"url": url, "dataset": "d"})
    assert answer.status_code == 202, answer.text
    found: Json = answer.json()
    assert answer.headers["location"] == f"/api/v1/imports/{found['id']}"
    return found


async def settle(api: Api) -> None:
    """Do what is due; the next attempt after a failure is due at once here."""
    object.__setattr__(
        api.studio.jobs.kinds["import.fetch"], "first_pause", timedelta(microseconds=1)
    )
    await api.settle()


async def show(api: Api, task: Json, who: str = "producer") -> Json:
    found: Json = (await api.get(who, f"/api/v1/imports/{task['id']}")).json()
    return found


async def test_a_file_is_fetched_and_becomes_a_version(api: Api, serve: Serve) -> None:
    task = await ask(api, await serve(File(CONTENT)))
    assert (task["state"], task["host"]) == ("waiting", "127.0.0.1")
    await settle(api)
    found = await show(api, task)
    assert (found["state"], found["received"]) == ("complete", len(CONTENT))
    version = (await api.get("producer", f"/api/v1/versions/{found['version']}")).json()
    assert (version["filename"], version["bytes"]) == ("orders.csv", len(CONTENT))
    assert version["rows"] == 20_000


async def test_a_broken_line_is_gone_on_with_where_it_broke(api: Api, serve: Serve) -> None:
    file = File(CONTENT, cuts=(50_000, 30_000))
    task = await ask(api, await serve(file))
    await settle(api)
    assert (await show(api, task))["state"] == "complete"
    assert file.answers == 3


async def test_a_file_that_changes_in_between_is_begun_anew(api: Api, serve: Serve) -> None:
    other = b"id,amount\n1,2\n"
    file = File(CONTENT, cuts=(50_000,), changes=File(other, tag='"two"'))
    task = await ask(api, await serve(file))
    await settle(api)
    found = await show(api, task)
    assert (found["state"], found["size"]) == ("complete", len(other))


async def test_no_address_is_ever_shown_or_kept_after_its_end(api: Api, serve: Serve) -> None:
    task = await ask(api, await serve(File(CONTENT)))
    await settle(api)
    row = await api.studio.database.read(ACME, lambda s: store.get_import(s, task["id"]))
    assert row is not None
    assert row.url == "https://127.0.0.1"
    shown = (await api.get("producer", "/api/v1/imports")).text
    audit = (await api.get("auditor", "/api/v1/audit")).text
    assert "canary" not in shown + audit


async def test_what_the_other_side_refuses_is_told_by_its_code(api: Api, serve: Serve) -> None:
    async def gone(_asked: object, wire: object) -> None:
        await wire.head("Content-Length: 0", status="404 Not Found")  # type: ignore[attr-defined]

    task = await ask(api, await serve(gone))
    await settle(api)
    found = await show(api, task)
    assert (found["state"], found["reason"]) == ("failed", "remote_refused")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/a.csv", "import_not_possible"),
        ("file:///etc/passwd", "import_not_possible"),
        ("ftp://example.org/a.csv", "import_not_possible"),
        ("s3://bucket/a.csv", "import_not_possible"),
    ],
)
async def test_only_schemes_that_are_fetched_are_taken(api: Api, url: str, code: str) -> None:
    await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
    answer = await api.call(
        "producer", "POST", "/api/v1/imports", json={"url": url, "dataset": "d"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "10.0.0.8"])
async def test_nothing_inside_is_ever_reached(api: Api, host: str) -> None:
    task = await ask(api, f"https://{host}/latest/meta-data")
    await settle(api)
    found = await show(api, task)
    assert (found["state"], found["reason"]) == ("failed", "address_not_allowed")


async def test_an_import_is_shown_to_nobody_else(api: Api, serve: Serve) -> None:
    task = await ask(api, await serve(File(CONTENT)))
    for who in ("steward", "admin", "globex-producer"):
        answer = await api.get(who, f"/api/v1/imports/{task['id']}")
        assert answer.status_code == 404, who


async def test_who_may_not_send_may_not_import(api: Api) -> None:
    await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
    body = {"url": "https://example.org/a.csv", "dataset": "d"}
    assert (
        await api.call("globex-producer", "POST", "/api/v1/imports", json=body)
    ).status_code == 404
    assert (await api.call("consumer", "POST", "/api/v1/imports", json=body)).status_code in {
        403,
        404,
    }


async def test_a_cancelled_import_fetches_nothing_more(api: Api, serve: Serve) -> None:
    file = File(CONTENT)
    task = await ask(api, await serve(file))
    answer = await api.call("producer", "DELETE", f"/api/v1/imports/{task['id']}")
    assert answer.status_code == 204
    await settle(api)
    assert (await show(api, task))["state"] == "cancelled"
    assert file.answers == 0


async def test_an_import_whose_upload_has_ended_begins_anew(api: Api, serve: Serve) -> None:
    file = File(CONTENT, cuts=(50_000,))
    task = await ask(api, await serve(file))
    jobs = api.studio.jobs
    assert await jobs.run_due() >= 1  # the first attempt breaks off and its upload stays
    row = await api.studio.database.read(ACME, lambda s: store.get_import(s, task["id"]))
    assert row is not None
    assert row.upload is not None
    ended = row.upload
    await api.call("producer", "DELETE", f"/api/v1/uploads/{ended}", headers=TUS)
    await api.studio.database.write(PLATFORM, lambda s: s.update(rows.job, due=LONG_AGO))
    await settle(api)
    assert (await show(api, task))["state"] == "complete"


async def test_only_admins_list_places_in_s3(api: Api) -> None:
    body = {"address": "s3://incoming/partners"}
    path = "/api/v1/imports/sources"
    assert (await api.call("producer", "POST", path, json=body)).status_code == 403
    added = await api.call("admin", "POST", path, json=body)
    assert added.status_code == 201
    listed = (await api.get("admin", path)).json()["items"]
    assert [each["address"] for each in listed] == [body["address"]]
    assert (await api.get("globex-admin", path)).json()["items"] == []
    gone = await api.call("globex-admin", "DELETE", f"{path}/{added.json()['id']}")
    assert gone.status_code == 404
    assert (await api.call("admin", "DELETE", f"{path}/{added.json()['id']}")).status_code == 204


async def test_an_import_whose_process_died_after_its_last_byte_ends_as_its_version(
    api: Api, serve: Serve
) -> None:
    task = await ask(api, await serve(File(CONTENT)))
    imports = api.studio.imports
    job = Job("j", TenantId("acme"), "import.fetch", {"import": task["id"]}, 1)
    await imports.fetch(job)  # the process dies here, before the effect of this is kept
    await settle(api)
    found = await show(api, task)
    assert (found["state"], found["reason"]) == ("complete", None)
    versions = (await api.get("producer", "/api/v1/datasets/d/versions")).json()["items"]
    assert [each["id"] for each in versions] == [found["version"]]
