"""Put the names of a table and a column into a query, quoted and only where names belong."""

import re

from dcs.validation.rules.refusal import RefusedError
from dcs.validation.sql import quoted_name

TABLE = frozenset({"table", "object"})

# What is skipped comes first: texts, comments, and names in quotes, whose quotes are used
# if there is nothing but a placeholder between them.
_PARTS = re.compile(
    r"""
    '(?:[^']|'')*'
  | \$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$
  | --[^\n]*
  | /\*.*?\*/
  | "\$?\{(?P<quoted>table|object|column|property)\}"
  | "(?:[^"]|"")*"
  | \$?\{(?P<bare>table|object|column|property)\}
    """,
    re.VERBOSE | re.DOTALL,
)


def filled(query: str, table: str, column: str | None) -> str:
    """
    Return *query* with every placeholder replaced by a quoted name.

    Inside of texts and comments nothing is replaced. This is no defence: what
    comes out is parsed and checked like any other query.

    Raises:
        RefusedError: It asks for a column and the rule belongs to none.
    """

    def name(found: re.Match[str]) -> str:
        placeholder = found["quoted"] or found["bare"]
        if placeholder is None:
            return found[0]
        if placeholder in TABLE:
            return quoted_name(table)
        if column is None:
            raise RefusedError("asks for a column, but the rule belongs to the whole table")
        return quoted_name(column)

    return _PARTS.sub(name, query)
