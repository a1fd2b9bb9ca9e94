"""
The whole judgement of a file, names in free text (tier C) included.

``python -m benchmarks.peers.ours_names CSV``.
"""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.peers.figures import report
from benchmarks.peers.ours import counts_of, judged


def count(path: Path) -> Mapping[str, int]:
    """Judge the file and return what it counts of the equal checks."""
    return counts_of(judged(path, None, names=True))


if __name__ == "__main__":
    report(count, note="personal data and names in every cell, SHA-256 and Parquet")
