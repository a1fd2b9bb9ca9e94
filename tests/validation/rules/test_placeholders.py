"""Names of tables and columns in a query: quoted, and only where names belong."""

import pytest

from dcs.validation.rules.placeholders import filled
from dcs.validation.rules.refusal import RefusedError


@pytest.mark.parametrize(
    ("query", "becomes"),
    [
        ("SELECT ${column} FROM ${table}", 'SELECT "a""b" FROM "t;x"'),
        ("SELECT {column} FROM {table}", 'SELECT "a""b" FROM "t;x"'),
        ("SELECT ${property} FROM ${object}", 'SELECT "a""b" FROM "t;x"'),
        ('SELECT "${column}" FROM "{table}"', 'SELECT "a""b" FROM "t;x"'),
        ("SELECT '${column}', {column}", 'SELECT \'${column}\', "a""b"'),
        ("SELECT 'it''s {column}'", "SELECT 'it''s {column}'"),
        ("SELECT 1 -- {column}\n, {column}", 'SELECT 1 -- {column}\n, "a""b"'),
        ("SELECT /* {table} */ {column}", 'SELECT /* {table} */ "a""b"'),
        ("SELECT $$ {table} $$, $x$ {column} $x$", "SELECT $$ {table} $$, $x$ {column} $x$"),
        ("SELECT {'a': 1}, '\\d{3}', {other}", "SELECT {'a': 1}, '\\d{3}', {other}"),
    ],
)
def test_a_placeholder_becomes_a_quoted_name_and_a_text_stays_a_text(
    query: str, becomes: str
) -> None:
    assert filled(query, "t;x", 'a"b') == becomes


def test_a_rule_of_the_whole_table_has_no_column() -> None:
    with pytest.raises(RefusedError, match="whole table"):
        filled("SELECT {column} FROM {table}", "t", None)
