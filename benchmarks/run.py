"""
Run the measurements and print their figures as a Markdown table.

``python benchmarks/run.py [--quick] [NAME…]``. Figures are medians of several runs
where a run is short; machines are shared, so compare ratios and CPU seconds.
"""

import importlib
import platform
import sys
from datetime import UTC, datetime

NAMES = (
    "start",
    "receiving",
    "holding",
    "fetching",
    "inspection",
    "detection",
    "judge",
    "judging_peers",
    "presidio_speed",
    "policy",
    "audit",
    "approvals",
    "install",
)


def main() -> None:
    """Run every measurement that was named, or all of them."""
    quick = "--quick" in sys.argv
    chosen = [name for name in sys.argv[1:] if not name.startswith("-")] or list(NAMES)
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}\n"
    )
    print("| what | figure | bound |\n|---|---|---|")
    for name in chosen:
        for what, figure, bound in importlib.import_module(f"benchmarks.{name}").measure(quick):
            print(f"| {what} | {figure} | {bound} |", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(__import__("pathlib").Path(__file__).parents[1]))
    main()
