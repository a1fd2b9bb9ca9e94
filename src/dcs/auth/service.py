"""Find out who somebody is, and let them prove it again without their password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcs.audit import AuditTrail
from dcs.auth import secrets, store
from dcs.auth.errors import AccountExistsError, BadCredentialsError, SignInPausedError
from dcs.auth.models import Account, Allowance, Calendar, NewAccount, Tenant
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.errors import NotFoundError
from dcs.core.ids import TenantId, UserId, new_id
from dcs.engines.database import PLATFORM, Database, DuplicateRowError, Session

FREE_TRIES = 5  # wrong passwords in a row before the account pauses
LONGEST_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Identity:
    """Accounts of every tenant and the credentials that lead to them."""

    database: Database
    audit: AuditTrail
    clock: Clock
    session_length: timedelta

    async def add_tenant(self, tenant: TenantId, name: str, calendar: Calendar) -> None:
        """Add a tenant; one that is there already stays as it is."""
        now = self.clock.now()
        await self.database.write(tenant, lambda s: store.add_tenant(s, name, calendar, now))

    async def tenant(self, tenant: TenantId) -> Tenant:
        """Return a tenant with its calendar, its allowance and its retention."""
        found = await self.database.read(tenant, store.get_tenant)
        if found is None:
            raise NotFoundError("This tenant does not exist.")
        return found

    async def tenants(self) -> Sequence[TenantId]:
        """Return every tenant that anybody can sign in to, for the product's own work."""
        return await self.database.read(PLATFORM, store.tenants)

    async def set_allowance(self, actor: Actor, allowance: Allowance) -> None:
        """Change what the actor's tenant may send; policy was asked by the caller."""

        def change(session: Session) -> None:
            store.set_allowance(session, allowance)
            self.audit.record(
                session,
                actor=actor.id,
                action="tenant.allow",
                object_kind="tenant",
                object_id=actor.tenant,
                details={key: str(value) for key, value in allowance.to_json().items()},
            )

        await self.database.write(actor.tenant, change)

    async def set_default_retention(self, actor: Actor, days: int | None) -> None:
        """Change how long the actor's tenant keeps data by default; policy was asked by the caller."""

        def change(session: Session) -> None:
            store.set_default_retention(session, days)
            self.audit.record(
                session,
                actor=actor.id,
                action="tenant.set_retention",
                object_kind="tenant",
                object_id=actor.tenant,
                details={"retention_days": "none" if days is None else days},
            )

        await self.database.write(actor.tenant, change)

    async def add_account(self, tenant: TenantId, new: NewAccount, password: str | None) -> Account:
        """
        Add an account.

        Raises:
            AccountExistsError: The login is taken, in this tenant or another.
            WeakPasswordError: The password cannot be used.
        """
        stored = None if password is None else await secrets.hash_password(password)
        user = UserId(new_id())
        now = self.clock.now()

        def add(session: Session) -> Account | None:
            store.add_account(session, user, new, stored, now)
            self.audit.record(
                session, actor=None, action="account.add", object_kind="account", object_id=user
            )
            return store.get_account(session, user)

        try:
            added = await self.database.write(tenant, add)
        except DuplicateRowError as error:
            raise AccountExistsError("This login is taken. Choose another one.") from error
        assert added is not None  # noqa: S101  # it was written by the same transaction
        return added

    async def account_by_login(self, tenant: TenantId, login: str) -> Account | None:
        """Return an account of the tenant, or None."""
        return await self.database.read(tenant, lambda s: store.account_by_login(s, login))

    async def account(self, tenant: TenantId, user: UserId) -> Account | None:
        """Return an account of the tenant by its id, or None."""
        return await self.database.read(tenant, lambda s: store.get_account(s, user))

    async def people(self, tenant: TenantId) -> Sequence[Account]:
        """Return the accounts of persons who may sign in."""
        return await self.database.read(tenant, store.people)

    async def members(self, tenant: TenantId, group: str) -> Sequence[Account]:
        """Return the accounts of a group, also those that are disabled."""
        return await self.database.read(tenant, lambda s: store.accounts_in(s, group))

    async def logins(self, tenant: TenantId) -> Mapping[str, str]:
        """Return the login behind every account id of the tenant, for people to read."""
        return await self.database.read(tenant, store.logins)

    async def set_password(self, tenant: TenantId, user: UserId, password: str) -> None:
        """Replace an account's password."""
        stored = await secrets.hash_password(password)
        await self.database.write(tenant, lambda s: store.set_password(s, user, stored))

    async def renew_token(
        self, tenant: TenantId, user: UserId, name: str, lasts: timedelta | None = None
    ) -> str:
        """Issue a token and end the account's earlier ones of the same name; it is shown only now."""
        secret = secrets.new_token()
        now = self.clock.now()
        expires = None if lasts is None else now + lasts
        key = secrets.digest(secret)

        def renew(session: Session) -> None:
            store.revoke_tokens(session, user, name)
            store.add_token(session, new_id(), user, name, key, now, expires)
            self.audit.record(
                session, actor=user, action="token.issue", object_kind="account", object_id=user
            )

        await self.database.write(tenant, renew)
        return secret

    async def actor_of_token(self, secret: str) -> Actor:
        """Return who sent a bearer token, or raise BadCredentialsError."""
        return await self._actor(store.TOKEN, secret)

    async def actor_of_session(self, secret: str) -> Actor:
        """Return who a session cookie belongs to, or raise BadCredentialsError."""
        return await self._actor(store.SESSION, secret)

    async def sign_in(self, login: str, password: str) -> tuple[str, Actor]:
        """
        Check a password and open a browser session.

        Returns:
            The cookie's secret, of which only a digest is kept, and who signed in.

        Raises:
            BadCredentialsError: Unknown login, wrong password or disabled account,
                indistinguishably and in the same time.
            SignInPausedError: Too many wrong passwords in a row.
        """
        now = self.clock.now()
        found = await self.database.read(PLATFORM, lambda s: store.find(s, store.LOGIN, login, now))
        if found is None:
            await secrets.password_matches(None, password)
            raise BadCredentialsError("The login or the password is wrong.")
        tenant, user = found
        await self._check_password(tenant, user, password, now)
        secret = secrets.new_session_secret()

        def open_session(session: Session) -> Account | None:
            expires = now + self.session_length
            store.point(session, store.SESSION, secrets.digest(secret), user, expires)
            self.audit.record(
                session, actor=user, action="session.open", object_kind="account", object_id=user
            )
            return store.get_account(session, user)

        account = await self.database.write(tenant, open_session)
        assert account is not None  # noqa: S101  # its password was just checked
        return secret, account.actor()

    async def sign_out(self, tenant: TenantId, secret: str) -> None:
        """End a browser session at once."""
        key = secrets.digest(secret)
        await self.database.write(tenant, lambda s: store.forget(s, store.SESSION, key))

    async def forget_expired(self) -> int:
        """Remove credentials that have expired; return how many there were."""
        now = self.clock.now()
        return await self.database.write(PLATFORM, lambda s: store.forget_expired(s, now))

    async def _actor(self, kind: str, secret: str) -> Actor:
        now = self.clock.now()
        key = secrets.digest(secret)
        found = await self.database.read(PLATFORM, lambda s: store.find(s, kind, key, now))
        if found is not None:
            tenant, user = found
            account = await self.database.read(tenant, lambda s: store.get_account(s, user))
            if account is not None and not account.disabled:
                return account.actor()
        raise BadCredentialsError("The credentials are not valid. Sign in again.")

    async def _check_password(
        self, tenant: TenantId, user: UserId, password: str, now: datetime
    ) -> None:
        state = await self.database.read(tenant, lambda s: store.password_state(s, user))
        if state is not None and state.paused_until is not None and state.paused_until > now:
            raise SignInPausedError(
                "Too many wrong passwords. Try again later.",
                retry_after=(state.paused_until - now).total_seconds(),
            )
        stored = None if state is None or state.disabled else state.password
        matches = await secrets.password_matches(stored, password)
        await self.database.write(tenant, lambda s: self._note(s, user, matches, now))
        if not matches:
            raise BadCredentialsError("The login or the password is wrong.")

    def _note(self, session: Session, user: UserId, matches: bool, now: datetime) -> None:
        """Count a wrong password, or forget the count after a right one."""
        state = store.password_state(session, user, lock=True)
        failures = 0 if matches or state is None else state.failures + 1
        store.note_failures(session, user, failures, _pause(failures, now))
        if not matches:
            self.audit.record(
                session,
                actor=user,
                action="session.open",
                object_kind="account",
                object_id=user,
                outcome="denied",
                reasons=["bad_credentials"],
            )


def _pause(failures: int, now: datetime) -> datetime | None:
    """Double the pause with every further failure, up to the longest."""
    if failures < FREE_TRIES:
        return None
    return now + min(timedelta(seconds=2 ** min(failures - FREE_TRIES, 20)), LONGEST_PAUSE)
