"""The published JSON Schema (2020-12) of the report document, by which anybody can check one."""

from pathlib import Path

FILE = Path(__file__).parent / "schema.json"


def schema_document() -> str:
    """Return the schema of ``dcs.validation/v1`` as JSON text."""
    return FILE.read_text(encoding="utf-8")
