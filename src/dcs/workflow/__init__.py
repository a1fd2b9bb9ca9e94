"""Decide: the durable approval of a version, by machinery and by people."""

from dcs.workflow.access import (
    GRANT,
    TERMS,
    AccessGrants,
    AccessRecord,
    AccessRequest,
    AccessRequests,
    NewAccessRequest,
    Sight,
)
from dcs.workflow.activities import Activities
from dcs.workflow.compliance import ComplianceFacts, compliance_problems
from dcs.workflow.engine import Engine
from dcs.workflow.errors import (
    ApprovalNotFoundError,
    NotInQuarantineError,
    NotSubmittableError,
    TableMissingError,
    VoteNotCountedError,
)
from dcs.workflow.models import ApprovalView, LevelView, VoteView
from dcs.workflow.quarantine import RESCAN, Quarantine, ReasonMissingError
from dcs.workflow.service import ActivityResult, Approvals
from dcs.workflow.state import Activity, Level

__all__ = [
    "GRANT",
    "RESCAN",
    "TERMS",
    "AccessGrants",
    "AccessRecord",
    "AccessRequest",
    "AccessRequests",
    "Activities",
    "Activity",
    "ActivityResult",
    "ApprovalNotFoundError",
    "ApprovalView",
    "Approvals",
    "ComplianceFacts",
    "Engine",
    "Level",
    "LevelView",
    "NewAccessRequest",
    "NotInQuarantineError",
    "NotSubmittableError",
    "Quarantine",
    "ReasonMissingError",
    "Sight",
    "TableMissingError",
    "VoteNotCountedError",
    "VoteView",
    "compliance_problems",
]
