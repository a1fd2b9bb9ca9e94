"""Tell people of a studio something, as the approval's machinery does."""

from dcs.core.ids import TenantId
from dcs.studio import Studio
from dcs.workflow import About, AboutKind, NoticeKind


async def tell(
    studio: Studio, *logins: str, key: str, tenant: str = "acme", about: str = "a1"
) -> None:
    """Tell each of them that the first one has commented on an approval of the dataset ``d``."""
    accounts = [await studio.identity.account_by_login(TenantId(tenant), each) for each in logins]
    people = [each.id for each in accounts if each is not None]
    data: dict[str, str | int] = {"dataset": "d", "number": 1, "by": people[0]}
    thing = About(AboutKind.APPROVAL, about)
    await studio.database.write(
        TenantId(tenant),
        lambda s: studio.notices.tell(s, people, NoticeKind.COMMENTED, thing, data, key),
    )
