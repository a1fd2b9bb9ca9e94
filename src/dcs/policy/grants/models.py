"""Grants as values, and as the facts that policy looks at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from dcs.core.clock import rfc3339
from dcs.core.ids import TenantId, UserId

SOON = timedelta(days=7)
SHARE = 10  # of a grant's length: a short one is not said to end soon for most of it
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
        revoked_at: When it was taken back.
        ended_at: When its end in time was noted. The end itself follows from the clock and
            waits for nothing; once noted, a clock that is set back does not undo it.
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
    ended_at: datetime | None = None

    @property
    def soon_at(self) -> datetime:
        """When it is said to end soon: a week before, or a tenth of its length if that is less."""
        return self.expires_at - min(SOON, (self.expires_at - self.given_at) / SHARE)

    def ends_soon(self, now: datetime) -> bool:
        """Say whether it is active, and not for long."""
        return self.state(now) == "active" and self.soon_at <= now

    def state(self, now: datetime) -> str:
        """Return ``active``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if self.ended_at is None and self.expires_at > now else "expired"

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
            "revoked": self.revoked_at is not None or self.ended_at is not None,
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
            "ends_soon": self.ends_soon(now),
            "given_by": self.given_by,
            "given_at": rfc3339(self.given_at),
            "expires_at": rfc3339(self.expires_at),
            "revoked_at": None if self.revoked_at is None else rfc3339(self.revoked_at),
            "revoked_by": self.revoked_by,
            "revoke_reason": self.revoke_reason,
        }
