"""Ask for access to a dataset, and decide it: what is approved becomes a grant that ends by itself."""

from dcs.workflow.access.grants import GRANT, AccessGrants
from dcs.workflow.access.models import TERMS, AccessRequest, NewAccessRequest
from dcs.workflow.access.record import AccessRecord
from dcs.workflow.access.requests import AccessRequests
from dcs.workflow.access.sight import Sight
from dcs.workflow.access.telling import AccessTelling

__all__ = [
    "GRANT",
    "TERMS",
    "AccessGrants",
    "AccessRecord",
    "AccessRequest",
    "AccessRequests",
    "AccessTelling",
    "NewAccessRequest",
    "Sight",
]
