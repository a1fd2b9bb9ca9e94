"""
How tables are declared, so that no table can forget its tenant.

Every table of a service folder is made by `tenant_table`: it gets a
``tenant`` column as the first part of its primary key. On PostgreSQL the
migrations give each one row-level security; on both databases a `Session`
adds the tenant to every statement.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Dialect,
    ForeignKeyConstraint,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """
    An aware UTC datetime kept as whole microseconds since 1970.

    A number compares, sorts and indexes the same on both databases, and a
    time zone cannot get lost on the way, as it does in SQLite's date texts.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse a naive datetime; everything else becomes microseconds."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs a time zone")
        return (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


Document = JSON().with_variant(JSONB(), "postgresql")
"""A JSON value: text on SQLite, ``jsonb`` on PostgreSQL."""

Id = String(64)
"""An id: a UUIDv7 in text form, or a tenant's short name."""


def tenant_table(
    name: str, *columns: Any, key: tuple[str, ...] = ("id",), shared: bool = False
) -> Table:
    """
    Declare a table whose rows each belong to one tenant.

    Args:
        name: The table's name, singular.
        columns: Columns and constraints, without the tenant.
        key: The columns that, after ``tenant``, make the primary key.
        shared: Whether the platform may look across tenants here. True only for
            what the machinery itself must find: jobs, the outbox, the directory
            of credentials. Such rows hold ids, never content.
    """
    return Table(
        name,
        metadata,
        Column("tenant", Id, nullable=False),
        *columns,
        PrimaryKeyConstraint("tenant", *key),
        info={"shared": shared},
    )


def belongs_to(parent: str, column: str, parent_key: str = "id") -> ForeignKeyConstraint:
    """Point *column* at a row of *parent* in the same tenant: a foreign key that cannot cross."""
    return ForeignKeyConstraint(["tenant", column], [f"{parent}.tenant", f"{parent}.{parent_key}"])
