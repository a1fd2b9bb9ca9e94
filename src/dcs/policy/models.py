"""What is asked of policy, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from dcs.core.classification import Classification
from dcs.core.ids import TenantId


class Action(StrEnum):
    """Everything that is asked of policy; each rule names the ones it is about."""

    LIST = "list"
    REPORT = "report"
    PREVIEW = "preview"
    READ = "read"
    DOWNLOAD = "download"
    CREATE = "create"
    UPLOAD = "upload"
    SUBMIT = "submit"
    SET_CONTRACT = "set_contract"
    SET_RETENTION = "set_retention"
    APPROVE = "approve"
    CANCEL = "cancel"
    EXPEDITE = "expedite"
    ESCALATE = "escalate"
    COMMENT = "comment"
    AUDIT_READ = "audit_read"
    AUDIT_VERIFY = "audit_verify"
    METRICS = "metrics"
    QUARANTINE = "quarantine"
    RELEASE = "release"
    DISCARD = "discard"
    SET_ALLOWANCE = "set_allowance"
    SET_DEFAULT_RETENTION = "set_default_retention"
    SET_SOURCES = "set_sources"
    SEE_RECOGNIZERS = "see_recognizers"
    SET_RECOGNIZERS = "set_recognizers"
    SET_NOTICE_TEMPLATES = "set_notice_templates"
    SET_APPROVAL_TEMPLATES = "set_approval_templates"
    REQUEST_ACCESS = "request_access"
    DECIDE_ACCESS = "decide_access"
    REVOKE_GRANT = "revoke_grant"
    SEE_GRANTS = "see_grants"
    SET_GROUPS = "set_groups"
    SET_CALENDAR = "set_calendar"
    SET_ABSENCES = "set_absences"
    SET_EMAIL = "set_email"


GRANTABLE = frozenset({Action.LIST, Action.REPORT, Action.PREVIEW, Action.READ, Action.DOWNLOAD})
"""What a grant can give; whoever is not cleared for it gets nothing by it."""


class AuditLevel(StrEnum):
    """Whether a decision must be on record before anything happens."""

    BASIC = "basic"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Resource:
    """
    What an action is about, in the facts that rules may rest on.

    Attributes:
        kind: ``dataset``, ``version``, ``approval`` or ``tenant``.
        id: Which one.
        status: The version's status; a dataset is active once it has an active version.
        requester: Who asked for the approval.
        contains_personal_data: None while unknown, which counts as true.
        malware: The scan's verdict; None while unknown, which counts as malware.
        released: Whether somebody who may has let it out of quarantine.
        grants: What was given to whom until when.
    """

    kind: str
    id: str
    tenant: TenantId
    dataset: str | None = None
    classification: Classification = Classification.PUBLIC
    status: str = "active"
    department: str | None = None
    owner: str | None = None
    uploaded_by: str | None = None
    requester: str | None = None
    contains_personal_data: bool | None = None
    legal_hold: bool = False
    malware: str | None = None
    released: bool = False
    grants: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """
    An answer, with everything that is needed to explain and to obey it.

    Attributes:
        id: Also the id under which it is on record.
        deny: Codes of every rule that refused.
        grant: Codes of every rule that allowed.
        clear_tags: Column tags that may be shown as they are; all others are masked.
        columns: The columns that may be delivered; None for all of them.
        audit: Whether it must be recorded before anything happens.
        revision: The policy it was made by.
    """

    id: str
    at: datetime
    action: Action
    allow: bool
    deny: tuple[str, ...]
    grant: tuple[str, ...]
    clear_tags: frozenset[str]
    columns: frozenset[str] | None
    audit: AuditLevel
    revision: str

    def shows(self, column: str) -> bool:
        """Say whether a column may be delivered, masked or not."""
        return self.columns is None or column in self.columns

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that explain this answer."""
        if self.allow:
            return self.grant
        return self.deny or ("no_grant",)
