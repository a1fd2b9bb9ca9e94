"""
The mixed benchmark table: twenty columns, any number of rows, and known personal data inside.

``python -m benchmarks.data.tables --rows 1000000 --out mixed.csv`` writes about 358 MB and prints
what was planted as JSON. Rows are made in blocks of ``BLOCK``, so memory does not grow with the
file, and a table of more rows starts with exactly the rows of a smaller one.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from benchmarks.data.cells import Cells
from benchmarks.data.values import VALUES

BLOCK = 131_072
UNTOUCHED = 1_000  # the rows at the top whose notes are clean: what a sampled scan looks at
PLANTED = 0.005  # share of the later rows whose note holds one value of one entity
POOL = 499  # different planted values of each entity

TYPED = {
    "email": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "card": "CREDIT_CARD",
    "ssn": "US_SSN",
    "ip": "IP_ADDRESS",
    "iban": "IBAN_CODE",
    "full_name": "PERSON",
    "city": "LOCATION",
}


@dataclass(frozen=True)
class Written:
    """What a table holds: cells of each typed column, and planted values of each entity in notes."""

    rows: int
    bytes: int
    typed: dict[str, int]
    planted: dict[str, int]


def write(path: Path, rows: int, seed: int = 1) -> Written:
    """
    Write the table, as Parquet where *path* ends in ``.parquet`` and else as CSV.

    Returns:
        The counts, exact for this seed and this number of rows.
    """
    typed: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    blocks = table(rows, seed)
    first, entities = next(blocks)
    with closing(_writer(path, first.schema)) as writer:
        while True:
            writer.write(first)
            planted.update(entities)
            typed.update({name: len(first) - first[name].null_count for name in TYPED})
            if (following := next(blocks, None)) is None:
                break
            first, entities = following
    counts = {TYPED[name]: typed[name] for name in TYPED}
    return Written(rows, path.stat().st_size, counts, dict(sorted(planted.items())))


def table(rows: int, seed: int = 1) -> Iterator[tuple[pa.RecordBatch, list[str]]]:
    """Yield batches of at most ``BLOCK`` rows, each with the entities planted in its notes."""
    if rows < 1:
        raise ValueError("a table has at least one row")
    pools = _pools(seed)
    for number, begin in enumerate(range(0, rows, BLOCK)):
        columns, planted = _block(number, seed, pools)
        kept = min(BLOCK, rows - begin)
        batch = pa.RecordBatch.from_pydict(columns).slice(0, kept)
        yield batch, [entity for row, entity in planted if row < kept]


def _block(
    number: int, seed: int, pools: dict[str, list[str]]
) -> tuple[dict[str, pa.Array], list[tuple[int, str]]]:
    cells = Cells(np.random.default_rng([seed, number]), BLOCK)
    begin = number * BLOCK
    index = np.arange(begin, begin + BLOCK)
    chance = cells.rng.random(BLOCK)
    at = np.flatnonzero((chance < PLANTED) & (index >= UNTOUCHED))
    kinds = cells.rng.integers(0, len(pools), len(at)).tolist()
    picks = cells.rng.integers(0, POOL, len(at)).tolist()
    names = list(pools)
    secrets = [pools[names[kind]][pick] for kind, pick in zip(kinds, picks, strict=True)]
    columns = {
        "id": pa.array(index),
        "quantity": pa.array(cells.rng.poisson(3, BLOCK)),
        "amount": pa.array(np.round(cells.rng.lognormal(4, 1.2, BLOCK), 2)),
        "score": cells.sparse(pa.array(np.round(cells.rng.normal(0, 1, BLOCK), 6)), 0.03),
        "ratio": pa.array(np.round(cells.rng.random(BLOCK), 10)),
        "active": pa.array(cells.rng.random(BLOCK) < 0.7),
        "created_at": cells.instants(),
        "due_on": cells.days(),
        "order_id": cells.order_ids(index),
        "full_name": cells.names(),
        "email": cells.sparse(cells.emails(), 0.04),
        "phone": cells.sparse(cells.phones(), 0.08),
        "card": cells.sparse(cells.cards(), 0.4),
        "ssn": cells.sparse(cells.social_security(), 0.02),
        "ip": cells.ips(),
        "iban": cells.sparse(cells.ibans(), 0.1),
        "city": cells.cities(),
        "category": cells.categories(),
        "note": cells.notes(at, secrets),
        "code": cells.codes(),
    }
    return columns, [(int(row), names[kind]) for row, kind in zip(at, kinds, strict=True)]


@cache
def _pools(seed: int) -> dict[str, list[str]]:
    rng = Random(seed)
    return {
        entity: ["".join(make(rng)) for _ in range(POOL)] for entity, make in sorted(VALUES.items())
    }


def _writer(path: Path, schema: pa.Schema) -> Any:
    if path.suffix == ".parquet":
        return pa.parquet.ParquetWriter(path, schema)
    options = pa.csv.WriteOptions(quoting_style="needed")
    return pa.csv.CSVWriter(path, schema, write_options=options)


def main() -> None:
    """Write what the command line asks for, and print the counts."""
    parser = argparse.ArgumentParser(description="Write the mixed benchmark table.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(json.dumps(asdict(write(chosen.out, chosen.rows, chosen.seed)), indent=2))


if __name__ == "__main__":
    main()
