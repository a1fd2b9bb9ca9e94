"""
Take the pictures of two reports that the documentation shows.

``tools/take_pictures.py TERMINAL.csv PAGE.csv``: the first file is checked at a
terminal, the second becomes a page; both pictures go to ``docs/pictures``. Needs
Chromium (``tools/services/chromium.sh start``) and reads nothing but the two files.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from dcs.cli.check.lines import lines_of
from dcs.cli.check.terminal import show_on
from dcs.validation import Report, to_html

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
COLUMNS = 100
THEME = TerminalTheme(
    (20, 23, 27),
    (227, 230, 234),
    [
        (45, 51, 59), (240, 140, 148), (108, 200, 152), (226, 177, 100),
        (134, 180, 246), (201, 160, 240), (120, 200, 210), (227, 230, 234),
    ],
)  # fmt: skip
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: {background}; }}
pre {{ margin: 0; padding: 20px 24px; width: max-content; color: {foreground};
  font: 14px/21px ui-monospace, "DejaVu Sans Mono", monospace; }}
{stylesheet}</style><pre>{code}</pre>"""


def main(for_terminal: Path, for_page: Path) -> None:
    """Check both files and take their pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _page() as page:
        page.set_content(_terminal(for_terminal))
        page.locator("pre").screenshot(path=FOLDER / "check-terminal.png")
        page.set_content(to_html(_report(for_page)))
        page.screenshot(path=FOLDER / "check-html.png")


def _report(file: Path) -> Report:
    """Check a file as anybody would."""
    ran = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "dcs", "check", str(file), "--json", "--fail-on", "never"],
        check=True,
        capture_output=True,
    )
    return Report.from_json(json.loads(ran.stdout))


def _terminal(file: Path) -> str:
    """Return a page that looks as a terminal does after the check."""
    with Path(os.devnull).open("w") as nothing:
        console = Console(
            record=True, width=COLUMNS, file=nothing, force_terminal=True, highlight=False
        )
        console.print(f"[bold]$[/] dcs check {file.name}")
        show_on(console, lines_of(_report(file)))
    return console.export_html(theme=THEME, code_format=TERMINAL)


@contextmanager
def _page() -> Iterator[Page]:
    browser_path = os.environ.get("STUDIO_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page(
            viewport={"width": 1120, "height": 1000}, device_scale_factor=1.5, color_scheme="light"
        )
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
