"""
Turn columns of any Arrow type into the few kinds that are checked and published.

A value is kept exactly or as its exact text; a type that allows neither is
refused by name. Nested values become JSON texts. Bytes are read as text if
they are UTF-8 and refused otherwise: in bytes that nobody can read, nobody
could find personal data either.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dcs.validation.delimited.structure import MAX_CELL, StructureError
from dcs.validation.models import Sample

NESTED_DEPTH = 32
MOST_DIGITS = 38  # of a decimal in the published table

Convert = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True, slots=True)
class Column:
    """
    How one column is taken over.

    Attributes:
        kind: ``integer``, ``number``, ``boolean``, ``date``, ``timestamp`` or ``text``.
        type: Its Arrow type in the published table.
    """

    kind: str
    type: pa.DataType
    convert: Convert


def column_of(given: pa.DataType, position: int) -> Column:
    """
    Decide how a column of a type is taken over.

    Args:
        position: Which column, from 1; for messages.

    Raises:
        StructureError: Columns of this type are not read.
    """
    types = pa.types
    if types.is_dictionary(given):
        inner = column_of(given.value_type, position)
        return _after(inner, lambda values: values.dictionary_decode())
    if types.is_run_end_encoded(given):
        inner = column_of(given.value_type, position)
        return _after(inner, pc.run_end_decode)
    if isinstance(given, pa.BaseExtensionType):
        return _extension(given, position)
    if types.is_nested(given):
        readable = _readable(given, position, 1)
        return Column("text", pa.string(), lambda values: _json(values.cast(readable)))
    return _plain(given, position)


def converted(column: Column, values: pa.Array, position: int, first_row: int) -> pa.Array:
    """
    Take over the values of one batch.

    Args:
        position: Which column, from 1.
        first_row: The row of the first value, from 1.

    Raises:
        StructureError: A value cannot be kept exactly, is no text, or is too long.
    """
    try:
        taken = column.convert(values)
        if column.kind == "text":
            taken.validate(full=True)  # other programs write texts that are not UTF-8
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, KeyError, ValueError) as error:
        if "UTF8" in str(error):
            raise StructureError(
                "binary_values",
                f"Column {position} holds bytes that are not text in UTF-8; "
                "nothing could be found in them.",
                "Leave the column out, or write it as text.",
                samples=(Sample(first_row, "", "bytes"),),
            ) from error
        raise StructureError(
            "inexact_values",
            f"Column {position} holds values that cannot be kept exactly as {column.type}.",
            "Write the column as text.",
            samples=(Sample(first_row, "", f"column {position}"),),
        ) from error
    if column.kind == "text":
        _check_texts(taken, position, first_row)
    return taken


def _check_texts(values: pa.Array, position: int, first_row: int) -> None:
    longest = pc.max(pc.binary_length(values)).as_py() or 0
    if longest > MAX_CELL:
        row = pc.index(pc.greater(pc.binary_length(values), MAX_CELL), True).as_py()
        raise StructureError(
            "cell_too_large",
            f"Column {position} has a cell of more than {MAX_CELL:,} bytes in row "
            f"{first_row + row:,}.",
            "Shorten the cell, or send its content as a file of its own.",
            1,
            (Sample(first_row + row, "", "…"),),
        )
    nul = pc.index(pc.match_substring(values, "\0"), True).as_py()
    if nul >= 0:
        raise StructureError(
            "nul_bytes",
            f"Column {position} has a NUL character in row {first_row + nul:,}.",
            "Remove it; it often means that the value is not text, or was cut.",
            1,
            (Sample(first_row + nul, "", "?"),),
        )


def _after(inner: Column, first: Convert) -> Column:
    return Column(inner.kind, inner.type, lambda values: inner.convert(first(values)))


def _cast(kind: str, target: pa.DataType) -> Column:
    return Column(kind, target, lambda values: values.cast(target))


def _plain(given: pa.DataType, position: int) -> Column:
    """Decide about a type that is neither nested nor wrapped."""
    types = pa.types
    if types.is_boolean(given):
        return _cast("boolean", given)
    if types.is_integer(given):
        return _cast("integer", given)
    if types.is_floating(given):
        return _cast("number", pa.float32() if types.is_float16(given) else given)
    if types.is_decimal(given):
        exact = given.precision <= MOST_DIGITS and 0 <= given.scale <= given.precision
        if exact:
            return _cast("number", pa.decimal128(given.precision, given.scale))
        return Column("text", pa.string(), _decimal_texts)
    if types.is_date(given):
        return _cast("date", pa.date32())
    if types.is_timestamp(given):
        unit = "ns" if given.unit == "ns" else "us"
        return _cast("timestamp", pa.timestamp(unit, None if given.tz is None else "UTC"))
    if types.is_duration(given):
        unit = given.unit
        return Column("text", pa.string(), lambda values: _durations(values, unit))
    if _is_bytes(given):
        return Column("text", pa.string(), lambda values: values.cast(pa.binary()).cast("string"))
    if types.is_time(given) or types.is_null(given) or _is_text(given):
        return _cast("text", pa.string())
    raise _unsupported(given, position)


def _is_text(given: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_string(given) or types.is_large_string(given) or types.is_string_view(given)
    )


def _is_bytes(given: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_binary(given)
        or types.is_large_binary(given)
        or types.is_fixed_size_binary(given)
        or types.is_binary_view(given)
    )


def _extension(given: pa.BaseExtensionType, position: int) -> Column:
    if given.extension_name == "arrow.uuid":
        return Column("text", pa.string(), _uuids)
    return _after(column_of(given.storage_type, position), lambda values: values.storage)


def _readable(given: pa.DataType, position: int, depth: int) -> pa.DataType:
    """Return the type that nested values are cast to before they become JSON."""
    types = pa.types
    if depth > NESTED_DEPTH:
        raise StructureError(
            "nested_too_deep",
            f"Column {position} is nested more than {NESTED_DEPTH} levels deep.",
            "Flatten the column.",
        )
    inside = depth + 1
    if types.is_struct(given):
        fields = [given.field(each) for each in range(given.num_fields)]
        if len({each.name for each in fields}) != len(fields):
            raise StructureError(
                "duplicate_keys",
                f"Column {position} has two fields of the same name.",
                "Give every field a name of its own.",
            )
        return pa.struct([(each.name, _readable(each.type, position, inside)) for each in fields])
    if types.is_map(given):
        return pa.map_(pa.string(), _readable(given.item_type, position, inside))
    if types.is_large_list(given):
        return pa.large_list(_readable(given.value_type, position, inside))
    if types.is_list(given) or types.is_fixed_size_list(given):
        return pa.list_(_readable(given.value_type, position, inside))
    if isinstance(given, pa.BaseExtensionType) or types.is_nested(given):
        raise _unsupported(given, position)  # unions, list views, and wrapped types inside others
    if types.is_dictionary(given):
        return _readable(given.value_type, position, inside)
    if types.is_boolean(given) or types.is_integer(given) or types.is_floating(given):
        return given
    _plain(given, position)
    return pa.string()


def _json(values: pa.Array) -> pa.Array:
    rows = values.to_pylist(maps_as_pydicts="strict")
    return pa.array([None if row is None else _dumped(row) for row in rows], pa.string())


def _dumped(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    """Write the numbers that JSON does not know as texts: NaN, Infinity, -Infinity."""
    match value:
        case dict():
            return {key: _finite(each) for key, each in value.items()}
        case list():
            return [_finite(each) for each in value]
        case float() if not math.isfinite(value):
            return json.dumps(value)
        case _:
            return value


def _decimal_texts(values: pa.Array) -> pa.Array:
    """Write decimals that are too long for the published table, digit by digit."""
    texts = [None if each is None else f"{each:f}" for each in values.to_pylist()]
    return pa.array(texts, pa.string())


def _durations(values: pa.Array, unit: str) -> pa.Array:
    return pc.binary_join_element_wise(values.cast(pa.int64()).cast(pa.string()), unit, " ")


def _uuids(values: pa.Array) -> pa.Array:
    texts = [None if each is None else str(each) for each in values.to_pylist()]
    return pa.array(texts, pa.string())


def _unsupported(given: pa.DataType, position: int) -> StructureError:
    return StructureError(
        "unsupported_type",
        f"Column {position} is of a type that is not read: {_name(given)}.",
        "Write the column as text or numbers, or leave it out.",
    )


def _name(given: pa.DataType) -> str:
    """Name a type without the names of its fields, which a sender chose."""
    if isinstance(given, pa.BaseExtensionType):
        return "an extension inside another type"
    return str(given).partition("<")[0]
