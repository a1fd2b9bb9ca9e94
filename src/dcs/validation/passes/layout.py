"""Which type each column is taken for, and what can still be one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from dcs.validation.kernels.cells import INTEGER, KINDS, NULLS, NUMBER

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "text": pa.string(),
}
NUMERIC = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The columns of a table of texts, each with the type it is taken for.

    Attributes:
        kinds: A type for each name, in the order of the published table.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)

    def schema(self) -> pa.Schema:
        """Return the schema of the published table."""
        return pa.schema([(name, ARROW_TYPES[kind]) for name, kind in self.kinds.items()])


@dataclass(frozen=True, slots=True)
class Allowed:
    """
    Which types columns may have, whatever their texts look like.

    Attributes:
        only: Types by column; a column that is not listed may have any.
    """

    only: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __call__(self, name: str, kind: str) -> str:
        """Return *kind* if the column may have it, else text."""
        among = self.only.get(name)
        if among is None or kind in among:
            return kind
        if kind == "integer" and "number" in among:
            return "number"
        return "text"


def fits(kind: str, counts: np.ndarray) -> bool:
    """Say whether cells that were counted by their types are all of one type, or empty."""
    filled = sum(int(each) for each in counts[:NULLS])
    match kind:
        case "text":
            return True
        case "number":
            return int(counts[INTEGER]) + int(counts[NUMBER]) == filled
        case _:
            return int(counts[KINDS.index(kind)]) == filled
