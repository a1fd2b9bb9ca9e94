"""Turn an actor, an action and a resource into the policy's input, and its answer into a decision."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dcs.auth import Calendar
from dcs.core.actor import Actor
from dcs.core.ids import new_id
from dcs.engines.decisions import PolicyFailedError
from dcs.policy.models import Action, AuditLevel, Decision, Resource

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def input_document(
    actor: Actor,
    action: Action,
    resource: Resource,
    now: datetime,
    calendar: Calendar,
    virus_scan: bool = True,
) -> dict[str, Any]:
    """Build the document the rules look at; instants become nanoseconds since 1970."""
    return {
        "action": action.value,
        "actor": {
            "id": actor.id,
            "tenant": actor.tenant,
            "kind": actor.kind.value,
            "roles": sorted(actor.roles),
            "groups": sorted(actor.groups),
            "attributes": _attributes(actor.attributes),
        },
        "resource": {
            "kind": resource.kind,
            "id": resource.id,
            "tenant": resource.tenant,
            "dataset": resource.dataset,
            "classification": resource.classification.value,
            "status": resource.status,
            "department": resource.department,
            "owner": resource.owner,
            "uploaded_by": resource.uploaded_by,
            "requester": resource.requester,
            "contains_personal_data": resource.contains_personal_data,
            "legal_hold": resource.legal_hold,
            "malware": resource.malware,
            "released": resource.released,
            "grants": [dict(grant) for grant in resource.grants],
        },
        "context": {
            "now_ns": _nanoseconds(now),
            "virus_scan_enabled": virus_scan,
            "local": _local(now, calendar),
            "calendar": {
                "weekdays": list(calendar.weekdays),
                "opens": calendar.opens,
                "closes": calendar.closes,
            },
        },
    }


def read_answer(answer: Mapping[str, Any], action: Action, revision: str, at: datetime) -> Decision:
    """
    Turn the policy's answer into a decision.

    Raises:
        PolicyFailedError: Anything is missing or of another type than expected. A
            contradiction (allowed although a rule refused) counts as that too.
    """
    try:
        allow, deny = answer["allow"], _texts(answer["deny"])
        grant, obligations = _texts(answer["grant"]), answer["obligations"]
        clear = _texts(obligations["mask"]["clear"])
        columns = obligations["columns"]
        shown = None if columns is None else frozenset(_texts(columns))
        audit = AuditLevel(obligations["audit"])
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyFailedError("The policy's decision is malformed.") from error
    if not isinstance(allow, bool) or allow != (not deny and bool(grant)):
        raise PolicyFailedError("The policy's decision contradicts itself.")
    return Decision(
        id=new_id(),
        at=at,
        action=action,
        allow=allow,
        deny=tuple(deny),
        grant=tuple(grant),
        clear_tags=frozenset(clear),
        columns=shown,
        audit=audit,
        revision=revision,
    )


def _attributes(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the attributes rules know; the end of a training becomes a number."""
    known = {key: stored[key] for key in ("clearance", "department", "employee") if key in stored}
    if isinstance(known.get("clearance"), bool):
        del known["clearance"]  # Rego would not count it as a number, Python would
    until = stored.get("gdpr_training_until")
    if isinstance(until, str):
        with suppress(ValueError, TypeError):  # an unreadable date is no training
            known["gdpr_training_until_ns"] = _nanoseconds(datetime.fromisoformat(until))
    return known


def _local(now: datetime, calendar: Calendar) -> dict[str, Any]:
    """Return the tenant's hour, ISO weekday and whether it is closed today; nothing if unknown."""
    try:
        local = now.astimezone(ZoneInfo(calendar.timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return {}
    return {
        "hour": local.hour,
        "weekday": local.isoweekday(),
        "holiday": local.date() in calendar.holidays,
    }


def _nanoseconds(instant: datetime) -> int:
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1_000


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError("a list of texts was expected")
    return sorted(value)
