"""Put values into words: placeholders alone, checked before they are kept."""

import difflib
from collections.abc import Mapping
from datetime import UTC, datetime
from string import Template

from dcs.policy import explain
from dcs.workflow.notices.errors import (
    InvalidTemplateError,
    UnknownPlaceholderError,
)
from dcs.workflow.notices.models import Notice, NoticeKind, ShownNotice
from dcs.workflow.notices.texts import CODES, DEFAULTS, IDS, INSTANTS, PEOPLE, RULES, Wording

LONGEST_SUBJECT = 200  # characters, of a template and of what comes of it
LONGEST_BODY = 5_000
LONGEST_VALUE = 200
GONE = "somebody who has left"


def check_wording(kind: NoticeKind, wording: Wording) -> None:
    """
    Accept a text that every notice of *kind* can be put into, or raise.

    Raises:
        InvalidTemplateError: It is empty, too long, or has a `$` that names nothing.
        UnknownPlaceholderError: It names what notices of this kind do not hold.
    """
    if not 0 < len(wording.subject.strip()) <= len(wording.subject) <= LONGEST_SUBJECT:
        raise InvalidTemplateError(f"A subject has 1 to {LONGEST_SUBJECT} characters.")
    if not wording.subject.isprintable():
        raise InvalidTemplateError("A subject is one line of characters that can be seen.")
    if not 0 < len(wording.body.strip()) <= len(wording.body) <= LONGEST_BODY:
        raise InvalidTemplateError(f"A body has 1 to {LONGEST_BODY:,} characters.")
    if not all(each.isprintable() for each in wording.body.split("\n")):
        raise InvalidTemplateError("A body is lines of characters that can be seen.")
    for text in (wording.subject, wording.body):
        _check_placeholders(kind, Template(text))


def _check_placeholders(kind: NoticeKind, template: Template) -> None:
    if not template.is_valid():
        raise InvalidTemplateError("A `$` begins a placeholder; write `$$` for the sign itself.")
    known = DEFAULTS[kind].placeholders
    for name in template.get_identifiers():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean ${near[0]}?" if near else ""
            raise UnknownPlaceholderError(
                f"${name} is not known here; notices of this kind hold "
                f"{', '.join(f'${each}' for each in known)}.{hint}"
            )


def check_data(kind: NoticeKind, data: Mapping[str, str | int]) -> None:
    """Raise ValueError unless *data* fills every placeholder of *kind*, with ids alone besides."""
    needed = set(DEFAULTS[kind].placeholders)
    if not needed <= set(data) <= needed | IDS:
        raise ValueError(f"a notice of kind {kind} holds {sorted(needed)}, and ids: {sorted(data)}")
    if any(len(str(value)) > LONGEST_VALUE for value in data.values()):
        raise ValueError(f"a value of a notice has at most {LONGEST_VALUE} characters")
    for name in INSTANTS & set(data):
        if datetime.fromisoformat(str(data[name])).tzinfo is None:
            raise ValueError(f"{name} needs a time zone")


def put_into_words(notice: Notice, wording: Wording, logins: Mapping[str, str]) -> ShownNotice:
    """Return a notice in words; a value cannot add a line or a placeholder."""
    shown = {name: _shown(name, value, logins) for name, value in notice.data.items()}
    subject = Template(wording.subject).safe_substitute(shown)
    text = Template(wording.body).safe_substitute(shown)
    return ShownNotice(notice, subject[:LONGEST_SUBJECT], text)


def _shown(name: str, value: str | int, logins: Mapping[str, str]) -> str:
    text = str(value)
    if name in PEOPLE:
        text = logins.get(text, GONE)
    elif name in INSTANTS:
        text = datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    elif name in RULES:
        text = " ".join(explain(code) for code in text.split(", "))
    elif name in CODES:
        text = text.lower().replace("_", " ")
    return "".join(each if each.isprintable() else " " for each in text)
