"""The page of personal data names every entity that is looked for."""

from pathlib import Path

from dcs.validation.personal.scan import ALL
from dcs.validation.personal_names.scan import ENTITIES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "personal-data.md"


def test_every_entity_is_on_its_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [each for each in (*ALL, *ENTITIES.values()) if f"`{each}`" not in page]
    assert missing == []
