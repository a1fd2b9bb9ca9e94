"""The second wall: what the connection itself refuses, were the first not there."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dcs.validation.rules import RuleLimits
from dcs.validation.rules.locked import LockedTable

hidden_from_sql = [1, 2, 3]  # a variable that a replacement scan would find


@pytest.fixture
def locked(people: Path, tmp_path: Path) -> Iterator[LockedTable]:
    table = LockedTable(people, ["data", "order", 'say "hi"'], tmp_path, RuleLimits())
    yield table
    table.close()


CLOSED = {
    "a path": "SELECT * FROM '/etc/passwd'",
    "read_text": "SELECT * FROM read_text('/etc/passwd')",
    "read_csv": "SELECT * FROM read_csv('/etc/passwd')",
    "read_blob": "SELECT * FROM read_blob('/proc/self/environ')",
    "read_parquet of a neighbour": "SELECT * FROM read_parquet('{folder}/other.parquet')",
    "a path that leads away": "SELECT * FROM read_parquet('{table}/../other.parquet')",
    "glob": "SELECT * FROM glob('{folder}/*')",
    "http": "SELECT * FROM read_csv('https://example.org/x.csv')",
    "copy out": "COPY (SELECT 1) TO '{folder}/stolen.csv'",
    "copy beside the table": "COPY (SELECT 1) TO '{table}.csv'",
    "attach": "ATTACH '{folder}/stolen.db'",
    "export": "EXPORT DATABASE '{folder}/stolen'",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "load a library": "LOAD '{folder}/evil.duckdb_extension'",
    "open access again": "SET enable_external_access=true",
    "unlock": "SET lock_configuration=false",
    "reset the lock": "RESET lock_configuration",
    "more memory": "SET memory_limit='100GB'",
    "more threads": "PRAGMA threads=64",
    "allow a path": "SET allowed_paths=['/etc/passwd']",
    "another folder to spill": "SET temp_directory='/tmp'",
    "a secret": "CREATE PERSISTENT SECRET x (TYPE s3, KEY_ID 'x', SECRET 'y')",
    "a log on disk": "CALL enable_logging(storage='file', storage_config={{'path': '{folder}'}})",
    "a profile on disk": "SET profiling_output='{folder}/stolen.json'",
    "a variable of Python": "SELECT * FROM hidden_from_sql",
}


@pytest.mark.parametrize("statement", CLOSED.values(), ids=CLOSED)
def test_a_locked_table_opens_nothing(
    locked: LockedTable, people: Path, tmp_path: Path, statement: str
) -> None:
    (tmp_path / "other.parquet").write_bytes(people.read_bytes())
    before = sorted(tmp_path.iterdir())
    with pytest.raises(duckdb.Error):
        locked.cursor().execute(statement.format(folder=tmp_path, table=people)).fetchall()
    assert sorted(tmp_path.iterdir()) == before


def test_no_variable_of_python_is_a_table_even_with_access_to_files() -> None:
    import pyarrow as pa

    here = pa.table({"x": [1]})
    with duckdb.connect(":memory:") as connection:
        assert connection.cursor().sql("SELECT * FROM here").fetchall() == [(1,)]
        connection.execute("SET GLOBAL python_enable_replacements=false")
        with pytest.raises(duckdb.CatalogException):
            connection.cursor().sql("SELECT * FROM here")
    assert here.num_rows == 1


def test_the_lock_holds_on_every_connection_to_the_table(locked: LockedTable) -> None:
    for _ in range(3):
        cursor = locked.cursor()
        with pytest.raises(duckdb.Error):
            cursor.execute("SET threads=8")
        cursor.close()
    asked = "SELECT name, value FROM duckdb_settings()"
    settings = dict(locked.cursor().execute(asked).fetchall())
    expected = {
        "enable_external_access": "false",
        "lock_configuration": "true",
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_persistent_secrets": "false",
        "allow_extension_repositories": "forbidden",
        "secret_directory": "",
        "threads": "1",
        "async_threads": "1",
        "memory_limit": "512.0 MiB",
        "max_temp_directory_size": "4.0 GiB",
        "TimeZone": "UTC",
    }
    assert {name: settings[name] for name in expected} == expected


def test_the_table_is_there_again_and_again_under_each_of_its_names(locked: LockedTable) -> None:
    for name in ("data", "DATA", '"order"', '"say ""hi"""') * 2:
        assert locked.cursor().execute(f"SELECT count(*) FROM {name}").fetchall() == [(4,)]  # noqa: S608  # above
    assert locked.rows == 4
    assert locked.columns == ("id", 'Full "Name', "ssn", "größe", "born", "select")
