"""The first wall: what is no harmless SELECT is refused by the parser's own tree."""

import duckdb
import pytest

from dcs.validation.rules.queries import Query, read_expression, read_query
from dcs.validation.rules.refusal import RefusedError


def read(query: str, table: str = "data") -> Query:
    with duckdb.connect(":memory:") as connection:
        return read_query(connection, query, table)


ESCAPES = {
    # files
    "a bare path": "SELECT count(*) FROM '/etc/passwd'",
    "a bare path in quotes": 'SELECT count(*) FROM "/etc/passwd"',
    "a pattern of paths": "SELECT count(*) FROM '/etc/*.csv'",
    "read_csv": "SELECT count(*) FROM read_csv('/etc/passwd')",
    "read_csv_auto": "SELECT count(*) FROM read_csv_auto('/etc/passwd')",
    "read_text": "SELECT length(content) FROM read_text('/etc/passwd')",
    "read_blob": "SELECT size FROM read_blob('/etc/passwd')",
    "read_json": "SELECT count(*) FROM read_json('/etc/passwd')",
    "read_json_auto": "SELECT count(*) FROM read_json_auto('/etc/passwd')",
    "read_json_objects": "SELECT count(*) FROM read_json_objects('/etc/passwd')",
    "read_ndjson": "SELECT count(*) FROM read_ndjson('/etc/passwd')",
    "read_parquet": "SELECT count(*) FROM read_parquet('x.parquet')",
    "parquet_scan": "SELECT count(*) FROM parquet_scan('x.parquet')",
    "parquet_metadata": "SELECT count(*) FROM parquet_metadata('x.parquet')",
    "read_duckdb": "SELECT count(*) FROM read_duckdb('x.db')",
    "sniff_csv": "SELECT count(*) FROM sniff_csv('/etc/passwd')",
    "glob": "SELECT count(*) FROM glob('/*')",
    "a file in a subquery": "SELECT (SELECT count(*) FROM read_text('/etc/passwd'))",
    "a file in a join": "SELECT count(*) FROM data JOIN read_text('/etc/passwd') AS f ON true",
    "a file in an order": "SELECT 1 FROM data ORDER BY (SELECT 1 FROM read_text('/etc/passwd'))",
    "a file in a limit": "SELECT 1 FROM data LIMIT (SELECT 1 FROM read_text('/etc/passwd'))",
    "a file in an argument": "SELECT count(*) FROM range((SELECT 1 FROM read_text('/etc/passwd')))",
    "a file in a filter": "SELECT count(*) FILTER ((SELECT true FROM '/etc/passwd')) FROM data",
    "a file in a window": "SELECT sum(1) OVER (ORDER BY (SELECT 1 FROM '/etc/passwd')) FROM data",
    "a file in a case": "SELECT CASE WHEN 1 IN (SELECT 1 FROM '/etc/passwd') THEN 1 END",
    "a file in a lambda": "SELECT list_transform([1], lambda x: (SELECT 1 FROM '/etc/passwd'))",
    "a file among values": "SELECT count(*) FROM (VALUES ((SELECT 1 FROM '/etc/passwd')))",
    "a file in a union": "SELECT 1 UNION ALL SELECT count(*) FROM '/etc/passwd'",
    "a file in a named query": "WITH x AS (FROM '/etc/passwd') SELECT count(*) FROM x",
    "a file in a star": "SELECT count(COLUMNS(c -> c IN (SELECT 'a' FROM '/etc/passwd'))) FROM data",
    "http": "SELECT count(*) FROM 'https://example.org/x.csv'",
    "http with a function": "SELECT count(*) FROM read_csv('http://169.254.169.254/')",
    "s3": "SELECT count(*) FROM 's3://bucket/x.parquet'",
    # statements
    "copy out": "COPY data TO '/tmp/x'",
    "copy a query out": "COPY (SELECT 1) TO '/tmp/x'",
    "copy in": "COPY data FROM '/etc/passwd'",
    "attach": "ATTACH '/tmp/x.db'",
    "detach": "DETACH memory",
    "use": "USE memory",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "export": "EXPORT DATABASE '/tmp/x'",
    "import": "IMPORT DATABASE '/tmp/x'",
    "set": "SET memory_limit='10GB'",
    "set a variable": "SET VARIABLE x = 1",
    "reset": "RESET memory_limit",
    "pragma": "PRAGMA database_list",
    "pragma with a value": "PRAGMA threads=8",
    "call": "CALL pragma_version()",
    "create a table": "CREATE TABLE x AS SELECT 1",
    "create a view": "CREATE VIEW x AS SELECT 1",
    "create a macro": "CREATE MACRO count(x) AS 1",
    "create a secret": "CREATE SECRET x (TYPE s3)",
    "insert": "INSERT INTO data VALUES (1)",
    "insert in a named query": "WITH x AS (INSERT INTO data VALUES (1) RETURNING 1) SELECT 1 FROM x",
    "delete in a named query": "WITH x AS (DELETE FROM data RETURNING 1) SELECT count(*) FROM x",
    "update": "UPDATE data SET id = 1",
    "drop": "DROP VIEW data",
    "alter": "ALTER VIEW data RENAME TO x",
    "vacuum": "VACUUM",
    "checkpoint": "CHECKPOINT",
    "begin": "BEGIN",
    "prepare": "PREPARE x AS SELECT 1",
    "execute": "EXECUTE x",
    "explain": "EXPLAIN SELECT 1",
    "explain analyze": "EXPLAIN ANALYZE SELECT 1",
    "describe": "DESCRIBE data",
    "summarize": "SUMMARIZE data",
    "summarize within": "SELECT count(*) FROM (SUMMARIZE data)",
    "describe within": "SELECT count(*) FROM (DESCRIBE data)",
    "show": "SHOW TABLES",
    "show within": "SELECT count(*) FROM (SHOW ALL TABLES)",
    "pivot": "PIVOT data ON id",
    "two statements": "SELECT 1; SELECT 2",
    "two statements after a comment": "SELECT 1 /* ; */; SET threads=8",
    "nothing": "",
    "a comment alone": "-- SELECT 1",
    "no SQL": "every amount is positive",
    "a parameter": "SELECT count(*) FROM data WHERE id = $1",
    "a question mark": "SELECT count(*) FROM data WHERE id = ?",
    "a null character": "SELECT 1\0; SET threads=8",
    "a very long text": "SELECT " + "1 + " * 20_000 + "1",
    "a very deep one": "SELECT " + "+".join("1" * 900),
    # the machine, the session and the catalogue
    "getenv": "SELECT length(getenv('HOME'))",
    "current_setting": "SELECT length(current_setting('temp_directory'))",
    "getvariable": "SELECT getvariable('x')",
    "settings": "SELECT count(*) FROM duckdb_settings()",
    "secrets": "SELECT count(*) FROM duckdb_secrets()",
    "extensions": "SELECT count(*) FROM duckdb_extensions()",
    "logs": "SELECT count(*) FROM duckdb_logs",
    "views": "SELECT count(*) FROM duckdb_views",
    "information_schema": "SELECT count(*) FROM information_schema.tables",
    "pg_catalog": "SELECT count(*) FROM pg_catalog.pg_settings",
    "pg_class": "SELECT count(*) FROM pg_class",
    "sqlite_master": "SELECT count(*) FROM sqlite_master",
    "version": "SELECT length(version())",
    "a pragma's function": "SELECT count(*) FROM pragma_platform()",
    "current_query": "SELECT length(current_query())",
    "current_schemas": "SELECT len(current_schemas(true))",
    "a function by its catalogue": "SELECT system.main.current_setting('threads')",
    "a function by its schema": "SELECT main.lower('A')",
    "another table": "SELECT count(*) FROM other",
    "the view of the rows": 'SELECT count(*) FROM "rows of the file"',
    "a table by its schema": "SELECT count(*) FROM main.data",
    "a table of another time": "SELECT count(*) FROM data AT (VERSION => 1)",
    # text that is run
    "query": "SELECT * FROM query('SELECT 1')",
    "query_table": "SELECT count(*) FROM query_table('data')",
    "serialized SQL": "SELECT * FROM json_execute_serialized_sql('{}')",
    "a plan": "SELECT length(json_serialize_plan('SELECT 1'))",
    "a macro of Python": "SELECT count(*) FROM python_map_function()",
    "a pointer": "SELECT count(*) FROM arrow_scan(1, 2, 3)",
    "a function by its name in a text": "SELECT list_aggregate([1], 'sum')",
    "a sequence": "SELECT nextval('x')",
    "a log line": "SELECT write_log('x')",
    "sleep": "SELECT sleep_ms(1000000)",
    # not the same every time
    "random": "SELECT random()",
    "uuid": "SELECT count(*) FROM data WHERE uuid()::text > 'a'",
    "a sample": "SELECT count(*) FROM data USING SAMPLE 10",
    "a sample of a table": "SELECT count(*) FROM data TABLESAMPLE 10%",
    "an estimate": "SELECT approx_count_distinct(id) FROM data",
    # names that hide others
    "a name of the catalogue": "WITH duckdb_views AS (SELECT 1) SELECT count(*) FROM duckdb_views",
    "a name that is used before it is given": "WITH a AS (FROM b), b AS (SELECT 1) SELECT 1 FROM a",
    "a name that reads itself": "WITH x AS (SELECT * FROM x) SELECT count(*) FROM x",
    "a name of an inner query": "SELECT (WITH x AS (SELECT 1) SELECT 1) FROM x",
    "a recursive name in its beginning": "WITH RECURSIVE x AS (SELECT 1 AS n FROM x "
    "UNION ALL SELECT n FROM x) SELECT count(*) FROM x",
}


@pytest.mark.parametrize("query", ESCAPES.values(), ids=ESCAPES)
def test_whatever_is_no_harmless_query_of_the_table_is_refused(query: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read(query)
    assert refused.value.reason
    assert "/etc" not in refused.value.reason


HARMLESS = [
    "SELECT count(*) FROM data",
    "SELECT count(*) FROM DATA WHERE id > 3 -- ; DROP",
    "SELECT count(*) FROM data WHERE name = 'x; COPY data TO ''/tmp/x'''",
    "/* ; SET x */ SELECT count(*) FROM data;",
    "WITH x AS (SELECT * FROM data), y AS (SELECT * FROM x) SELECT count(*) FROM y",
    "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x WHERE n < 5) SELECT max(n) FROM x",
    "SELECT count(*) FROM (SELECT id FROM data GROUP BY id HAVING count(*) > 1)",
    "SELECT count(*) FILTER (amount < 0) FROM data",
    "SELECT count(*) FROM data AS a JOIN data AS b USING (id) WHERE a.x <> b.x",
    "SELECT count(*) FROM (SELECT lag(day) OVER (ORDER BY id) AS before, day FROM data) WHERE day < before",
    "SELECT count(*) FROM data WHERE email NOT LIKE '%_@_%' AND regexp_matches(email, '^\\S+$')",
    "SELECT count(*) FROM data WHERE born > current_date OR born < DATE '1900-01-01' - INTERVAL 3 DAY",
    "SELECT count(*) FROM range(10)",
    "FROM data SELECT count(DISTINCT upper(name))",
    "SELECT 100.0 * sum(CASE WHEN a IS NULL THEN 1 ELSE 0 END) / count(*) FROM data",
    "SELECT count(*) FROM data WHERE NOT EXISTS (SELECT 1 FROM data AS o WHERE o.id = data.parent)",
    "SELECT count(*) FROM data WHERE try_cast(a AS INTEGER) IS NULL AND a[1] = 'x' AND trim(a) <> ''",
]


@pytest.mark.parametrize("query", HARMLESS)
def test_what_people_write_is_let_through(query: str) -> None:
    assert read(query).text == query


@pytest.mark.parametrize("name", ["order", 'say "hi"', "größe 表", "a.b", "x;--", "read_text"])
def test_a_table_may_have_any_name(name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    assert read(f"SELECT count(*) FROM {quoted}", name).words.tables == {name}  # noqa: S608  # quoted


@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ("SELECT count(*) FROM data", True),
        ("SELECT round(100.0 * count(*) FILTER (a > 1) / nullif(count(a), 0), 2) FROM data", True),
        ("SELECT (SELECT count(*) FROM data) - (SELECT count(a) FROM data)", True),
        ("SELECT max(a) FROM data", False),
        ("SELECT count(*) + a FROM data GROUP BY a", False),
        ("SELECT count(*) + (SELECT max(a) FROM data) FROM data", False),
        ("SELECT sum(a) FROM data", False),
    ],
)
def test_a_number_made_of_counts_is_told_from_one_that_may_be_a_value(
    query: str, counts: bool
) -> None:
    assert read(query).counts is counts


NO_EXPRESSIONS = {
    "nothing": "",
    "two": "a > 1, b > 1",
    "two by force": "a > 1) , (b > 1",
    "with a name": "a > 1 AS b",
    "a query": "a > (SELECT max(a) FROM data)",
    "a query that is there": "EXISTS (SELECT 1)",
    "an aggregate": "a > avg(a)",
    "a count": "count(*) > 0",
    "a window": "a > lag(a) OVER ()",
    "a table": "a > 1 FROM data",
    "a table by force": "true) FROM (SELECT 1",
    "a condition": "a WHERE b",
    "an order": "a > 1 ORDER BY 1",
    "a limit": "a > 1 LIMIT 1",
    "a union": "a > 1 UNION SELECT true",
    "a star": "*",
    "columns by a pattern": "COLUMNS('a.*') > 1",
    "a second statement": "a > 1; SET threads=8",
    "a comment without an end": "a > 1 /*",
    "distinct": "DISTINCT a",
    "several rows": "unnest([true, false])",
    "a setting": "a > current_setting('threads')",
    "a parameter": "a > ?",
    "a place": "#1",
    "chance": "random() > 0.5",
}


@pytest.mark.parametrize("expression", NO_EXPRESSIONS.values(), ids=NO_EXPRESSIONS)
def test_a_row_rule_is_one_expression_over_one_row(expression: str) -> None:
    with duckdb.connect(":memory:") as connection, pytest.raises(RefusedError):
        read_expression(connection, expression)


@pytest.mark.parametrize(
    "expression",
    [
        "a > 1",
        "(a) OR (b)",
        "a > 1 -- comment",
        "list_filter(a, lambda x: x > b) = []",
        "a.b LIKE 'x;'",
    ],
)
def test_an_expression_may_use_all_that_looks_at_one_row(expression: str) -> None:
    with duckdb.connect(":memory:") as connection:
        assert "a" in read_expression(connection, expression).words.first
