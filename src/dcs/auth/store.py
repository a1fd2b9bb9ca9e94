"""
Tenants, accounts, tokens and sessions as rows.

A credential arrives without its tenant, so one shared table, the directory,
leads from the digest of a credential to the tenant and account behind it.
It holds digests and ids only.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    UniqueConstraint,
)

from dcs.auth.holidays.store import Holiday, holidays, set_holidays
from dcs.auth.memberships import store as memberships
from dcs.auth.memberships.store import membership
from dcs.auth.models import Account, Allowance, Calendar, NewAccount, Tenant
from dcs.core.actor import ActorKind
from dcs.core.ids import TenantId, UserId
from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table

LOGIN, TOKEN, SESSION = "login", "token", "session"
EMAIL = "email"  # the attribute that letters go to

tenant = tenant_table(
    "tenant",
    Column("name", String(200), nullable=False),
    Column("calendar", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("max_file_size", BigInteger),
    Column("max_storage", BigInteger),
    Column("formats", Document),
    Column("retention_days", Integer, server_default="3650"),
    Column("calendar_revision", Integer, nullable=False),
    key=(),
)

account = tenant_table(
    "account",
    Column("id", Id, nullable=False),
    Column("login", String(100), nullable=False),
    Column("password", String(200)),
    Column("roles", Document, nullable=False),
    Column("groups", Document, nullable=False),  # of releases before memberships; not read
    Column("attributes", Document, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("paused_until", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("tenant", "login"),
)

token = tenant_table(
    "token",
    Column("id", Id, nullable=False),
    Column("account", Id, nullable=False),
    Column("name", String(100), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    belongs_to("account", "account"),
)

directory = tenant_table(
    "directory",
    Column("kind", String(10), nullable=False),
    Column("key", String(100), nullable=False),
    Column("account", Id, nullable=False),
    Column("expires_at", Instant),
    UniqueConstraint("kind", "key"),
    key=("kind", "key"),
    shared=True,
)


def find(session: Session, kind: str, key: str, now: datetime) -> tuple[TenantId, UserId] | None:
    """Lead from a credential to its account; an expired one leads nowhere."""
    query = session.select(directory).where(directory.c.kind == kind, directory.c.key == key)
    row = session.first(query)
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return TenantId(row.tenant), UserId(row.account)


def add_tenant(session: Session, name: str, calendar: Calendar, now: datetime) -> bool:
    """Add the session's tenant; False if it is there already."""
    added = session.insert_new(
        tenant, name=name, calendar=calendar.to_json(), created_at=now, calendar_revision=0
    )
    if added:
        set_holidays(session, map(Holiday, calendar.holidays))
    return added


def get_tenant(session: Session) -> Tenant | None:
    """Return the session's tenant."""
    row = session.first(session.select(tenant))
    if row is None:
        return None
    formats = None if row.formats is None else tuple(row.formats)
    allowance = Allowance(row.max_file_size, row.max_storage, formats)
    closed = tuple(each.day for each in holidays(session))
    calendar = Calendar.from_json(row.calendar, closed)
    return Tenant(TenantId(row.tenant), row.name, calendar, allowance, row.retention_days)


def calendar_revision(session: Session, *, lock: bool = False) -> int | None:
    """Return how often the tenant's calendar was changed; with *lock* it stays as it is."""
    found = session.scalar(session.select(tenant.c.calendar_revision, lock=lock))
    return None if found is None else int(found)


def set_calendar(session: Session, calendar: Calendar, revision: int) -> bool:
    """Keep the tenant's zone, weekdays and hours, as the revision they are from now on."""
    return bool(session.update(tenant, calendar=calendar.to_json(), calendar_revision=revision))


def tenants(session: Session) -> list[TenantId]:
    """Return every tenant that a credential leads to."""
    rows = session.all(session.select(directory.c.tenant).distinct())
    return sorted(TenantId(row.tenant) for row in rows)


def set_allowance(session: Session, allowance: Allowance) -> bool:
    """Change what the session's tenant may send."""
    formats = None if allowance.formats is None else list(allowance.formats)
    return bool(
        session.update(
            tenant,
            max_file_size=allowance.max_file_size,
            max_storage=allowance.max_storage,
            formats=formats,
        )
    )


def set_default_retention(session: Session, days: int | None) -> bool:
    """Change how long the session's tenant keeps the data of datasets that say nothing themselves."""
    return bool(session.update(tenant, retention_days=days))


def add_account(
    session: Session, user: UserId, new: NewAccount, password: str | None, now: datetime
) -> None:
    """Add an account and the way to it by its login."""
    session.insert(
        account,
        id=user,
        login=new.login,
        password=password,
        roles=list(new.roles),
        groups=[],
        attributes=dict(new.attributes),
        kind=new.kind.value,
        disabled=False,
        failures=0,
        created_at=now,
    )
    memberships.join_groups(session, user, new.groups, now)
    point(session, LOGIN, new.login, user)


def point(
    session: Session, kind: str, key: str, user: UserId, expires: datetime | None = None
) -> None:
    """Let a credential lead to an account."""
    session.insert(directory, kind=kind, key=key, account=user, expires_at=expires)


def forget(session: Session, kind: str, key: str) -> bool:
    """End a credential at once; False if it led nowhere."""
    return bool(session.delete(directory, directory.c.kind == kind, directory.c.key == key))


def forget_expired(session: Session, now: datetime) -> int:
    """Remove credentials that have expired."""
    return session.delete(directory, directory.c.expires_at <= now)


def add_token(
    session: Session,
    token_id: str,
    user: UserId,
    name: str,
    key: str,
    now: datetime,
    expires: datetime | None,
) -> None:
    """Add a token by its digest."""
    session.insert(
        token, id=token_id, account=user, name=name, digest=key, created_at=now, expires_at=expires
    )
    point(session, TOKEN, key, user, expires)


def revoke_tokens(session: Session, user: UserId, name: str) -> None:
    """End the account's tokens of this name."""
    query = session.select(token.c.digest).where(token.c.account == user, token.c.name == name)
    for row in session.all(query):
        forget(session, TOKEN, row.digest)
    session.delete(token, token.c.account == user, token.c.name == name)


def get_account(session: Session, user: UserId) -> Account | None:
    """Return an account by its id."""
    return _found(session, account.c.id == user)


def account_by_login(session: Session, login: str) -> Account | None:
    """Return an account of the tenant by its login."""
    return _found(session, account.c.login == login)


def find_account(session: Session, login: str) -> Account | None:
    """Return an account of the tenant by its id, or else by its login: no login hides an id."""
    return get_account(session, UserId(login)) or account_by_login(session, login)


def lock_account(session: Session, user: UserId) -> bool:
    """Keep an account as it is until the transaction ends; False if there is none."""
    query = session.select(account.c.id, lock=True).where(account.c.id == user)
    return session.first(query) is not None


def set_email(session: Session, user: UserId, address: str | None) -> bool:
    """Let an account's letters go to *address*, or none of them anywhere; False if it is so already."""
    query = session.select(account.c.attributes, lock=True).where(account.c.id == user)
    row = session.first(query)
    if row is None or row.attributes.get(EMAIL) == address:
        return False
    kept = {key: value for key, value in row.attributes.items() if key != EMAIL}
    given = {} if address is None else {EMAIL: address}
    return bool(session.update(account, account.c.id == user, attributes={**kept, **given}))


def people(session: Session) -> list[Account]:
    """Return the accounts of persons that are not disabled."""
    query = session.select(account).where(*_PERSONS).order_by(account.c.id)
    groups = memberships.groups_of_all(session)
    return [_account(row, groups.get(row.id, frozenset())) for row in session.all(query)]


def accounts_in(session: Session, group: str) -> list[Account]:
    """Return the accounts that belong to a group, in the order of their logins."""
    belongs = session.select(membership.c.account).where(membership.c.group == group)
    query = session.select(account).where(account.c.id.in_(belongs)).order_by(account.c.login)
    groups = memberships.groups_of_all(session)
    return [_account(row, groups[row.id]) for row in session.all(query)]


def members(session: Session, group: str) -> list[UserId]:
    """Return the persons of a group that are not disabled."""
    belongs = session.select(membership.c.account).where(membership.c.group == group)
    query = may_sign_in(session).where(account.c.id.in_(belongs)).order_by(account.c.id)
    return [UserId(row.id) for row in session.all(query)]


def logins(session: Session) -> Mapping[str, str]:
    """Return the login of every account id: names for the eyes of people in the tenant."""
    return {row.id: row.login for row in session.all(session.select(account.c.id, account.c.login))}


def password_state(session: Session, user: UserId, *, lock: bool = False) -> Row[Any] | None:
    """Return the password's stored form, the failures in a row and the end of the pause."""
    columns = (account.c.password, account.c.failures, account.c.paused_until, account.c.disabled)
    return session.first(session.select(*columns, lock=lock).where(account.c.id == user))


def note_failures(
    session: Session, user: UserId, failures: int, paused_until: datetime | None
) -> None:
    """Keep how often in a row a wrong password was given."""
    session.update(account, account.c.id == user, failures=failures, paused_until=paused_until)


def set_password(session: Session, user: UserId, password: str) -> None:
    """Replace the password's stored form."""
    session.update(account, account.c.id == user, password=password, failures=0, paused_until=None)


def may_sign_in(session: Session) -> Select[Any]:
    """Return the query for the ids of persons that are not disabled, to be part of another one."""
    return session.select(account.c.id).where(*_PERSONS)


_PERSONS = (account.c.kind == ActorKind.PERSON.value, account.c.disabled.is_(False))


def _found(session: Session, condition: ColumnElement[bool]) -> Account | None:
    row = session.first(session.select(account).where(condition))
    return None if row is None else _account(row, memberships.groups_of(session, UserId(row.id)))


def _account(row: Row[Any], groups: frozenset[str]) -> Account:
    return Account(
        id=UserId(row.id),
        tenant=TenantId(row.tenant),
        login=row.login,
        roles=tuple(row.roles),
        groups=tuple(sorted(groups)),
        attributes=row.attributes,
        kind=ActorKind(row.kind),
        disabled=row.disabled,
    )
