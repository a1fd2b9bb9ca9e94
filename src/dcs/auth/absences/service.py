"""Say that somebody is away: everybody for themselves, admins for others."""

from collections.abc import Sequence
from dataclasses import dataclass

from dcs.audit import AuditTrail
from dcs.auth import store as accounts
from dcs.auth.absences import store
from dcs.auth.absences.models import Absence, NewAbsence, check
from dcs.auth.errors import (
    AbsenceNotFoundError,
    AbsenceOverlapsError,
    AccountNotFoundError,
    InvalidAbsenceError,
)
from dcs.auth.guard import Guard
from dcs.auth.models import Account
from dcs.core.actor import Actor, ActorKind
from dcs.core.clock import Clock
from dcs.core.ids import UserId, new_id
from dcs.engines.database import Database, Session

SET_ABSENCES = "set_absences"
MOST = 100  # absences of one account that are not over


@dataclass(frozen=True, slots=True)
class Absences:
    """Who is away when, and who stands in."""

    database: Database
    audit: AuditTrail
    clock: Clock
    guard: Guard

    async def find(self, actor: Actor, who: str | None = None) -> Sequence[Absence]:
        """
        Return absences that are not over, the earliest first.

        Args:
            who: The login or id of somebody else; for admins.

        Raises:
            AccountNotFoundError: There is no such account in the tenant.
            DeniedError: The actor may not look at somebody else's.
        """
        account, now = await self._whose(actor, who), self.clock.now()
        return await self.database.read(
            actor.tenant, lambda s: store.absences_of(s, account.id, now)
        )

    async def standing_in(self, actor: Actor) -> Sequence[Absence]:
        """Return the absences in which the actor stands in, now and later, the earliest first."""
        now = self.clock.now()
        return await self.database.read(
            actor.tenant, lambda s: store.absences_for(s, actor.id, now)
        )

    async def add(self, actor: Actor, new: NewAbsence) -> Absence:
        """
        Let somebody stand in for a person who is away.

        Raises:
            InvalidAbsenceError: The time or the deputy cannot be; nothing was changed.
            AbsenceOverlapsError: The person is away then already, with a deputy.
            AccountNotFoundError: There is no such account in the tenant.
            DeniedError: The actor may not say so of somebody else.
        """
        account = await self._whose(actor, new.account)

        def keep(session: Session) -> Absence:
            made = self._made(session, account, new)
            store.add_absence(session, made)
            self._record(session, actor, "absence.add", made)
            return made

        return await self.database.write(actor.tenant, keep)

    async def remove(self, actor: Actor, absence_id: str) -> None:
        """
        End an absence at once, or let it not begin.

        Raises:
            AbsenceNotFoundError: There is none of this id.
            DeniedError: It is somebody else's, and the actor is no admin.
        """
        found = await self.database.read(actor.tenant, lambda s: store.get_absence(s, absence_id))
        if found is not None and found.account != actor.id:
            await self.guard.require(actor, SET_ABSENCES)

        def end(session: Session) -> None:
            if found is None or not store.remove_absence(session, absence_id):
                raise AbsenceNotFoundError("There is no such absence.")
            self._record(session, actor, "absence.remove", found)

        await self.database.write(actor.tenant, end)

    async def _whose(self, actor: Actor, who: str | None) -> Account:
        """Return whose absences the actor means, if they may."""
        own = who in (None, actor.login, actor.id)
        if not own:
            await self.guard.require(actor, SET_ABSENCES)
        name = actor.id if own or who is None else who
        found = await self.database.read(actor.tenant, lambda s: accounts.find_account(s, name))
        if found is None:
            raise AccountNotFoundError(
                "There is no such account. Give a login of your organisation."
            )
        return found

    def _made(self, session: Session, account: Account, new: NewAbsence) -> Absence:
        """Return what is said as an absence that can be; two of one person cannot be at once."""
        accounts.lock_account(session, account.id)
        now = self.clock.now()
        starts, ends = new.instants(_timezone(session))
        check(starts, ends, now)
        deputy = _deputy(session, account, new.deputy)
        others = store.absences_of(session, account.id, now)
        if len(others) >= MOST:
            raise InvalidAbsenceError(f"Nobody has more than {MOST} absences ahead.")
        if any(each.starts < ends and starts < each.ends for each in others):
            raise AbsenceOverlapsError("There is an absence in this time already. End it first.")
        return Absence(new_id(), account.id, starts, ends, deputy, now)

    def _record(self, session: Session, actor: Actor, action: str, about: Absence) -> None:
        shown = about.to_json()
        details = {name: shown[name] for name in ("account", "deputy", "starts", "ends")}
        self.audit.record(
            session,
            actor=actor.id,
            action=action,
            object_kind="absence",
            object_id=about.id,
            details=details,
        )


def _timezone(session: Session) -> str:
    tenant = accounts.get_tenant(session)
    return "UTC" if tenant is None else tenant.calendar.timezone


def _deputy(session: Session, account: Account, who: str) -> UserId:
    """Return the deputy's id: a person of the tenant who may sign in, and another than is away."""
    if account.kind is not ActorKind.PERSON:
        raise InvalidAbsenceError("Only persons are away.")
    deputy = accounts.find_account(session, who)
    if deputy is None or deputy.disabled or deputy.kind is not ActorKind.PERSON:
        raise InvalidAbsenceError("The deputy is a colleague who can sign in. Give their login.")
    if deputy.id == account.id:
        raise InvalidAbsenceError("Nobody stands in for themselves. Name a colleague.")
    return deputy.id
