"""
The whole judgement of a file that has no data contract, beside the guide's pipeline.

``python -m benchmarks.peers.ours_whole CSV``.
"""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.peers.figures import report
from benchmarks.peers.ours import counts_of, judged


def count(path: Path) -> Mapping[str, int]:
    """Judge the file and return what it counts of the equal checks."""
    return counts_of(judged(path, None))


if __name__ == "__main__":
    report(count, note="personal data in every cell, SHA-256 and Parquet")
