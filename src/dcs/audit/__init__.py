"""Remember: append-only, tamper-evident record of who did what and why it was allowed."""

from dcs.audit.chain import GENESIS, AuditEvent, ChainBrokenError, link_hash, verify_chain
from dcs.audit.service import AuditTrail, Verification

__all__ = [
    "GENESIS",
    "AuditEvent",
    "AuditTrail",
    "ChainBrokenError",
    "Verification",
    "link_hash",
    "verify_chain",
]
