"""
The hash chain: each audit event commits to everything before it.

``hash(n) = SHA-256(hash(n-1) || canonical JSON of event n)`` per tenant, from a
fixed start. Changing, dropping, adding or swapping any event changes every
hash behind it. Dropping the newest events would leave a valid shorter chain,
so the head (its length and hash) is kept in a row of its own and compared.

Events hold ids, codes and numbers, never names, addresses or cell values: the
record must stay whole when a person has to be forgotten.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dcs.core.clock import rfc3339
from dcs.core.errors import ConflictError
from dcs.core.ids import TenantId

GENESIS = hashlib.sha256(b"dcs audit chain 1").hexdigest()
"""What the first event of every tenant is linked to."""


class ChainBrokenError(ConflictError):
    """The record was altered: an event does not follow from the one before it."""

    code = "audit_chain_broken"

    def __init__(self, sequence: int) -> None:
        super().__init__(f"The audit record is broken at event {sequence}.", sequence=sequence)
        self.sequence = sequence


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """
    One thing that somebody did, or was refused.

    Attributes:
        sequence: 1 for the tenant's first event, without gaps.
        id: The event's own id.
        at: When it was recorded.
        actor: The id of who acted; None when the system acted by itself.
        action: What was done, for example ``read`` or ``vote.approve``.
        object_kind: ``dataset``, ``version``, ``approval``, ``session`` …
        object_id: Which one.
        outcome: ``done``, ``allowed`` or ``denied``.
        reasons: Codes that say why.
        details: Further ids, codes and numbers.
        previous: The hash of the event before.
        hash: The hash of this event.
    """

    tenant: TenantId
    sequence: int
    id: str
    at: datetime
    actor: str | None
    action: str
    object_kind: str
    object_id: str
    outcome: str
    reasons: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    previous: str = GENESIS
    hash: str = ""


def link_hash(event: AuditEvent) -> str:
    """Compute the hash *event* must carry, from its content and its predecessor's hash."""
    content = {
        "tenant": event.tenant,
        "sequence": event.sequence,
        "id": event.id,
        "at": rfc3339(event.at),
        "actor": event.actor,
        "action": event.action,
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "outcome": event.outcome,
        "reasons": list(event.reasons),
        "details": dict(event.details),
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(bytes.fromhex(event.previous) + canonical.encode()).hexdigest()


def verify_chain(
    events: Iterable[AuditEvent], previous: str = GENESIS, sequence: int = 0
) -> tuple[int, str]:
    """
    Follow the chain over *events* and return its new length and head.

    Args:
        events: In order of their sequence.
        previous: The hash the first of them must be linked to.
        sequence: The sequence of the event before the first of them.

    Raises:
        ChainBrokenError: At the first event that does not fit.
    """
    for event in events:
        sequence += 1
        linked = event.sequence == sequence and event.previous == previous
        if not linked or event.hash != link_hash(event):
            raise ChainBrokenError(sequence)
        previous = event.hash
    return sequence, previous
