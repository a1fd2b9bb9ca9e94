"""What is asked: one check of one published table."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """
    One check whose rows are wanted.

    Attributes:
        rule: What the report calls its rule.
        odcs_path: Where the data contract asks for it.
        memory: Bytes that DuckDB may hold.
    """

    table: Path
    kind: str
    rule: str
    column: str | None
    odcs_path: str | None
    contract: str | None
    scratch: Path
    memory: int
