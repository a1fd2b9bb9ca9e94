"""
Read a rule's SQL with DuckDB's own parser, and let through what is known to be harmless.

What is walked is the parser's tree of exactly the text that is run, so there is no
second opinion on where a text, a comment or a statement ends. This is the first
wall; the locked connection (`locked`) is the second and the child process with its
empty environment the third.
"""

import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from dcs.validation.rules.allowed import (
    AGGREGATES,
    ARITHMETIC,
    CLOCK,
    COUNTS,
    EXPRESSIONS,
    PARTS,
    ROW_EXPRESSIONS,
    SCALARS,
    TABLES,
    WINDOWS,
)
from dcs.validation.rules.names import folded, shown
from dcs.validation.rules.refusal import RefusedError

MOST_CHARACTERS = 64 * 1024
RESERVED = ("duckdb_", "pg_", "pragma_", "sqlite_")  # names of DuckDB's own catalogue

Node = Mapping[str, Any]


@dataclass(slots=True)
class Words:
    """
    The names a query uses, folded.

    Attributes:
        first: First parts of the names that stand where a column may.
        every: All of their parts, and the columns two tables are joined by.
        last: Last parts: a column, a field, or a table that stands for its rows.
        given: Names the query gives to columns and parameters.
        tables: Names of tables: the rule's own, and what the query calls it.
        stars: Whether it uses columns without naming them.
    """

    first: set[str] = field(default_factory=set)
    every: set[str] = field(default_factory=set)
    last: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    stars: bool = False

    def unknown(self, columns: frozenset[str]) -> list[str]:
        """Return what is no column of the table, nor anything else the query knows."""
        return sorted(self.first - columns - self.given - self.tables - CLOCK)

    def may_show(self, hidden: frozenset[str]) -> bool:
        """Say whether the query may give a value of one of the *hidden* columns."""
        whole_rows = self.stars or bool(self.last & self.tables)
        return bool(hidden) and (whole_rows or bool(self.every & hidden))


@dataclass(frozen=True, slots=True)
class Query:
    """A query that may be run."""

    text: str
    tree: Node
    words: Words

    @property
    def counts(self) -> bool:
        """Whether its number is made of counts alone, so that it cannot be a cell's value."""
        return _counts(self.tree)


def read_query(cursor: duckdb.DuckDBPyConnection, text: str, table: str) -> Query:
    """
    Read one SELECT over *table*.

    Raises:
        RefusedError: It is something else, or uses what a rule may not use.
    """
    tree = _parsed(cursor, text)
    walk = _Walk(EXPRESSIONS, SCALARS | AGGREGATES | {"unnest"})
    walk.words.tables.add(folded(table))
    walk.over(tree, frozenset({folded(table)}))
    return Query(text, tree, walk.words)


def read_expression(cursor: duckdb.DuckDBPyConnection, text: str) -> Query:
    """
    Read one expression over the columns of a row; what it gives is not looked at.

    Raises:
        RefusedError: It is something else: several expressions, a query, an aggregate.
    """
    tree = _parsed(cursor, f"SELECT {text}")
    if not _is_one_expression(tree):
        raise RefusedError("is not one expression")
    walk = _Walk(ROW_EXPRESSIONS, SCALARS)
    walk.over(tree["select_list"][0], frozenset())
    return Query(text, tree, walk.words)


def _parsed(cursor: duckdb.DuckDBPyConnection, text: str) -> Node:
    if len(text) > MOST_CHARACTERS:
        raise RefusedError(f"is longer than {MOST_CHARACTERS:,} characters")
    if "\0" in text:
        raise RefusedError("holds a character that is no text")
    answer = cursor.execute("SELECT json_serialize_sql(?::VARCHAR)", [text]).fetchall()[0][0]
    try:
        document = json.loads(answer)
    except RecursionError as error:
        raise RefusedError("is nested too deeply") from error
    if document["error"]:
        raise RefusedError(_why_not(cursor, text, document))
    statements: list[Node] = document["statements"]
    if len(statements) != 1:
        raise RefusedError(f"holds {len(statements)} statements; a rule is one SELECT")
    if statements[0].get("named_param_map"):
        raise RefusedError("has a parameter, which nothing fills")
    tree: Node = statements[0]["node"]
    return tree


def _why_not(cursor: duckdb.DuckDBPyConnection, text: str, document: Node) -> str:
    """Say what a text is that is no SELECT, or where it cannot be read."""
    try:
        kinds = [each.type.name for each in cursor.extract_statements(text)]
    except duckdb.Error:
        place = document.get("position")
        where = f" near character {int(place) + 1}" if place is not None else ""
        return f"is not SQL that can be read{where}"
    if len(kinds) != 1:
        return f"holds {len(kinds)} statements; a rule is one SELECT"
    return f"is a statement of the kind {kinds[0]}; a rule is one SELECT"


def _is_one_expression(tree: Node) -> bool:
    """Say whether a tree is ``SELECT expression`` and nothing more."""
    usual: dict[str, Any] = {
        "modifiers": [],
        "cte_map": {"map": []},
        "where_clause": None,
        "group_expressions": [],
        "group_sets": [],
        "having": None,
        "sample": None,
        "qualify": None,
    }
    return (
        tree["type"] == "SELECT_NODE"
        and all(tree[key] == value for key, value in usual.items())
        and tree["from_table"]["type"] == "EMPTY"
        and tree["aggregate_handling"] == "STANDARD_HANDLING"
        and len(tree["select_list"]) == 1
        and not tree["select_list"][0]["alias"]
    )


class _Walk:
    """One way through a tree: refuse what is not allowed, note the names."""

    def __init__(self, expressions: frozenset[str], functions: frozenset[str]) -> None:
        self.words = Words()
        self._expressions = expressions
        self._functions = functions

    def over(self, tree: Node, tables: frozenset[str]) -> None:
        """Look at every part of *tree*, with the tables that are visible there."""
        waiting: list[tuple[Any, frozenset[str]]] = [(tree, tables)]
        while waiting:
            part, visible = waiting.pop()
            if isinstance(part, list):
                waiting += ((each, visible) for each in part)
            elif isinstance(part, dict):
                waiting += self._inside(part, visible)

    def _inside(self, part: Node, visible: frozenset[str]) -> Iterator[tuple[Any, frozenset[str]]]:
        """Judge one part; yield what is inside of it, each with what is visible there."""
        self._note_given(part)
        if part.get("sample") is not None or part.get("at_clause") is not None:
            raise RefusedError("looks at a part of the table that is not the same every time")
        if "class" in part:
            yield from ((each, visible) for each in self._expression(part))
            return
        kind = part.get("type")
        if isinstance(kind, str) and kind not in PARTS:
            raise RefusedError(f"uses {_words(kind)}, which a rule may not")
        if kind == "BASE_TABLE":
            self._table(part, visible)
        elif kind == "JOIN":
            self.words.every |= {folded(each) for each in part["using_columns"]}
            self.words.stars |= part["ref_type"] == "NATURAL"
        for key, value in part.items():
            if key == "cte_map":
                visible = yield from self._named(value["map"], visible)
        for key, value in part.items():
            if kind == "TABLE_FUNCTION" and key == "function":
                self._call(value, TABLES)
                yield value["arguments"], visible
            elif kind == "RECURSIVE_CTE_NODE" and key == "right":
                yield value, visible | {folded(part["cte_name"])}
            elif key != "cte_map":
                yield value, visible

    def _named(
        self, queries: list[Node], visible: frozenset[str]
    ) -> Generator[tuple[Any, frozenset[str]], None, frozenset[str]]:
        """Yield the queries of a WITH, each with those before it; return what all make visible."""
        for each in queries:
            name = folded(each["key"])
            if name.startswith(RESERVED):
                raise RefusedError("gives a query a name that belongs to the database's catalogue")
            self.words.tables.add(name)
            yield each["value"], visible
            visible |= {name}
        return visible

    def _note_given(self, part: Node) -> None:
        for key in ("column_name_alias", "aliases"):
            self.words.given |= {folded(each) for each in part.get(key) or ()}
        self.words.stars |= bool(part.get("column_name_alias"))  # columns by their place
        if part.get("alias"):
            (self.words.given if "class" in part else self.words.tables).add(folded(part["alias"]))

    def _table(self, part: Node, visible: frozenset[str]) -> None:
        path = part["qualified_name"]["path"]
        if len(path) != 1 or folded(path[0]) not in visible:
            raise RefusedError("reads something other than the table it belongs to")

    def _expression(self, part: Node) -> Iterator[Any]:
        kind = part["class"]
        if kind not in self._expressions:
            raise RefusedError(f"uses {_words(kind)}, which a rule may not")
        match kind:
            case "CONSTANT":
                return
            case "COLUMN_REF":
                names = [folded(each) for each in part["column_names"]]
                self.words.first.add(names[0])
                self.words.every |= set(names)
                self.words.last.add(names[-1])
            case "STAR" | "POSITIONAL_REFERENCE":
                self.words.stars = True
            case "FUNCTION":
                self._call(part, self._functions)
            case "WINDOW":
                self._call(part, AGGREGATES | WINDOWS)
            case "LAMBDA":
                self.words.given |= set(_columns(part["lhs"]))
            case _:
                pass
        yield from part.values()

    def _call(self, part: Node, allowed: frozenset[str]) -> None:
        path = part["qualified_name"]["path"]
        if len(path) != 1 or folded(path[0]) not in allowed:
            raise RefusedError(f"calls {shown('.'.join(path))}, which a rule may not")
        if part.get("class") == "FUNCTION" and folded(path[0]) in TABLES:
            self.words.given.add(folded(path[0]))  # so its column is called


def _columns(part: Any) -> Iterator[str]:
    """Yield the names in the left side of a lambda."""
    if isinstance(part, dict):
        if part.get("class") == "COLUMN_REF":
            yield folded(part["column_names"][0])
        for each in part.values():
            yield from _columns(each)
    elif isinstance(part, list):
        for each in part:
            yield from _columns(each)


def _counts(part: Node) -> bool:
    """Say whether a query or an expression gives a number made of counts and constants."""
    match part.get("class", part.get("type")):
        case "SELECT_NODE":
            chosen = part["select_list"]
            return len(chosen) == 1 and _counts(chosen[0])
        case "SUBQUERY":
            return part["subquery_type"] == "SCALAR" and _counts(part["subquery"]["node"])
        case "CONSTANT":
            return True
        case "CAST":
            return _counts(part["child"])
        case "FUNCTION":
            name = folded(part["function_name"])
            made = (each["expression"] for each in part["arguments"])
            return name in COUNTS or (name in ARITHMETIC | {"nullif"} and all(map(_counts, made)))
        case _:
            return False


def _words(kind: str) -> str:
    return kind.lower().replace("_", " ")
