"""datacontract-cli as an independent judge of contracts and of files."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("datacontract_peer.py")


def ask(cases: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """Return what datacontract-cli says of each case; one process for all of them."""
    run = subprocess.run(
        [os.environ["STUDIO_TEST_DATACONTRACT"], "-W", "ignore", SCRIPT],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answers: list[dict[str, Any]] = json.loads(run.stdout.splitlines()[-1])
    return answers
