"""Hold what was given against what policy allows, every night and on demand."""

from dcs.workflow.access.drift.models import Check, Drift, DriftedGrant
from dcs.workflow.access.drift.service import VERIFY, GrantChecks

__all__ = ["VERIFY", "Check", "Drift", "DriftedGrant", "GrantChecks"]
