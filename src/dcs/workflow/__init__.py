"""Decide: the durable approval of a version, by machinery and by people."""

from dcs.workflow.access import (
    GRANT,
    TERMS,
    AccessGrants,
    AccessRecord,
    AccessRequest,
    AccessRequests,
    AccessTelling,
    NewAccessRequest,
    Sight,
)
from dcs.workflow.activities import Activities
from dcs.workflow.compliance import ComplianceCheck, Requirements, requirements
from dcs.workflow.engine import Engine
from dcs.workflow.errors import (
    ApprovalNotFoundError,
    CommentMissingError,
    NotCommentableError,
    NotExpeditableError,
    NotInQuarantineError,
    NotSubmittableError,
    ReasonMissingError,
    TableMissingError,
    VoteNotCountedError,
)
from dcs.workflow.models import ApprovalView, CommentView, LevelView, VoteView
from dcs.workflow.notices import (
    DIGEST,
    MAIL,
    MOST_COUNTED,
    About,
    AboutKind,
    Letters,
    Notice,
    NoticeKind,
    Notices,
    NoticeTemplate,
    NoticeTemplates,
    Phrases,
    ShownNotice,
    Wording,
)
from dcs.workflow.quarantine import RESCAN, Quarantine
from dcs.workflow.service import ActivityResult, Approvals
from dcs.workflow.state import Activity, Level
from dcs.workflow.telling import Telling

__all__ = [
    "DIGEST",
    "GRANT",
    "MAIL",
    "MOST_COUNTED",
    "RESCAN",
    "TERMS",
    "About",
    "AboutKind",
    "AccessGrants",
    "AccessRecord",
    "AccessRequest",
    "AccessRequests",
    "AccessTelling",
    "Activities",
    "Activity",
    "ActivityResult",
    "ApprovalNotFoundError",
    "ApprovalView",
    "Approvals",
    "CommentMissingError",
    "CommentView",
    "ComplianceCheck",
    "Engine",
    "Letters",
    "Level",
    "LevelView",
    "NewAccessRequest",
    "NotCommentableError",
    "NotExpeditableError",
    "NotInQuarantineError",
    "NotSubmittableError",
    "Notice",
    "NoticeKind",
    "NoticeTemplate",
    "NoticeTemplates",
    "Notices",
    "Phrases",
    "Quarantine",
    "ReasonMissingError",
    "Requirements",
    "ShownNotice",
    "Sight",
    "TableMissingError",
    "Telling",
    "VoteNotCountedError",
    "VoteView",
    "Wording",
    "requirements",
]
