"""Permit: one decision for every action, with its reasons and obligations."""

from dcs.policy.compliance import Compliance, ComplianceFacts, FoundPersonalData
from dcs.policy.errors import DeniedError, HiddenError
from dcs.policy.grants import Grant, Grantee, GranteeKind, Grants
from dcs.policy.guard import TenantGuard
from dcs.policy.masks import masked_columns
from dcs.policy.models import GRANTABLE, Action, AuditLevel, Decision, Resource
from dcs.policy.reasons import explain
from dcs.policy.service import Permits

__all__ = [
    "GRANTABLE",
    "Action",
    "AuditLevel",
    "Compliance",
    "ComplianceFacts",
    "Decision",
    "DeniedError",
    "FoundPersonalData",
    "Grant",
    "Grantee",
    "GranteeKind",
    "Grants",
    "HiddenError",
    "Permits",
    "Resource",
    "TenantGuard",
    "explain",
    "masked_columns",
]
