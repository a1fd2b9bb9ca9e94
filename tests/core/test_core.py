"""The words everyone shares: ids in order, settings that refuse what they do not know, errors in families."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import dcs
from dcs.core import failpoints
from dcs.core.classification import Classification
from dcs.core.clock import ManualClock, rfc3339
from dcs.core.errors import DcsError
from dcs.core.events import Event
from dcs.core.ids import TenantId, is_id, new_id
from dcs.core.settings import Settings, SettingsError, load_settings

ROOT = Path(__file__).parents[2]


def test_ids_are_version_seven_unique_and_in_order() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert all(is_id(each) and each[14] == "7" and each[19] in "89ab" for each in made)


def test_ids_do_not_go_backwards_with_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_id()
    monkeypatch.setattr("time.time_ns", lambda: 0)
    assert new_id() > before


@pytest.mark.parametrize("text", ["", "orders", "1" * 36, "01A20DEE-E18E-7000-A58B-48E69F9AD7DB"])
def test_a_name_is_no_id(text: str) -> None:
    assert not is_id(text)


def test_classifications_are_ordered_from_open_to_closed() -> None:
    assert [each.level for each in Classification] == [0, 1, 2, 3]


def test_instants_are_written_as_rfc3339_in_utc() -> None:
    clock = ManualClock(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    clock.advance(timedelta(microseconds=7))
    assert rfc3339(clock.now()) == "2026-01-02T03:04:05.000007Z"


def test_an_event_is_a_cloudevent() -> None:
    event = Event("thing.happened", TenantId("acme"), "t1", ManualClock().now(), {"n": 1})
    shown = event.cloudevent()
    assert {"specversion", "id", "source", "type"} <= set(shown)
    assert (shown["subject"], shown["tenantid"], shown["data"]) == ("t1", "acme", {"n": 1})


def test_a_misspelt_setting_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(
        SettingsError, match=r"DCS_DATABSE is not a setting. Did you mean DCS_DATABASE\?"
    ):
        load_settings({"DCS_DATABSE": "x"})


def test_a_wrong_value_is_named_and_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DCS_PORT", "canary-value")
    with pytest.raises(SettingsError, match="DCS_PORT") as refusal:
        load_settings()
    assert "canary" not in str(refusal.value)


def test_secrets_do_not_print() -> None:
    settings = Settings(database="postgresql://u:canary@h/d", token="canary")  # type: ignore[arg-type]
    assert "canary" not in repr(settings)
    assert "canary" not in str(settings.model_dump())


def test_the_environment_wins_over_the_file_and_arguments_over_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dcs.toml").write_text('port = 1111\nhost = "from-file"\n')
    monkeypatch.setenv("DCS_PORT", "2222")
    assert (load_settings().port, load_settings().host) == (2222, "from-file")
    assert load_settings(port=3333, host=None).port == 3333
    (tmp_path / "dcs.toml").write_text("prot = 1\n")
    with pytest.raises(SettingsError, match="PROT"):
        load_settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


def subclasses(kind: type[DcsError]) -> Iterator[type[DcsError]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


@pytest.fixture(scope="module")
def errors() -> list[type[DcsError]]:
    for module in pkgutil.walk_packages(dcs.__path__, "dcs."):
        if (
            not module.name.endswith(("__main__", ".child", ".env"))
            and ".versions." not in module.name
        ):
            importlib.import_module(module.name)
    return list(subclasses(DcsError))


def test_every_error_has_a_code_of_its_own(errors: list[type[DcsError]]) -> None:
    codes = [error.code for error in errors]
    assert len(errors) > 25
    assert sorted(codes) == sorted(set(codes))
    assert all("code" in vars(error) for error in errors)


def test_only_families_fix_the_status(errors: list[type[DcsError]]) -> None:
    families = set(DcsError.__subclasses__())
    assert len(families) == 7
    assert {error for error in errors if "status" in vars(error)} == families


def test_every_error_is_documented(errors: list[type[DcsError]]) -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text()
    assert [error.code for error in errors if f"`{error.code}`" not in page] == []


def test_a_failpoint_has_to_exist() -> None:
    with pytest.raises(ValueError, match="known are"):
        failpoints.arm("objects.linkd")
    failpoints.arm(None)
    failpoints.reach("objects.linked")


def test_a_failpoint_may_be_meant_for_one_thing_alone() -> None:
    struck: list[str] = []
    failpoints.arm("workflow.event_applied:voted.L2", lambda: struck.append("here"))
    failpoints.reach("workflow.event_applied", "voted.L1")
    failpoints.reach("workflow.event_committed", "voted.L2")
    assert struck == []
    failpoints.reach("workflow.event_applied", "voted.L2")
    assert struck == ["here"]
    failpoints.arm("workflow.event_applied", lambda: struck.append("there"))
    failpoints.reach("workflow.event_applied", "voted.L1")
    assert struck == ["here", "there"]
    failpoints.arm(None)
