"""The record of who did what, and its proof."""

from typing import Any

from fastapi import APIRouter

from dcs.api.access import TheActor, TheStudio
from dcs.api.pages import Cursor, InvalidCursorError, Limit, decode, page
from dcs.audit import AuditEvent
from dcs.core.clock import rfc3339

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])


@router.get("")
async def find(
    studio: TheStudio, actor: TheActor, limit: Limit = 100, cursor: Cursor = None
) -> dict[str, Any]:
    """List audit events, newest first."""
    position = decode(cursor)
    if position is not None and not position.isdecimal():
        raise InvalidCursorError("The cursor is not valid. Begin again without one.")
    before = None if position is None else int(position)
    found = await studio.audit_events(actor, before, limit + 1)
    return page(found, limit, show_event, lambda each: str(each.sequence))


@router.get("/verify")
async def verify(studio: TheStudio, actor: TheActor) -> dict[str, Any]:
    """Follow the whole hash chain of your tenant and say whether it is whole."""
    proof = await studio.verify_audit(actor)
    return {
        "events": proof.events,
        "head": proof.head,
        "verified": proof.verified,
        "broken_at": proof.broken_at,
    }


def show_event(event: AuditEvent) -> dict[str, Any]:
    """Return an event as the API shows it."""
    return {
        "sequence": event.sequence,
        "id": event.id,
        "at": rfc3339(event.at),
        "actor": event.actor,
        "action": event.action,
        "object": {"kind": event.object_kind, "id": event.object_id},
        "outcome": event.outcome,
        "reasons": list(event.reasons),
        "details": dict(event.details),
        "hash": event.hash,
    }
