"""News about what happened, in the shape of CloudEvents 1.0."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dcs.core.clock import rfc3339
from dcs.core.ids import TenantId, new_id

SOURCE = "/dcs"


@dataclass(frozen=True, slots=True)
class Event:
    """
    Something that happened, named ``noun.past_tense``.

    Attributes:
        type: For example ``version.received``.
        tenant: Whose news it is.
        subject: The id of the thing it happened to; also the key that keeps order.
        time: When it happened, in UTC.
        data: JSON values, ids rather than names.
        id: Unique and stable, so a consumer can tell a repetition.
    """

    type: str
    tenant: TenantId
    subject: str
    time: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=new_id)

    def cloudevent(self) -> dict[str, Any]:
        """Return the event as a CloudEvents 1.0 JSON object."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": SOURCE,
            "type": self.type,
            "subject": self.subject,
            "time": rfc3339(self.time),
            "tenantid": self.tenant,
            "datacontenttype": "application/json",
            "data": dict(self.data),
        }
