"""
Copy the browser libraries that npm installed into the package, named by their content.

Run by ``make`` after ``npm ci``. The names carry a hash so that browsers may
keep the files for ever; ``manifest.json`` says which name is current.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src" / "dcs" / "web" / "static" / "vendor"
LIBRARIES = {
    "htmx": ("htmx.org", "dist/htmx.min.js"),
    "tus": ("tus-js-client", "dist/tus.min.js"),
}


def main() -> None:
    """Replace the vendor folder by what the lock file names."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    manifest = {name: _copy(name, *place) for name, place in LIBRARIES.items()}
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"browser libraries: {', '.join(manifest.values())}\n")


def _copy(name: str, package: str, file: str) -> str:
    """Copy one library and its licence; return the library's new name."""
    folder = ROOT / "node_modules" / package
    content = (folder / file).read_bytes()
    new = f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.js"
    (TARGET / new).write_bytes(content)
    for licence in folder.glob("LICENSE*"):
        shutil.copy(licence, TARGET / f"{name}.{licence.name}")
    return new


if __name__ == "__main__":
    main()
