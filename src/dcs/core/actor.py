"""Who is acting: the facts about a person that decisions may rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dcs.core.ids import TenantId, UserId


class ActorKind(StrEnum):
    """What kind of account acts."""

    PERSON = "person"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Actor:
    """
    An authenticated account inside one tenant.

    Attributes:
        id: The account, never a name or an address.
        tenant: The tenant it belongs to; the only one it can ever see.
        login: The name it signed in with. For the person's own eyes, never for a record.
        roles: Role names such as ``producer`` or ``steward``.
        groups: Group names within the tenant.
        attributes: ``department``, ``clearance``, ``employee``, ``gdpr_training_until``
            (RFC 3339) and ``data_classifications``, as they are stored.
        kind: Whether a person or a service acts.
    """

    id: UserId
    tenant: TenantId
    login: str
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    kind: ActorKind = ActorKind.PERSON
