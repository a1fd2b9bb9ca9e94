"""Tenants and accounts as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dcs.core.actor import Actor, ActorKind
from dcs.core.ids import TenantId, UserId


@dataclass(frozen=True, slots=True)
class Calendar:
    """
    When a tenant works.

    Attributes:
        timezone: An IANA name.
        weekdays: Open days, 1 for Monday to 7 for Sunday (ISO 8601).
        opens: The first open hour of such a day.
        closes: The hour at which it ends; 24 is midnight.
        holidays: Days on which it is closed, whatever weekday they are.
    """

    timezone: str = "UTC"
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    opens: int = 9
    closes: int = 18
    holidays: tuple[date, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the calendar as it is stored; its holidays are rows of their own."""
        return {
            "timezone": self.timezone,
            "weekdays": list(self.weekdays),
            "opens": self.opens,
            "closes": self.closes,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], holidays: tuple[date, ...] = ()) -> "Calendar":
        """Read a stored calendar, closed on its *holidays*."""
        weekdays = tuple(data["weekdays"])
        return cls(data["timezone"], weekdays, data["opens"], data["closes"], holidays)


OPEN_ALL_WEEK = Calendar("UTC", (1, 2, 3, 4, 5, 6, 7), 0, 24)


@dataclass(frozen=True, slots=True)
class Allowance:
    """
    What a tenant may send; None leaves it to the installation's own limits.

    Attributes:
        max_file_size: Bytes of the largest file.
        max_storage: Bytes of everything the tenant keeps.
        formats: Names of the formats that are accepted.
    """

    max_file_size: int | None = None
    max_storage: int | None = None
    formats: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the allowance as the API shows it."""
        return {
            "max_file_size": self.max_file_size,
            "max_storage": self.max_storage,
            "supported_formats": None if self.formats is None else list(self.formats),
        }


@dataclass(frozen=True, slots=True)
class Tenant:
    """
    An organisation: nothing of it is ever visible to another one.

    Attributes:
        retention_days: How long versions of datasets that say nothing themselves are to be
            kept; None if each has to say it.
    """

    id: TenantId
    name: str
    calendar: Calendar
    allowance: Allowance = Allowance()
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account begins with; *attributes* are those that decisions may rest on."""

    login: str
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    kind: ActorKind = ActorKind.PERSON


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a service of one tenant."""

    id: UserId
    tenant: TenantId
    login: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    attributes: Mapping[str, Any]
    kind: ActorKind
    disabled: bool = False

    def actor(self) -> Actor:
        """Return the account as somebody who acts."""
        return Actor(
            id=self.id,
            tenant=self.tenant,
            login=self.login,
            roles=frozenset(self.roles),
            groups=frozenset(self.groups),
            attributes=dict(self.attributes),
            kind=self.kind,
        )
