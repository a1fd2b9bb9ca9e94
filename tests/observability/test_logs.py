"""Logs carry what happened, and nothing secret or personal, whatever shape it comes in."""

import io
import json

import pytest
import structlog

from dcs.core.clock import ManualClock
from dcs.observability import configure_logs, run_checks
from dcs.observability.logs import redact

SECRETS = [
    "dcs_pat_abcDEF123456",
    "jane.canary@example.org",
    "078-05-1120",
    "4111 1111 1111 1111",
    "4111111111111111",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda value: value,
        lambda value: f"before {value} after",
        lambda value: {"deep": {"deeper": [value, (value,)]}},
        lambda value: [{value}],
        lambda value: ValueError(f"about {value}"),
        lambda value: value.encode(),
    ],
    ids=["text", "sentence", "nested", "set", "error", "bytes"],
)
def test_what_looks_secret_is_taken_out_wherever_it_is(secret: str, wrap) -> None:
    line = json.dumps(redact(None, "info", {"event": "x", "field": wrap(secret)}))
    assert secret not in line


@pytest.mark.parametrize(
    "key", ["password", "Authorization", "api_key", "dcs_token", "cookie", "client_secret"]
)
def test_the_value_of_a_secret_key_is_taken_out(key: str) -> None:
    assert redact(None, "info", {"outer": {key: "canary"}}) == {"outer": {key: "[redacted]"}}


def test_numbers_ids_and_words_stay() -> None:
    event = {
        "event": "upload_stored",
        "size": 14_253,
        "id": "01a20dee-e18e-7000-a58b-48e69f9ad7db",
        "ok": True,
    }
    assert redact(None, "info", dict(event)) == event


def test_an_exception_is_told_by_its_class_and_place_and_never_by_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sink = io.StringIO()
    monkeypatch.setattr("sys.stderr", sink)
    configure_logs("info")
    try:
        log = structlog.get_logger()
        log.debug("not_important")
        try:
            cell = "Canary Street 17"
            raise ValueError(f"cannot read {cell}") from OSError("canary")
        except ValueError as error:
            log.error("it_failed", exc_info=error)
    finally:
        monkeypatch.undo()
        configure_logs("error")
    [line] = sink.getvalue().splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["error_class"], logged["caused_by"]) == (
        "it_failed",
        "ValueError",
        "OSError",
    )
    assert "test_logs.py" in logged["trace"][0]
    assert "canary" not in line.lower()


@pytest.mark.anyio
async def test_a_check_that_hangs_is_unhealthy_and_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import asyncio

    async def hangs() -> None:
        await asyncio.Event().wait()

    async def fine() -> None:
        return

    monkeypatch.setattr("dcs.observability.health.PROBE_SECONDS", 0.05)
    report = await run_checks({"hangs": hangs, "fine": fine}, ManualClock().now())
    assert {each.name: each.healthy for each in report.checks} == {"hangs": False, "fine": True}
    assert report.to_json()["status"] == "unhealthy"
