"""Tell people what happened: an inbox for everybody, and letters to those who have an address."""

from dcs.workflow.notices.errors import (
    InvalidTemplateError,
    NoticeKindNotFoundError,
    NoticeNotFoundError,
    TemplateChangedError,
    UnknownPlaceholderError,
)
from dcs.workflow.notices.letters import Letters
from dcs.workflow.notices.models import About, AboutKind, Notice, NoticeKind, ShownNotice
from dcs.workflow.notices.phrases import Phrases
from dcs.workflow.notices.service import DIGEST, MAIL, MOST_COUNTED, Notices
from dcs.workflow.notices.templates import NoticeTemplate, NoticeTemplates
from dcs.workflow.notices.texts import Wording

__all__ = [
    "DIGEST",
    "MAIL",
    "MOST_COUNTED",
    "About",
    "AboutKind",
    "InvalidTemplateError",
    "Letters",
    "Notice",
    "NoticeKind",
    "NoticeKindNotFoundError",
    "NoticeNotFoundError",
    "NoticeTemplate",
    "NoticeTemplates",
    "Notices",
    "Phrases",
    "ShownNotice",
    "TemplateChangedError",
    "UnknownPlaceholderError",
    "Wording",
]
