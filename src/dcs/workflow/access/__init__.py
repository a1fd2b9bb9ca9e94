"""Ask for access to a dataset, and decide it: what is approved becomes a grant that ends by itself."""

from dcs.workflow.access.drift import VERIFY, Check, Drift, DriftedGrant, GrantChecks
from dcs.workflow.access.ends import END, GrantEnds
from dcs.workflow.access.extensions import Extensions
from dcs.workflow.access.grants import GRANT, AccessGrants
from dcs.workflow.access.models import TERMS, AccessRequest, NewAccessRequest
from dcs.workflow.access.record import AccessRecord
from dcs.workflow.access.requests import AccessRequests
from dcs.workflow.access.sight import Sight, is_own
from dcs.workflow.access.telling import AccessTelling

__all__ = [
    "END",
    "GRANT",
    "TERMS",
    "VERIFY",
    "AccessGrants",
    "AccessRecord",
    "AccessRequest",
    "AccessRequests",
    "AccessTelling",
    "Check",
    "Drift",
    "DriftedGrant",
    "Extensions",
    "GrantChecks",
    "GrantEnds",
    "NewAccessRequest",
    "Sight",
    "is_own",
]
