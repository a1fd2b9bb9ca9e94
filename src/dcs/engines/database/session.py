"""One unit of work inside one tenant: the only way to reach a row."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NewType

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    Row,
    Select,
    Table,
    Update,
    bindparam,
    insert,
    select,
)
from sqlalchemy import delete as sql_delete
from sqlalchemy import update as sql_update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from dcs.core.errors import ConflictError
from dcs.core.ids import TenantId

Platform = NewType("Platform", str)
PLATFORM = Platform("*")
"""The scope of the machinery itself: it sees the shared tables of all tenants, and nothing else."""

Scope = TenantId | Platform
_SCOPE = "dcs_scope"


class DuplicateRowError(ConflictError):
    """A row with this key exists already."""

    code = "duplicate_row"


class ScopeError(RuntimeError):
    """A statement was built outside the session that runs it, or reaches beyond its tenant."""


class Session:
    """
    Read and write the rows of one tenant in one transaction.

    Statements start at `select`, `insert`, `update` or `delete`, each of which
    adds the tenant by itself; a statement that was made elsewhere is refused.
    The transaction is committed by the database once the unit of work returns,
    and rolled back whole if it raises.
    """

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self.scope = scope
        self._connection = connection
        self._after_commit: list[Callable[[], None]] = []

    @property
    def tenant(self) -> TenantId:
        """The tenant of this unit of work; the platform's own work has none."""
        if self.scope == PLATFORM:
            raise ScopeError("the platform's session belongs to no tenant")
        return TenantId(self.scope)

    @property
    def is_postgresql(self) -> bool:
        """Whether this runs on PostgreSQL: for the few statements that must differ."""
        return self._connection.dialect.name == "postgresql"

    def select(self, *entities: Any, lock: bool = False) -> Select[Any]:
        """
        Begin a query over columns or tables, already limited to the tenant.

        Args:
            entities: Columns and tables; every table among them is limited.
            lock: Keep the rows from changing until this unit of work ends. SQLite
                has one writer, so there it is true without asking.
        """
        query = select(*entities)
        for table in _tables_of(entities):
            query = query.where(*self._limits(table))
        if lock and self.is_postgresql:
            # Whoever has added a row that refers to this one shares its key: that is not in the way.
            query = query.with_for_update(key_share=True)
        return query.execution_options(**{_SCOPE: self.scope})

    def all(self, query: Select[Any], **parameters: Any) -> Sequence[Row[Any]]:
        """Return every row of *query*; *parameters* are for one that is built once and kept."""
        return self._connection.execute(self._own(query), parameters).all()

    def first(self, query: Select[Any]) -> Row[Any] | None:
        """Return the first row of *query*, or None."""
        return self._connection.execute(self._own(query.limit(1))).first()

    def scalar(self, query: Select[Any]) -> Any:
        """Return the first column of the first row of *query*, or None."""
        row = self.first(query)
        return None if row is None else row[0]

    def get(
        self, table: Table, *, lock: bool = False, only: tuple[str, ...] = (), **key: Any
    ) -> Row[Any] | None:
        """
        Return the tenant's row whose columns have these values, or None.

        The statement is built once for each table and key, so that it costs a
        third of a query that begins with `select`: for what is looked up all the time.

        Args:
            lock: Keep the row from changing until this unit of work ends.
            only: The columns that are wanted; all of them by default.
        """
        query = _by_key(table, self._names(table, key), only, lock and self.is_postgresql)
        return self._connection.execute(query, self._of_key(key)).first()

    def find(self, table: Table, **key: Any) -> Sequence[Row[Any]]:
        """Return the tenant's rows whose columns have these values, in no order; as quick as `get`."""
        query = _by_key(table, self._names(table, key), (), False)
        return self._connection.execute(query, self._of_key(key)).all()

    def change(self, table: Table, key: Mapping[str, Any], **values: Any) -> int:
        """Give columns of the rows with this key new values; as quick as `get`."""
        statement = _change_by_key(table, self._names(table, key))
        return self._connection.execute(statement, {**self._of_key(key), **values}).rowcount

    def insert(self, table: Table, **values: Any) -> None:
        """
        Add a row to the tenant.

        Raises:
            DuplicateRowError: The key is taken. The unit of work must end.
        """
        try:
            self._connection.execute(_insert(table), self._stamped(table, values))
        except IntegrityError as error:
            raise DuplicateRowError(
                f"A row of {table.name} with this key exists already."
            ) from error

    def insert_many(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows to the tenant, whose keys must all be free: for what comes by the thousand."""
        if rows:
            stamped = [self._stamped(table, dict(row)) for row in rows]
            self._connection.execute(insert(table), stamped)

    def insert_new(self, table: Table, **values: Any) -> bool:
        """Add a row unless one with the same key is there; say whether it was added."""
        statement = _insert_new(table, self.is_postgresql)
        return self._connection.execute(statement, self._stamped(table, values)).rowcount == 1

    def update(self, table: Table, *conditions: ColumnElement[bool], **values: Any) -> int:
        """Change the tenant's rows that meet all *conditions*; return how many there were."""
        statement = sql_update(table).where(*self._limits(table), *conditions).values(**values)
        return self._connection.execute(statement).rowcount

    def delete(self, table: Table, *conditions: ColumnElement[bool]) -> int:
        """Remove the tenant's rows that meet all *conditions*; return how many there were."""
        statement = sql_delete(table).where(*self._limits(table), *conditions)
        return self._connection.execute(statement).rowcount

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call *callback* once the transaction is durable. It must be quick and not raise.

        However often the same one is given, it is called once.
        """
        if callback not in self._after_commit:
            self._after_commit.append(callback)

    def committed(self) -> None:
        """Run the callbacks; called by the database, once, after its commit."""
        for callback in self._after_commit:
            callback()

    def _names(self, table: Table, key: Mapping[str, Any]) -> tuple[str, ...]:
        self._limits(table)
        return tuple(key) if self.scope == PLATFORM else ("tenant", *key)

    def _of_key(self, key: Mapping[str, Any]) -> dict[str, Any]:
        named = {f"key_{name}": value for name, value in key.items()}
        return named if self.scope == PLATFORM else {"key_tenant": self.scope, **named}

    def _limits(self, table: Table) -> list[ColumnElement[bool]]:
        if self.scope == PLATFORM:
            if not table.info.get("shared"):
                raise ScopeError(f"the platform may not look into {table.name}")
            return []
        return [table.c.tenant == self.scope]

    def _stamped(self, table: Table, values: dict[str, Any]) -> dict[str, Any]:
        self._limits(table)
        return values if self.scope == PLATFORM else {**values, "tenant": self.tenant}

    def _own(self, query: Select[Any]) -> Select[Any]:
        if query.get_execution_options().get(_SCOPE) != self.scope:
            raise ScopeError("begin every query with session.select")
        return query


def _conditions(table: Table, names: tuple[str, ...]) -> list[ColumnElement[bool]]:
    return [table.c[name] == bindparam(f"key_{name}") for name in names]


@cache
def _by_key(table: Table, names: tuple[str, ...], only: tuple[str, ...], lock: bool) -> Select[Any]:
    query = select(*(table.c[name] for name in only)) if only else select(table)
    query = query.where(*_conditions(table, names))
    return query.with_for_update(key_share=True) if lock else query


@cache
def _change_by_key(table: Table, names: tuple[str, ...]) -> Update:
    return sql_update(table).where(*_conditions(table, names))


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _insert_new(table: Table, on_postgresql: bool) -> Insert:
    dialect = postgresql if on_postgresql else sqlite
    statement: Insert = dialect.insert(table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)


def _tables_of(entities: Sequence[Any]) -> list[Table]:
    found: dict[str, Table] = {}
    for table in _sources(entities):
        if not isinstance(table, Table):
            raise ScopeError("select columns of tables; joins are added to the query")
        found[table.name] = table
    return list(found.values())


def _sources(entities: Sequence[Any]) -> Sequence[Any]:
    """Return what a query over *entities* reads from; asking SQLAlchemy itself compiles the query."""
    if all(isinstance(each, Table | Column) for each in entities):
        return [each.table if isinstance(each, Column) else each for each in entities]
    return select(*entities).get_final_froms()
