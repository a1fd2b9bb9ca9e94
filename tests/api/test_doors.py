"""The doors of the API: who gets in, what is refused, and how a refusal looks."""

import re

import pytest

from dcs.api.middleware import MAX_BODY
from dcs.roles import build_app, refuse_undeclared
from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

CLEAN = "id,amount\n1,2\n"


async def test_without_credentials_nothing_but_health_schemas_and_docs_answers(api: Api) -> None:
    document = (await api.get(None, "/api/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method in methods:
            answer = await api.call(None, method.upper(), re.sub(r"\{\w+\}", "1", path))
            open_to_all = path.startswith(("/health/", "/api/v1/schemas/"))
            expected = {200} if open_to_all else {401}
            assert answer.status_code in expected, (method, path)
            if answer.status_code == 401:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Basic abc", "Bearer dcs_pat_x"])
async def test_credentials_that_are_not_valid_are_refused(api: Api, header: str) -> None:
    answer = await api.get(None, "/api/v1/whoami", headers={"Authorization": header})
    assert answer.status_code == 401


async def test_health_names_each_thing_it_needs(api: Api) -> None:
    assert (await api.get(None, "/health/live")).json()["status"] == "healthy"
    ready = (await api.get(None, "/health/ready")).json()
    assert {check["name"] for check in ready["checks"]} == {"database", "objects"}
    assert all(check["healthy"] for check in ready["checks"])


async def test_readiness_tells_what_is_missing_and_liveness_does_not_care(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_self: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(type(api.studio.objects), "check", broken)
    answer = await api.get(None, "/health/ready")
    assert answer.status_code == 503
    assert {c["name"]: c["healthy"] for c in answer.json()["checks"]} == {
        "database": True,
        "objects": False,
    }
    assert (await api.get(None, "/health/live")).status_code == 200


async def test_metrics_are_for_admins(api: Api) -> None:
    assert (await api.get("producer", "/metrics")).status_code == 403
    answer = await api.get("admin", "/metrics")
    assert answer.status_code == 200
    assert "dcs_requests_total" in answer.text


async def test_metrics_count_what_waits_now_and_hide_other_tenants(api: Api) -> None:
    await api.send(CLEAN)
    text = (await api.get("admin", "/metrics")).text
    assert "\npending_files 1.0\n" in text
    await api.settle()
    text = (await api.get("admin", "/metrics")).text
    assert "\npending_files 0.0\n" in text
    assert 'dcs_approval_queue_depth{level="L1",tenant="acme"} 1.0' in text
    assert 'dcs_approval_queue_depth{level="L2",tenant="acme"} 0.0' in text
    assert 'tenant="acme"' not in (await api.get("globex-admin", "/metrics")).text


async def test_a_tenants_things_do_not_exist_for_another(api: Api) -> None:
    version = await api.activate(CLEAN)
    approval = await api.approval_of(version["id"])
    paths = [
        "/api/v1/datasets/d",
        f"/api/v1/datasets/{version['dataset']}",
        "/api/v1/datasets/d/versions",
        "/api/v1/datasets/d/versions/1",
        "/api/v1/datasets/d/versions/1/report",
        "/api/v1/datasets/d/versions/1/preview",
        "/api/v1/datasets/d/versions/1/data?limit=1",
        f"/api/v1/datasets/{version['dataset']}/versions/1/data",
        "/api/v1/datasets/d/contract",
        "/api/v1/datasets/d/contracts",
        f"/api/v1/datasets/d/contracts/{version['id']}",
        f"/api/v1/versions/{version['id']}",
        f"/api/v1/versions/{version['id']}/change?from=x",
        f"/api/v1/versions/{version['id']}/events",
        "/api/v1/datasets/d/versions/1/events",
        f"/api/v1/approvals/{approval['id']}",
    ]
    for who in ("globex-producer", "globex-consumer", "globex-admin"):
        for path in paths:
            answer = await api.get(who, path)
            assert answer.status_code == 404, (who, path)
            assert version["id"] not in answer.text.replace(path.partition("?")[0], "")
        for path in ("/api/v1/datasets", "/api/v1/approvals"):
            assert (await api.get(who, path)).json()["items"] == []
    assert version["dataset"] not in (await api.get("globex-admin", "/api/v1/audit")).text


async def test_a_foreign_name_can_be_taken_again_in_ones_own_tenant(api: Api) -> None:
    await api.activate(CLEAN)
    answer = await api.call("globex-producer", "POST", "/api/v1/datasets", json={"name": "d"})
    assert answer.status_code == 201


async def test_a_browsers_session_counts_only_from_our_own_pages(api: Api) -> None:
    secret, _ = await api.studio.identity.sign_in("producer", api.people["producer"].password)
    cookie = {"Cookie": f"dcs_session={secret}"}
    assert (await api.get(None, "/api/v1/whoami", headers=cookie)).status_code == 200
    body = {"name": "x"}
    for site in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await api.call(
            None, "POST", "/api/v1/datasets", json=body, headers={**cookie, **site}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    ours = {**cookie, "Sec-Fetch-Site": "same-origin"}
    assert (
        await api.call(None, "POST", "/api/v1/datasets", json=body, headers=ours)
    ).status_code == 201


@pytest.mark.parametrize(
    ("filename", "code"),
    [
        ("table.docx", "unsupported_format"),
        ("no-ending", "unsupported_format"),
        ("x.csv.exe", "unsupported_format"),
    ],
)
async def test_a_wrong_ending_is_refused_and_nothing_is_kept(
    api: Api, filename: str, code: str
) -> None:
    answer = await api.send(CLEAN, filename=filename)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await api.studio.catalog.known_objects("acme") == set()


async def test_an_empty_file_is_refused_and_nothing_is_kept(api: Api) -> None:
    answer = await api.send(b"")
    assert (answer.status_code, answer.json()["code"]) == (422, "empty_file")
    assert (await api.get("producer", "/api/v1/datasets/d/versions")).json()["items"] == []


async def test_a_file_that_is_too_large_is_refused_and_nothing_is_kept(api: Api) -> None:
    object.__setattr__(api.studio.receiver.gate, "max_bytes", 1_000)
    answer = await api.send(b"x" * 1_001)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert list((api.studio.settings.data_dir / "staging").iterdir()) == []


async def test_a_filename_is_shown_and_never_a_path(api: Api) -> None:
    version = (await api.send(CLEAN, filename="../../etc/passwd\u202e.csv")).json()
    assert version["filename"] == "passwd.csv"
    assert list(api.studio.settings.data_dir.rglob("*passwd*")) == []


async def test_a_body_that_breaks_off_is_refused_and_nothing_is_kept(api: Api) -> None:
    await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
    answer = await api.call(
        "producer",
        "PUT",
        "/api/v1/datasets/d/versions?filename=d.csv",
        content=b"id\n1\n",
        headers={"Content-Length": "500"},
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "receiving_stopped")
    assert list((api.studio.settings.data_dir / "staging").iterdir()) == []
    assert await api.studio.catalog.known_objects("acme") == set()


async def test_only_producers_send(api: Api) -> None:
    await api.activate(CLEAN)
    for who, status in (("consumer", 403), ("steward", 403), ("globex-producer", 404)):
        answer = await api.call(
            who, "PUT", "/api/v1/datasets/d/versions?filename=d.csv", content=b"id\n9\n"
        )
        assert answer.status_code == status, who


@pytest.mark.parametrize("name", ["", "a/b", "..", " x", "a" * 101, "ü", "<b>"])
async def test_a_name_that_addresses_cannot_carry_is_refused(api: Api, name: str) -> None:
    answer = await api.call("producer", "POST", "/api/v1/datasets", json={"name": name})
    assert answer.status_code == 422


async def test_a_name_is_taken_once(api: Api) -> None:
    for status in (201, 409):
        answer = await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
        assert answer.status_code == status


async def test_unknown_members_are_refused_by_name_without_repeating_what_was_sent(
    api: Api,
) -> None:
    body = {"name": "d", "clasification": "jane@example.org"}
    answer = await api.call("producer", "POST", "/api/v1/datasets", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "clasification"
    assert "jane" not in answer.text


async def test_a_body_that_is_no_upload_has_a_limit(api: Api) -> None:
    answer = await api.call("producer", "POST", "/api/v1/datasets", content=b"x" * (MAX_BODY + 1))
    assert answer.status_code == 413


async def test_lists_go_on_where_the_page_before_ended(api: Api) -> None:
    for number in range(5):
        await api.call("producer", "POST", "/api/v1/datasets", json={"name": f"d{number}"})
    names, cursor = [], ""
    while True:
        page = (await api.get("producer", f"/api/v1/datasets?limit=2{cursor}")).json()
        names += [each["name"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert names == ["d0", "d1", "d2", "d3", "d4"]
    assert (await api.get("producer", "/api/v1/datasets?cursor=%ff")).status_code == 422


async def test_every_answer_carries_the_security_headers_and_an_id(api: Api) -> None:
    for path in ("/health/live", "/api/v1/whoami", "/sign-in", "/nothing"):
        headers = (await api.get(None, path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert len(headers["x-request-id"]) == 36
    given = await api.get(None, "/health/live", headers={"X-Request-Id": "from-the-proxy-1"})
    assert given.headers["x-request-id"] == "from-the-proxy-1"
    forged = await api.get(None, "/health/live", headers={"X-Request-Id": "a\tb"})
    assert forged.headers["x-request-id"] != "a\tb"


async def test_something_unforeseen_is_told_without_details(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_arguments: object) -> None:
        raise RuntimeError("jane@example.org is in the message")

    monkeypatch.setattr(type(api.studio.catalog), "dataset_for", broken)
    answer = await api.get("producer", "/api/v1/datasets/d")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "jane" not in answer.text


async def test_a_route_that_declares_nobody_stops_the_start(api: Api) -> None:
    app = build_app(api.studio)

    @app.get("/open-by-accident")
    async def accident() -> None:
        """Declare nobody."""

    with pytest.raises(RuntimeError, match="/open-by-accident"):
        refuse_undeclared(app)


async def test_waiting_for_a_change_answers_when_it_happens(api: Api) -> None:
    import asyncio

    version = (await api.send(CLEAN)).json()
    path = f"/api/v1/versions/{version['id']}/change?from=inspecting"
    waiting = asyncio.create_task(api.get("producer", path))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await api.settle()
    assert (await waiting).json()["status"] != "inspecting"
    at_once = await api.get("producer", path)
    assert at_once.json()["status"] == "awaiting_approval"


async def test_lists_can_be_narrowed_by_text_and_classification(api: Api) -> None:
    for name, level in (("alpha", "PUBLIC"), ("beta", "INTERNAL"), ("alphabet", "INTERNAL")):
        body = {"name": name, "classification": level, "description": f"about {name.upper()}%"}
        await api.call("producer", "POST", "/api/v1/datasets", json=body)

    async def names(query: str) -> list[str]:
        page = (await api.get("producer", f"/api/v1/datasets?{query}")).json()
        return [each["name"] for each in page["items"]]

    assert await names("q=alpha") == ["alpha", "alphabet"]
    assert await names("q=alpha&classification=INTERNAL") == ["alphabet"]
    assert await names("q=%25") == ["alpha", "alphabet", "beta"]
    assert await names("q=_") == []
    assert (await api.get("producer", "/api/v1/datasets?classification=X")).status_code == 422


async def test_headers_larger_than_any_honest_ones_are_refused(api: Api) -> None:
    honest = await api.get("producer", "/api/v1/whoami", headers={"X-Long": "x" * 60_000})
    assert honest.status_code == 200
    answer = await api.get("producer", "/api/v1/whoami", headers={"X-Long": "x" * 65_536})
    assert (answer.status_code, answer.json()["code"]) == (431, "headers_too_large")
