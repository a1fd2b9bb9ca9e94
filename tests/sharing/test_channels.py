"""The table of channels: every way to data asks for the action of its row, and for no other."""

import ast
from pathlib import Path

import pytest

import dcs
from dcs.policy import CHANNELS, GRANTABLE, Action, Channel
from dcs.sharing.service import READ_ROWS, channel_of
from dcs.studio import Studio
from tests.api.conftest import serve_api, studio
from tests.api.test_access import restricted

__all__ = ["studio"]

pytestmark = pytest.mark.anyio

SOURCE = Path(dcs.__file__).parent
BY_HTTP = {
    Channel.REPORT: ("report", "diff?to=1"),
    Channel.PREVIEW: ("preview",),
    Channel.ROWS: ("data?limit=1000", "failing?check=uniqueness:repeated_rows&limit=5"),
    Channel.DOWNLOAD: ("data", "data?limit=1001", "failing?check=uniqueness:repeated_rows"),
}
"""The channels that end in bytes, by the paths below a version that lead to them."""


def test_every_channel_has_a_row_and_a_grant_gives_what_channels_ask() -> None:
    assert set(CHANNELS) == set(Channel)
    assert set(CHANNELS.values()) == GRANTABLE


def test_the_number_of_rows_makes_the_channel() -> None:
    assert [channel_of(limit) for limit in (1, READ_ROWS)] == [Channel.ROWS] * 2
    assert [channel_of(limit) for limit in (READ_ROWS + 1, None)] == [Channel.DOWNLOAD] * 2


def test_no_module_names_an_action_that_a_channel_asks_for_but_by_the_table() -> None:
    asked = {each.name for each in GRANTABLE - {Action.LIST}}  # the catalogue lists everywhere
    named = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] != "policy"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Action"
        and node.attr in asked
    ]
    assert named == []
    sharing = [path for path in (SOURCE / "sharing").rglob("*.py") if "Action" in path.read_text()]
    assert sharing == []


async def test_what_is_on_record_of_each_channel_is_the_action_of_its_row(studio: Studio) -> None:
    async with serve_api(studio) as api:
        await restricted(api)
        analyst = (await api.studio.identity.account_by_login("acme", "analyst")).id
        for channel, paths in BY_HTTP.items():
            for path in paths:
                answer = await api.get("analyst", f"/api/v1/datasets/d/versions/1/{path}")
                assert answer.status_code in (200, 404, 409), (path, answer.text)
                events = await studio.audit.newest("acme", limit=20)
                newest = next(each for each in events if each.actor == analyst)
                assert newest.action == CHANNELS[channel].value, path
