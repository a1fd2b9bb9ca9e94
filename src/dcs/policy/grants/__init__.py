"""What was given to whom until when: beside role and department, the third reason to read."""

from dcs.policy.grants.models import Grant, Grantee, GranteeKind
from dcs.policy.grants.reading import Grants

__all__ = ["Grant", "Grantee", "GranteeKind", "Grants"]
