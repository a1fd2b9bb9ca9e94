"""
Presidio on the first cells of every text column, cell by cell; runs in the guide's environment.

``python -m benchmarks.peers.presidio_cells CSV CELLS`` prints one JSON line. The guide's nine
entities are asked for. What it takes to make the engine is not counted.
"""

import csv
import itertools
import json
import sys
import time
from pathlib import Path

from benchmarks.peers.presidio_blank import ENTITIES, analyzer

TEXT_COLUMNS = (
    "order_id", "full_name", "email", "phone", "card", "ssn", "ip", "iban", "city", "category", "note", "code",
)  # fmt: skip
WARM = 20  # cells before the clock: the first ones load what is loaded late


def main() -> None:
    """Measure and print."""
    texts = cells(Path(sys.argv[1]), int(sys.argv[2]))
    engine = analyzer()
    for text in texts[:WARM]:
        engine.analyze(text=text, language="en", entities=list(ENTITIES))
    began, found = time.process_time(), 0
    for text in texts:
        found += bool(engine.analyze(text=text, language="en", entities=list(ENTITIES)))
    seconds = time.process_time() - began
    size = sum(len(text.encode()) for text in texts)
    print(json.dumps({"cells": len(texts), "bytes": size, "cpu_seconds": seconds, "found": found}))


def cells(path: Path, count: int) -> list[str]:
    """Return *count* cells that are not empty, taken row by row over the text columns."""
    with path.open(newline="") as source:
        rows = csv.DictReader(source)
        present = (row[name] for row in rows for name in TEXT_COLUMNS if row[name])
        return list(itertools.islice(present, count))


if __name__ == "__main__":
    main()
