"""Judge small files in this process; every report is held to the published schema."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dcs.validation import Check, Report
from dcs.validation.opening import opened
from dcs.validation.passes.first import FirstPass
from dcs.validation.passes.partial import Plan
from dcs.validation.personal import Settings
from dcs.validation.readers import source_of
from dcs.validation.running import judge_file
from dcs.validation.table import Table
from tests.validation.schemas import complaints

Judge = Callable[..., Report]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    def run(content: str | bytes | Path, contract: str | None = None) -> Report:
        path = tmp_path / "file.csv"
        if isinstance(content, Path):
            path = content
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        document = judge_file(
            {
                "path": str(path),
                "filename": path.name,
                "contract": contract,
                "target": str(tmp_path / "table.parquet"),
                "scratch": str(scratch),
                "memory": 1024**3,
            }
        )
        assert complaints(document) == [], "the report does not follow its published schema"
        return Report.from_json(document)

    return run


def check_of(report: Report, identifier: str) -> Check:
    return next(check for check in report.checks if check.id == identifier)


def table_of(path: Path, folder: Path, texts: frozenset[str] = frozenset()) -> Table:
    """Return the published table of a file, to be asked; *texts* are columns that stay texts."""
    file = opened(source_of(path, path.name, folder), folder, 1024**3, texts)
    plan = Plan(Settings(b"key"), 1, None, file.allowed, file.exact_numbers)
    target = folder / "asked.parquet"
    passed = FirstPass(plan, target, folder, 1).run(file.batches, lambda rows: None)
    return Table(target, passed.kinds, passed.rows, folder, 1024**3)
