"""Front doors show everything and load only what is asked for."""

import importlib
import subprocess
import sys

import pytest

from dcs.core.doors import opens

LATER = ["dcs.catalog", "dcs.ingestion", "dcs.sharing", "dcs.validation"]
TASKS = ["dcs.ingestion.inspection", "dcs.validation.running", "dcs.sharing.masking"]


@pytest.mark.parametrize("package", LATER)
def test_every_name_a_front_door_shows_is_there(package: str) -> None:
    door = importlib.import_module(package)
    assert [name for name in door.__all__ if getattr(door, name, None) is None] == []


@pytest.mark.parametrize("package", LATER)
def test_every_name_that_comes_later_is_shown(package: str) -> None:
    door = importlib.import_module(package)
    assert set(door._LATER) <= set(door.__all__)


@pytest.mark.parametrize("task", TASKS)
def test_a_child_that_reads_one_file_does_not_load_the_database(task: str) -> None:
    code = (
        f"import sys, {task}\n"
        "heavy = {'sqlalchemy', 'fastapi', 'regopy', 'pydantic_settings'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_a_name_that_is_not_shown_is_an_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        opens("dcs.catalog", {})("nonsense")
