"""The documentation is true: pages that follow from the code, links that lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("decisions/*.md")])


def test_the_reference_pages_are_what_the_code_says() -> None:
    ran = subprocess.run(
        [sys.executable, "tools/write_reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "decisions").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_metric_is_documented() -> None:
    from dcs.observability import Metrics

    page = (ROOT / "docs" / "reference" / "metrics.md").read_text()
    names = {metric.name for metric in Metrics().registry.collect()}
    assert {name for name in names if name not in page} == set()


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    told = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    for name in (
        "run",
        "test",
        "check",
        "services",
        "test-services",
        "bench",
        "bench-quick",
        "soak",
        "help",
    ):
        assert name in told
