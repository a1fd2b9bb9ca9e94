"""Judge small files in this process; every report is held to the published schema."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dcs.validation import Check, Report
from dcs.validation.judging import judge_file
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
