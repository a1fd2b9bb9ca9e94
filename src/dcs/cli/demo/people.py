"""The people of the demonstration: two organisations, ten accounts."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from dcs.auth import OPEN_ALL_WEEK, NewAccount
from dcs.core.clock import rfc3339
from dcs.core.errors import InvalidError
from dcs.core.ids import TenantId
from dcs.studio import Studio

TENANTS = {"acme": "Acme Corporation", "globex": "Globex Incorporated"}
TOKEN = "demo"  # noqa: S105  # the token's name


class DemoRefusedError(InvalidError):
    """Demonstration accounts have no place in production."""

    code = "demo_refused"


@dataclass(frozen=True, slots=True)
class Person:
    """One account of the demonstration."""

    login: str
    tenant: str
    role: str
    department: str
    clearance: int
    trained: bool = False
    what: str = ""


PEOPLE = (
    Person("producer", "acme", "producer", "sales", 2, what="sends files"),
    Person("steward", "acme", "steward", "governance", 2, what="decides at level 1"),
    Person("steward2", "acme", "steward", "governance", 3, what="decides at level 2"),
    Person("consumer", "acme", "consumer", "marketing", 1, what="reads, clearance 1"),
    Person("analyst", "acme", "analyst", "sales", 3, trained=True, what="reads, clearance 3"),
    Person("auditor", "acme", "auditor", "governance", 0, what="proves the record, clearance 0"),
    Person("admin", "acme", "admin", "it", 0, what="administers"),
    Person("globex-producer", "globex", "producer", "sales", 2, what="another organisation"),
    Person("globex-consumer", "globex", "consumer", "sales", 3, what="another organisation"),
    Person("globex-admin", "globex", "admin", "it", 0, what="another organisation"),
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A person with their credentials."""

    person: Person
    token: str = field(repr=False)
    password: str = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return what ``dcs demo --prepare`` prints of an account."""
        return {
            "tenant": self.person.tenant,
            "roles": [self.person.role],
            "token": self.token,
            "password": self.password,
            "department": self.person.department,
            "clearance": self.person.clearance,
            "employee": True,
        }


async def prepare(studio: Studio) -> Mapping[str, Prepared]:
    """
    Add the demonstration's tenants and people where they are missing, and issue new tokens.

    Raises:
        DemoRefusedError: This is production.
    """
    if studio.settings.environment == "production":
        raise DemoRefusedError("The demonstration does not run in production.")
    password = _password(studio.settings.data_dir)
    for tenant, name in TENANTS.items():
        await studio.identity.add_tenant(TenantId(tenant), name, OPEN_ALL_WEEK)
    return {person.login: await _prepare(studio, person, password) for person in PEOPLE}


async def _prepare(studio: Studio, person: Person, password: str) -> Prepared:
    tenant = TenantId(person.tenant)
    account = await studio.identity.account_by_login(tenant, person.login)
    if account is None:
        new = NewAccount(person.login, (person.role,), (), _attributes(studio, person))
        account = await studio.identity.add_account(tenant, new, password)
    token = await studio.identity.renew_token(tenant, account.id, TOKEN)
    return Prepared(person, token, password)


def _attributes(studio: Studio, person: Person) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "department": person.department,
        "clearance": person.clearance,
        "employee": True,
    }
    if person.trained:
        until = studio.clock.now() + timedelta(days=365)
        attributes["gdpr_training_until"] = rfc3339(until)
    return attributes


def _password(folder: Path) -> str:
    """Return the demonstration's password: made once for each data folder, never built in."""
    path = folder / "demo-password"
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    password = secrets.token_urlsafe(9)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        target.write(password + "\n")
    return password
