"""Grants as values, and as the facts that policy looks at."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from dcs.core.clock import rfc3339
from dcs.core.ids import TenantId, UserId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class GranteeKind(StrEnum):
    """Whom a grant names."""

    USER = "user"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Grantee:
    """One account by its id, or a group by its name."""

    kind: GranteeKind
    id: str


@dataclass(frozen=True, slots=True)
class Grant:
    """
    What was given of a dataset, to whom, until when.

    Attributes:
        actions: What it allows; clearance and every other rule still hold.
        columns: The columns it gives; None for all of them.
        request: The access request it came from.
        revoked_at: When it was taken back. Its end in time is not written anywhere: it
            follows from the clock.
    """

    id: str
    tenant: TenantId
    dataset: str
    grantee: Grantee
    actions: tuple[str, ...]
    columns: tuple[str, ...] | None
    request: str | None
    given_by: UserId
    given_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: UserId | None = None
    revoke_reason: str | None = None

    def state(self, now: datetime) -> str:
        """Return ``active``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if self.expires_at > now else "expired"

    def fact(self) -> dict[str, Any]:
        """Return the grant as the policy's input has it; instants are nanoseconds since 1970."""
        since = self.expires_at - _EPOCH
        seconds = since.days * 86_400 + since.seconds
        return {
            "id": self.id,
            "tenant": self.tenant,
            "dataset": self.dataset,
            "grantee": {"kind": self.grantee.kind.value, "id": self.grantee.id},
            "actions": list(self.actions),
            "columns": None if self.columns is None else list(self.columns),
            "expires_ns": seconds * 1_000_000_000 + since.microseconds * 1_000,
            "revoked": self.revoked_at is not None,
        }

    def to_json(self, now: datetime) -> dict[str, Any]:
        """Return the grant as the API shows it."""
        return {
            "id": self.id,
            "dataset": self.dataset,
            "grantee": {"kind": self.grantee.kind.value, "id": self.grantee.id},
            "actions": list(self.actions),
            "columns": None if self.columns is None else list(self.columns),
            "request": self.request,
            "state": self.state(now),
            "given_by": self.given_by,
            "given_at": rfc3339(self.given_at),
            "expires_at": rfc3339(self.expires_at),
            "revoked_at": None if self.revoked_at is None else rfc3339(self.revoked_at),
            "revoked_by": self.revoked_by,
            "revoke_reason": self.revoke_reason,
        }
