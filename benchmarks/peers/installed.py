"""Peers in a folder of their own; installed once, from the public registries."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parent / ".cache"
TUS = {"@tus/server": "2.4.5", "@tus/file-store": "2.1.1"}
RESUMABLE = {"resumable-upload": "0.3.0", "uvicorn[standard]": "0.54.0"}


@dataclass(frozen=True)
class Missing:
    """A peer that cannot be measured here, and why."""

    reason: str


@dataclass(frozen=True)
class Command:
    """How a peer is started, but for its arguments, and in which folder."""

    line: list[str]
    folder: Path


def node_command(*, install: bool) -> Command | Missing:
    """Return how to start ``@tus/server``."""
    folder = CACHE / "tus"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return Missing("Node is not installed")
    if not (folder / "node_modules/@tus/file-store").is_dir():
        packages = [f"{name}@{version}" for name, version in TUS.items()]
        refused = _install(folder, [npm, "install", "--no-audit", "--no-fund", *packages], install)
        if refused is not None:
            return refused
    return Command([node, str(HERE / "tus.mjs")], folder)


def python_command(*, install: bool) -> Command | Missing:
    """Return how to start ``resumable-upload``."""
    folder = CACHE / "resumable"
    python = folder / "venv/bin/python"
    if not (folder / "installed").exists():
        packages = [f"{name}=={version}" for name, version in RESUMABLE.items()]
        for command in (
            [sys.executable, "-m", "venv", "venv"],
            [str(python), "-m", "pip", "install", "-q", *packages],
        ):
            refused = _install(folder, command, install)
            if refused is not None:
                return refused
        (folder / "installed").touch()
    return Command([str(python), str(HERE / "resumable.py")], folder)


def _install(folder: Path, command: list[str], allowed: bool) -> Missing | None:
    if not allowed:
        return Missing("not installed, and a quick run installs nothing")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "package.json").exists():
        (folder / "package.json").write_text('{"private": true}\n')
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
    return Missing(f"could not be installed: {last[:120]}")
