"""Groups and their members as rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Row, String, Text, func

from dcs.core.clock import rfc3339
from dcs.core.ids import UserId, new_id
from dcs.engines.database import Id, Instant, Session, belongs_to, tenant_table

account_group = tenant_table(
    "account_group",
    Column("id", Id, nullable=False),
    Column("name", String(100), nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    key=("name",),
)

membership = tenant_table(
    "membership",
    Column("account", Id, nullable=False),
    Column("group", String(100), nullable=False),
    belongs_to("account", "account"),
    belongs_to("account_group", "group", "name"),
    Index("ix_membership_group", "tenant", "group"),
    key=("account", "group"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """
    People who are named together: by a grant, or by a level of an approval.

    Attributes:
        id: What the record calls it, which keeps no names.
        name: What everybody else calls it; unique in the tenant.
        members: How many belong to it.
    """

    id: str
    name: str
    description: str
    created_at: datetime
    members: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the group as the API shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "members": self.members,
            "created_at": rfc3339(self.created_at),
        }


def groups(session: Session) -> list[Group]:
    """Return every group with how many belong to it, in the order of their names."""
    number = func.count(membership.c.account).label("number")
    counted = session.select(membership.c.group, number).group_by(membership.c.group)
    members = {row.group: int(row.number) for row in session.all(counted)}
    rows = session.all(session.select(account_group).order_by(account_group.c.name))
    return [_group(row, members.get(row.name, 0)) for row in rows]


def get_group(session: Session, group: str, *, lock: bool = False) -> Group | None:
    """Return a group; with *lock* it stays until the transaction ends."""
    query = session.select(account_group, lock=lock).where(account_group.c.name == group)
    row = session.first(query)
    if row is None:
        return None
    counted = session.select(func.count(membership.c.account)).where(membership.c.group == group)
    return _group(row, int(session.scalar(counted)))


def group_names(session: Session) -> frozenset[str]:
    """Return the names of all groups."""
    return frozenset(row.name for row in session.all(session.select(account_group.c.name)))


def add_group(session: Session, name: str, description: str, now: datetime) -> bool:
    """Add a group; False if it is there already."""
    return session.insert_new(
        account_group, id=new_id(), name=name, description=description, created_at=now
    )


def describe_group(session: Session, group: str, text: str) -> bool:
    """Say what a group is for; False if there is no such group."""
    return bool(session.update(account_group, account_group.c.name == group, description=text))


def remove_group(session: Session, group: str) -> bool:
    """Remove a group and every membership in it; False if there is none."""
    session.delete(membership, membership.c.group == group)
    return bool(session.delete(account_group, account_group.c.name == group))


def groups_of(session: Session, account: UserId) -> frozenset[str]:
    """Return the groups an account belongs to."""
    query = session.select(membership.c.group).where(membership.c.account == account)
    return frozenset(row.group for row in session.all(query))


def groups_of_all(session: Session) -> Mapping[str, frozenset[str]]:
    """Return the groups of every account that belongs to one."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in session.all(session.select(membership.c.account, membership.c.group)):
        found[row.account].add(row.group)
    return {account: frozenset(names) for account, names in found.items()}


def join_groups(session: Session, user: UserId, names: Iterable[str], now: datetime) -> None:
    """Let a new account belong to groups; those that are missing are added."""
    for name in sorted(set(names)):
        add_group(session, name, "", now)
        session.insert(membership, account=user, group=name)


def add_member(session: Session, account: UserId, group: str) -> bool:
    """Let an account belong to a group that is there; False if it does already."""
    return session.insert_new(membership, account=account, group=group)


def remove_member(session: Session, account: UserId, group: str) -> bool:
    """Let an account belong to a group no more; False if it did not."""
    where = (membership.c.account == account, membership.c.group == group)
    return bool(session.delete(membership, *where))


def _group(row: Row[Any], members: int) -> Group:
    return Group(row.id, row.name, row.description, row.created_at, members)
