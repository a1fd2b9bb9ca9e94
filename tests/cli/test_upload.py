"""`dcs upload` of a large file: what breaks off goes on, and a person is told how."""

import json
import os
import pty
import random
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dcs.sdk import Client
from tests.cli.conftest import Served
from tests.processes import start, stop
from tests.relay import relay

MIB = 1024**2
CONTENT = random.Random(7).randbytes(20 * MIB)
# A shell that runs the tests in its background makes its children deaf to Ctrl-C.
DCS = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from dcs.cli import main; main()"
)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large file.csv"
    path.write_bytes(CONTENT)
    return path


def begin(url: str, token: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start the command line as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", DCS, *arguments],
        env={**os.environ, "DCS_URL": url, "DCS_TOKEN": token},
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


def kept(folder: Path) -> list[bytes]:
    """Return every file of the content's size that a server keeps."""
    sizes = [path for path in folder.rglob("*") if path.is_file()]
    return [path.read_bytes() for path in sizes if path.stat().st_size == len(CONTENT)]


def prepared(folder: Path) -> Mapping[str, Any]:
    command = [sys.executable, "-m", "dcs", "demo", "--prepare", "--json", "--data-dir"]
    ran = subprocess.run([*command, str(folder)], check=True, capture_output=True)
    users: Mapping[str, Any] = json.loads(ran.stdout)["users"]
    return users


def test_an_upload_outlives_the_death_of_its_server(tmp_path: Path, large: Path) -> None:
    folder = tmp_path / "data"
    token = prepared(folder)["producer"]["token"]
    server = start(folder)
    port = int(server.url.rpartition(":")[2])
    try:
        with relay(port, limit=len(CONTENT) // 2) as way:
            arguments = ("upload", str(large), "--dataset", "large", "--json")
            sending = begin(f"http://127.0.0.1:{way.port}", token, *arguments)
            assert way.reached.wait(30)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(timeout=20)
            way.go_on.set()
            server = start(folder, port=port)
            out, err = sending.communicate(timeout=60)
        assert (sending.returncode, err) == (0, "")
        assert json.loads(out)["bytes"] == len(CONTENT)
        assert kept(folder) == [CONTENT]
        with Client(server.url, token) as client:
            assert len(client.versions("large")) == 1
    finally:
        stop(server)


def test_ctrl_c_says_how_to_go_on_and_going_on_sends_only_the_rest(
    served: Served, large: Path
) -> None:
    token, port = served.users["producer"]["token"], int(served.url.rpartition(":")[2])
    with relay(port, limit=len(CONTENT) // 2) as way:
        url = f"http://127.0.0.1:{way.port}"
        sending = begin(url, token, "upload", str(large), "--dataset", "stopped")
        assert way.reached.wait(30)
        sending.send_signal(signal.SIGINT)
        out, err = sending.communicate(timeout=20)
        assert (sending.returncode, out) == (130, "")
        assert err.startswith("interrupted; what was sent is kept. Go on with:\n  dcs upload ")
    again = shlex.split(err.splitlines()[1])
    assert again[:5] == ["dcs", "upload", str(large), "--dataset", "stopped"]
    with relay(port, limit=len(CONTENT)) as way:
        url = f"http://127.0.0.1:{way.port}"
        place = re.sub(r"^http://[^/]+", url, again[-1])
        going_on = begin(url, token, *again[1:-1], place, "--json")
        out, err = going_on.communicate(timeout=60)
        assert going_on.returncode == 0, err
        percent = re.fullmatch(r"going on at (\d+) %\n", err)
        assert percent is not None
        assert 0 < int(percent[1]) <= 50
        assert way.passed < len(CONTENT) * 0.9, "the whole file was sent again"
    with Client(served.url, token) as client:
        [version] = client.versions("stopped")
        assert version["id"] == json.loads(out)["id"]
        assert version["bytes"] == len(CONTENT)


def test_an_address_elsewhere_never_sees_the_token(served: Served, large: Path) -> None:
    token = served.users["producer"]["token"]
    elsewhere = "http://127.0.0.1:9/api/v1/uploads/x"
    arguments = ("upload", str(large), "--dataset", "d", "--resume", elsewhere, "--json")
    sending = begin(served.url, token, *arguments)
    _, err = sending.communicate(timeout=20)
    assert sending.returncode == 2
    assert json.loads(err)["error"]["code"] == "foreign_address"


@pytest.mark.parametrize("source", ["https://example.org/a.csv", "."])
def test_what_is_no_file_is_usage(served: Served, source: str) -> None:
    sending = begin(served.url, "x", "upload", source, "--dataset", "d")
    out, err = sending.communicate(timeout=20)
    assert (sending.returncode, out) == (2, "")
    assert "FILE" in err


def test_a_terminal_shows_a_bar_then_the_stages_within_its_width(
    served: Served, tmp_path: Path
) -> None:
    path = tmp_path / "small.csv"
    path.write_text("id,amount\n" + "".join(f"{n},{n % 7}\n" for n in range(2_000)))
    ours, theirs = pty.openpty()
    arguments = ("upload", str(path), "--dataset", "shown", "--wait")
    token = served.users["producer"]["token"]
    sending = begin(served.url, token, *arguments, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65_536):
            seen += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    out, _ = sending.communicate(timeout=20)
    assert sending.returncode == 0
    assert out.rstrip().endswith("shown version 1  awaiting_approval")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    lines = re.split(r"[\r\n]+", text)
    assert any("100%" in line and "sending" in line for line in lines)
    stages = [line.split(" %  ")[1] for line in lines if " %  " in line]
    assert stages[-1] == "awaiting approval"
    assert max(len(line) for line in lines) <= 80
