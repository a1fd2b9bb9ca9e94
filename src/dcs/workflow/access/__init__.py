"""Ask for access to a dataset, and decide it: what is approved becomes a grant that ends by itself."""

from dcs.workflow.access.models import TERMS, AccessRequest, NewAccessRequest
from dcs.workflow.access.service import GRANT, AccessRequests

__all__ = ["GRANT", "TERMS", "AccessRequest", "AccessRequests", "NewAccessRequest"]
