"""Read notices out: in the words of their tenant, with people by their login."""

from collections.abc import Sequence
from dataclasses import dataclass

from dcs.auth import Identity
from dcs.core.ids import TenantId
from dcs.engines.database import Database
from dcs.workflow.notices import store
from dcs.workflow.notices.models import Notice, ShownNotice
from dcs.workflow.notices.texts import DEFAULTS, Wording
from dcs.workflow.notices.wording import put_into_words


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words that notices are put into."""

    database: Database
    identity: Identity

    async def show(self, tenant: TenantId, notices: Sequence[Notice]) -> Sequence[ShownNotice]:
        """Return notices in words, in the same order."""
        if not notices:
            return []
        chosen = await self.database.read(tenant, store.templates)
        wordings = {kind: default.wording for kind, default in DEFAULTS.items()}
        wordings |= {kind: Wording(each.subject, each.body) for kind, each in chosen.items()}
        logins = await self.identity.logins(tenant)
        return [put_into_words(each, wordings[each.kind], logins) for each in notices]
