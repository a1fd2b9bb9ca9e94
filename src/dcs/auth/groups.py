"""Groups: who is named together by grants and approvals, looked after by admins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dcs.audit import AuditTrail
from dcs.auth import store
from dcs.auth.errors import (
    AccountNotFoundError,
    GroupNotFoundError,
    InvalidGroupError,
)
from dcs.auth.guard import Guard
from dcs.auth.memberships import store as memberships
from dcs.auth.memberships.store import Group
from dcs.auth.models import Account
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session

SET_GROUPS = "set_groups"
LONGEST_DESCRIPTION = 2_000
_NAME = re.compile(r"\w[\w .@+-]{0,98}\w|\w")


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of every tenant: everybody of it sees them, admins change them."""

    database: Database
    audit: AuditTrail
    clock: Clock
    guard: Guard

    async def find(self, tenant: TenantId) -> Sequence[Group]:
        """Return a tenant's groups with how many belong to each, in the order of their names."""
        return await self.database.read(tenant, memberships.groups)

    async def show(self, tenant: TenantId, name: str) -> tuple[Group, Sequence[Account]]:
        """
        Return a group and who belongs to it.

        Raises:
            GroupNotFoundError: There is none of this name.
        """

        def look(session: Session) -> tuple[Group, Sequence[Account]]:
            return _group(session, name), store.accounts_in(session, name)

        return await self.database.read(tenant, look)

    async def put(self, actor: Actor, name: str, description: str) -> Group:
        """
        Add a group, or say anew what it is for; who belongs to it stays.

        Raises:
            InvalidGroupError: The name or the description cannot be used.
            DeniedError: The actor may not.
        """
        await self.guard.require(actor, SET_GROUPS)
        _check(name, description)

        def keep(session: Session) -> Group:
            added = memberships.add_group(session, name, description, self.clock.now())
            group = _group(session, name, lock=True)
            if added:
                self._record(session, actor, "group.add", group)
            elif group.description != description:
                memberships.describe_group(session, name, description)
                self._record(session, actor, "group.describe", group)
            return replace(group, description=description)

        return await self.database.write(actor.tenant, keep)

    async def remove(self, actor: Actor, name: str) -> None:
        """
        Remove a group and every membership in it.

        Raises:
            GroupNotFoundError: There is none of this name.
            DeniedError: The actor may not.
        """
        await self.guard.require(actor, SET_GROUPS)

        def end(session: Session) -> None:
            group = _group(session, name, lock=True)
            memberships.remove_group(session, name)
            self._record(session, actor, "group.remove", group, members=group.members)

        await self.database.write(actor.tenant, end)

    async def add_member(self, actor: Actor, name: str, who: str) -> Group:
        """
        Let an account, by its login or id, belong to a group.

        Raises:
            GroupNotFoundError: There is no such group.
            AccountNotFoundError: There is no such account in the tenant.
            DeniedError: The actor may not.
        """
        await self.guard.require(actor, SET_GROUPS)

        def join(session: Session) -> Group:
            group, account = _group(session, name, lock=True), _account(session, who)
            if memberships.add_member(session, account.id, name):
                self._record(session, actor, "group.add_member", group, account=account.id)
            return _group(session, name)

        return await self.database.write(actor.tenant, join)

    async def remove_member(self, actor: Actor, name: str, who: str) -> Group:
        """Let an account belong to a group no more; errors as for `add_member`."""
        await self.guard.require(actor, SET_GROUPS)

        def leave(session: Session) -> Group:
            group, account = _group(session, name, lock=True), _account(session, who)
            if memberships.remove_member(session, account.id, name):
                self._record(session, actor, "group.remove_member", group, account=account.id)
            return _group(session, name)

        return await self.database.write(actor.tenant, leave)

    def _record(
        self, session: Session, actor: Actor, action: str, group: Group, **details: str | int
    ) -> None:
        self.audit.record(
            session,
            actor=actor.id,
            action=action,
            object_kind="group",
            object_id=group.id,
            details=details,
        )


def _check(name: str, description: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise InvalidGroupError(
            "A group's name has up to 100 letters, digits, spaces and . _ @ + - and begins and ends "
            "with a letter or digit."
        )
    if len(description) > LONGEST_DESCRIPTION:
        raise InvalidGroupError(f"A description has up to {LONGEST_DESCRIPTION:,} characters.")


def _group(session: Session, name: str, *, lock: bool = False) -> Group:
    found = memberships.get_group(session, name, lock=lock)
    if found is None:
        raise GroupNotFoundError("There is no such group.")
    return found


def _account(session: Session, who: str) -> Account:
    found = store.find_account(session, who)
    if found is None:
        raise AccountNotFoundError("There is no such account. Give a login of your organisation.")
    return found
