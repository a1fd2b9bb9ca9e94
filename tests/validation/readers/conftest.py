"""Judge one file under a name, and say how it was refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dcs.validation import Check, Outcome
from tests.validation.conftest import Judge

Refusal = Callable[..., Check]


@pytest.fixture
def refusal(judge: Judge, tmp_path: Path) -> Refusal:
    def run(name: str, content: bytes | None = None) -> Check:
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        report = judge(path)
        assert report.rows is None
        [check] = report.checks
        assert check.outcome is Outcome.FAILED
        assert check.message
        assert check.fix
        return check

    return run
