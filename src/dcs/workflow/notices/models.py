"""What people are told, as values: a notice holds ids, names and instants, never what a person wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from dcs.core.clock import rfc3339
from dcs.core.ids import UserId


class NoticeKind(StrEnum):
    """What happened, as far as somebody is told of it."""

    APPROVAL_REQUESTED = "approval_requested"
    DECIDED = "decided"
    RULES_BROKEN = "rules_broken"
    ATTESTATIONS_MISSING = "attestations_missing"
    ALREADY_DECIDED = "already_decided"
    RETURNED = "returned"
    COMMENTED = "commented"
    DEADLINE_NEAR = "deadline_near"
    ESCALATED = "escalated"
    DELEGATED = "delegated"
    EXPEDITED = "expedited"
    VOIDED = "voided"
    FAILED = "failed"
    ACCESS_REQUESTED = "access_requested"
    ACCESS_DECIDED = "access_decided"
    ACCESS_GRANTED = "access_granted"
    ACCESS_QUESTION = "access_question"
    GRANT_EXTENDED = "grant_extended"
    GRANT_ENDS_SOON = "grant_ends_soon"
    GRANT_EXPIRED = "grant_expired"
    GRANT_REVOKED = "grant_revoked"
    GRANT_DRIFTED = "grant_drifted"


class AboutKind(StrEnum):
    """What a notice can be about."""

    APPROVAL = "approval"
    VERSION = "version"
    DATASET = "dataset"
    ACCESS_REQUEST = "access_request"
    GRANT = "grant"


_PAGES = {
    AboutKind.APPROVAL: "/approvals/",
    AboutKind.VERSION: "/versions/",
    AboutKind.DATASET: "/datasets/",
}
_ACCESS = "/access"


@dataclass(frozen=True, slots=True)
class About:
    """The thing a notice is about."""

    kind: AboutKind
    id: str


@dataclass(frozen=True, slots=True)
class Notice:
    """
    One thing one person is told.

    Attributes:
        data: The values of its kind's placeholders, and ids besides.
        read_at: When its recipient has read it; None before.
        mailed_at: When a letter with it was handed over; None where none was.
    """

    id: str
    recipient: UserId
    kind: NoticeKind
    about: About
    data: Mapping[str, str | int]
    created_at: datetime
    read_at: datetime | None = None
    mailed_at: datetime | None = None

    @property
    def page(self) -> str:
        """The studio's page of what it is about; requests and grants have one together."""
        page = _PAGES.get(self.about.kind)
        if page is not None:
            return page + quote(self.about.id, safe="")
        return _ACCESS


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice in the words of its tenant: one line, and what more there is to say."""

    notice: Notice
    subject: str
    text: str

    @property
    def position(self) -> str:
        """Where the next page of a list begins."""
        return self.notice.id

    def to_json(self) -> dict[str, Any]:
        """Return the notice as the API shows it."""
        notice = self.notice
        return {
            "id": notice.id,
            "kind": notice.kind.value,
            "about": {"kind": notice.about.kind.value, "id": notice.about.id},
            "data": dict(notice.data),
            "subject": self.subject,
            "text": self.text,
            "page": notice.page,
            "created_at": rfc3339(notice.created_at),
            "read_at": None if notice.read_at is None else rfc3339(notice.read_at),
            "mailed_at": None if notice.mailed_at is None else rfc3339(notice.mailed_at),
        }
