"""
A DuckDB that holds one table and nothing else, and that no statement can open again.

The table stays in its Parquet file, the one path that may be read once external access
is off, so that memory does not grow with it: 0.35 GB at the peak of a distinct count
over 506 MB with a limit of 256 MiB. Registering it as a stream of Arrow batches would
not do, since a second query finds the stream empty.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import duckdb

from dcs.validation.rules.models import MIB, RuleLimits
from dcs.validation.rules.names import folded, is_usable, shown
from dcs.validation.rules.queries import Words
from dcs.validation.rules.refusal import RefusedError
from dcs.validation.sql import quoted_name, quoted_text

MOST_NAMED = 5  # unknown names in one message
ROWS = "rows of the file"  # the view that row rules and our own counts read


class LockedTable:
    """
    One published table under the names that rules use for it.

    Attributes:
        columns: The columns as DuckDB names them.
        rows: How many rows there are.
    """

    def __init__(self, path: Path, names: Iterable[str], scratch: Path, limits: RuleLimits) -> None:
        self._connection = duckdb.connect(":memory:")
        for setting, value in _settings(scratch, limits).items():
            self._set(setting, value)
        self._connection.execute(f"SET GLOBAL allowed_paths=[{quoted_text(str(path))}]")
        source = f"read_parquet({quoted_text(str(path))})"
        wanted = {folded(each): each for each in (*filter(is_usable, names), ROWS)}
        for name in wanted.values():
            self._connection.execute(f"CREATE VIEW {quoted_name(name)} AS SELECT * FROM {source}")  # noqa: S608  # quoted
        self.columns = tuple(
            row[0] for row in self._connection.execute(f"DESCRIBE {quoted_name(ROWS)}").fetchall()
        )
        self.rows: int = self._connection.execute(
            f"SELECT count(*) FROM {quoted_name(ROWS)}"  # noqa: S608  # quoted
        ).fetchall()[0][0]
        self._set("enable_external_access", False)
        self._set("lock_configuration", True)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every column's name, folded."""
        return frozenset(folded(each) for each in self.columns)

    def require(self, words: Words) -> None:
        """
        Hold the names a rule uses against the table's columns.

        Raises:
            RefusedError: One of them is nothing the rule can know.
        """
        if unknown := words.unknown(self.known):
            named = ", ".join(map(shown, unknown[:MOST_NAMED]))
            raise RefusedError(f"names what is no column of the table: {named}")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a connection of its own to the same table."""
        return self._connection.cursor()

    def close(self) -> None:
        """Let go of the table."""
        self._connection.close()

    def _set(self, setting: str, value: str | int | bool) -> None:
        """Set something for all connections; a plain SET would hold for this one alone."""
        shown = quoted_text(value) if isinstance(value, str) else str(value).lower()
        self._connection.execute(f"SET GLOBAL {setting}={shown}")


def _settings(scratch: Path, limits: RuleLimits) -> dict[str, str | int | bool]:
    """Return what is set before the table is opened; afterwards nothing can be."""
    return {
        "memory_limit": f"{max(limits.memory // MIB, 16)}MiB",
        "threads": limits.threads,
        "async_threads": 1,
        "temp_directory": str(scratch / "spill"),
        "max_temp_directory_size": f"{max(limits.spill // MIB, 1)}MiB",
        "TimeZone": "UTC",
        "python_enable_replacements": False,  # no variable of this program is a table
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_extension_repositories": "forbidden",
        "allow_persistent_secrets": False,
        "secret_directory": "",
        "enable_external_file_cache": False,
        "catalog_error_max_schemas": 0,  # an error proposes no names from elsewhere
    }
