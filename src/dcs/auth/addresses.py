"""Addresses that letters go to: everybody's own, and admins look after others'."""

from dataclasses import dataclass

from dcs.audit import AuditTrail
from dcs.auth import store
from dcs.auth.errors import AccountNotFoundError, InvalidEmailError
from dcs.auth.guard import Guard
from dcs.core.actor import Actor
from dcs.engines.database import Database, Session
from dcs.engines.mail import is_address

SET_EMAIL = "set_email"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The e-mail address of every account that has one."""

    database: Database
    audit: AuditTrail
    guard: Guard

    async def put(self, actor: Actor, address: str | None, who: str | None = None) -> str | None:
        """
        Let letters go to another address from now on; with None to none.

        Args:
            address: One plain address, without a name.
            who: The login or id of somebody else; for admins.

        Returns:
            The address as it is kept.

        Raises:
            InvalidEmailError: It is not one; the message does not repeat it.
            AccountNotFoundError: There is no such account in the tenant.
            DeniedError: The actor may not change somebody else's.
        """
        own = who in (None, actor.login, actor.id)
        if not own:
            await self.guard.require(actor, SET_EMAIL)
        if address is not None and not is_address(address):
            raise InvalidEmailError("This is not one plain address, such as name@example.org.")
        name = actor.id if own or who is None else who
        await self.database.write(actor.tenant, lambda s: self._keep(s, actor, name, address))
        return address

    def _keep(self, session: Session, actor: Actor, name: str, address: str | None) -> None:
        account = store.find_account(session, name)
        if account is None:
            raise AccountNotFoundError(
                "There is no such account. Give a login of your organisation."
            )
        if store.set_email(session, account.id, address):
            self.audit.record(
                session,
                actor=actor.id,
                action="account.set_email",
                object_kind="account",
                object_id=account.id,
                details={"removed": address is None},
            )
