"""Turn a template and its values into a page."""

import functools
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

import dcs
from dcs.core.actor import Actor
from dcs.validation import (
    bar,
    course,
    histogram,
    look_of,
    number,
    outline_of,
    place_of,
    size,
    two_histograms,
)
from dcs.workflow import MOST_COUNTED

FOLDER = Path(__file__).parent


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "version_of_product": dcs.__version__,
        "histogram": histogram,
        "two_histograms": two_histograms,
        "course": course,
        "bar": bar,
        "library": library,
        "outline_of": outline_of,
        "most_counted": MOST_COUNTED,
    }
    environment.filters |= {
        "look": look_of,
        "number": number,
        "place": place_of,
        "size": size,
        "when": when,
        "words": words,
    }
    return environment


def render(
    request: Request, template: str, actor: Actor | None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Return a page for *actor*, or for somebody who is not signed in."""
    page = _environment().get_template(template)
    unread = getattr(request.state, "unread", 0)
    html = page.render(request=request, actor=actor, path=request.url.path, unread=unread, **values)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


@functools.cache
def library(name: str) -> str | None:
    """Return the address of a browser library, or None where it was not built."""
    manifest = FOLDER / "static" / "vendor" / "manifest.json"
    if not manifest.exists():
        return None
    file = json.loads(manifest.read_text(encoding="utf-8")).get(name)
    return None if file is None else f"/static/vendor/{file}"


def when(instant: datetime | str) -> str:
    """Write an instant for people: the minute is enough."""
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    return instant.strftime("%Y-%m-%d %H:%M UTC")


def words(name: object) -> str:
    """Write a code such as ``awaiting_approval`` as words."""
    return str(name).replace("_", " ").replace(".", " ")
