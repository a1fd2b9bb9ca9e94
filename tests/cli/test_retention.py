"""How long data is kept, on the command line."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Result

As = Callable[..., Result]


def test_a_dataset_shows_how_long_it_is_kept_and_its_owner_changes_it(
    as_user: As, tmp_path: Path
) -> None:
    file = tmp_path / "kept.csv"
    file.write_text("id,x\n1,2\n")
    assert as_user("producer", "upload", file, "--dataset", "kept", "--draft").code == 0
    shown = as_user("producer", "datasets", "show", "kept").out
    assert "3,650 days, as everything of the organisation" in shown
    changed = as_user("producer", "datasets", "retain", "kept", "30")
    assert changed.out == "kept  30 days\n"
    assert "retention       30 days" in as_user("producer", "datasets", "show", "kept").out
    assert (
        as_user("producer", "datasets", "retain", "kept", "none", "--json").json["retention_days"]
        is None
    )
    assert as_user("producer", "datasets", "retain", "kept", "long").code == 2
    assert as_user("steward", "datasets", "retain", "kept", "1").code == 4


def test_an_admin_changes_how_long_the_organisation_keeps(as_user: As) -> None:
    arguments = ("admin", "tenants", "limit", "--retention-days")
    assert as_user("admin", *arguments, "none", "--json").json["retention_days"] is None
    assert "not set" in as_user("admin", "admin", "tenants", "show").out
    assert as_user("producer", *arguments, "1").code == 4
    assert as_user("admin", *arguments, "3650", "--json").json["retention_days"] == 3_650
