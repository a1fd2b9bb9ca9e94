"""Keys: values that occur once, alone or together, and values that another table must have."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dcs.validation.contracts.metrics import repeated
from dcs.validation.contracts.promises import Promise, Rows, not_evaluated
from dcs.validation.contracts.terms import ContractColumn, ContractObject, Relationship
from dcs.validation.models import Check
from dcs.validation.sql import quoted_name, quoted_text

_ONCE = "repeated although it must be unique: {count}"


def unique_promises(table: Rows, column: ContractColumn, alone: bool) -> Iterator[Promise]:
    """
    Yield the promise that a column repeats no value.

    Args:
        alone: Whether it is the only column of the primary key, if it is in it.
    """
    if column.unique or (column.primary_key and alone):
        member = "unique" if column.unique else "primaryKey"
        yield _unique(table, f"{column.path}.{member}", "unique", (column.name,))


def composite_key(table: Rows, of: ContractObject) -> Iterator[Promise | Check]:
    """Yield the promise that no combination of the primary key's columns is repeated."""
    names = tuple(each.name for each in of.primary_key)
    if len(names) < 2:
        return
    path = f"{of.path}.properties"
    absent = [name for name in names if name not in table.names]
    if absent:
        why = f"the file has no column {absent[0]!r}"
        yield not_evaluated(path, "primary_key", None, why, dimension="uniqueness")
        return
    yield _unique(table, path, "primary_key", names)


def _unique(table: Rows, path: str, rule: str, names: tuple[str, ...]) -> Promise:
    return Promise(
        path,
        rule,
        names,
        repeated(table, names),
        _ONCE,
        "Remove the repetitions.",
        "uniqueness",
        groups=True,
    )


def foreign_key(
    table: Rows, relationship: Relationship, references: Mapping[str, Path]
) -> Promise | Check:
    """
    Return the promise that every value is one of another table, or why nobody can tell.

    Args:
        references: Tables as Parquet by the name of their dataset; those that whoever
            sent the file may read.
    """
    target, names = relationship.target, relationship.columns
    why = _why_not(table, relationship, references)
    column = names[0] if len(names) == 1 else None
    if why:
        return not_evaluated(
            relationship.path, "relationship", column, why, dimension="consistency"
        )
    texts = [table.text(name) for name in names]
    filled = " AND ".join(f"{each} IS NOT NULL" for each in texts)
    known = (
        _own_values(table, relationship)
        if relationship.own
        else _other_values(table, relationship, references[target])
    )
    return Promise(
        relationship.path,
        "relationship",
        names,
        f"{filled} AND NOT EXISTS ({known})",
        f"not in {target!r}, which the contract refers to: {{count}}",
        f"Correct them, or send what is missing to {target!r} first.",
        "consistency",
    )


def _why_not(table: Rows, relationship: Relationship, references: Mapping[str, Path]) -> str:
    """Say why a relationship cannot be judged; empty if it can."""
    absent = [name for name in relationship.columns if name not in table.names]
    if absent:
        return f"the file has no column {absent[0]!r}"
    if not relationship.target:
        return "it names no column of one dataset of this organisation"
    if relationship.own:
        known: Sequence[str] = table.names
    elif relationship.target in references:
        known = pq.read_schema(references[relationship.target]).names
    else:
        return f"{relationship.target!r} is not readable by the submitter"
    lacking = [name for name in relationship.target_columns if name not in known]
    return f"{relationship.target!r} has no column {lacking[0]!r}" if lacking else ""


def _own_values(table: Rows, relationship: Relationship) -> str:
    """Return a query of the rows of the same table that hold the value."""
    pairs = zip(relationship.columns, relationship.target_columns, strict=True)
    same = " AND ".join(
        f"own.{table.text(target)} = data.{table.text(source)}" for source, target in pairs
    )
    return f"SELECT 1 FROM data AS own WHERE {same}"  # noqa: S608  # our own text


def _other_values(table: Rows, relationship: Relationship, path: Path) -> str:
    """Return a query of the rows of the other table that hold the value, by that table's types."""
    schema = pq.read_schema(path)
    pairs = zip(relationship.columns, relationship.target_columns, strict=True)
    same = " AND ".join(
        _same(table, source, schema.field(target), f"other.{quoted_name(target)}")
        for source, target in pairs
    )
    return f"SELECT 1 FROM read_parquet({quoted_text(str(path))}) AS other WHERE {same}"  # noqa: S608  # quoted


def _same(table: Rows, source: str, field: pa.Field, target: str) -> str:
    """Return SQL that is true where a value is the other table's value, however it is written here."""
    text, kind = table.text(source), field.type
    if pa.types.is_integer(kind):
        return f"try_cast({text} AS HUGEINT) = {target}"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return f"{table.number(source)} = CAST({target} AS DOUBLE)"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return f"try_cast({text} AS TIMESTAMP) = CAST({target} AS TIMESTAMP)"
    return f"{text} = CAST({target} AS VARCHAR)"
