"""
The equal checks with ours: a data contract says what the peers are told.

``python -m benchmarks.peers.ours_equal CSV``. Nothing can be left out of a judgement, so
the file is also hashed, searched for personal data in every cell, and published as Parquet.
"""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.peers.figures import report
from benchmarks.peers.ours import counts_of, equal_contract, judged


def count(path: Path) -> Mapping[str, int]:
    """Judge the file and return the failures of each check."""
    return counts_of(judged(path, equal_contract()))


if __name__ == "__main__":
    report(count, note="with personal data in every cell, SHA-256 and Parquet")
