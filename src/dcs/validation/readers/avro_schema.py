"""Turn an Avro schema into an Arrow schema, exactly or not at all."""

from typing import Any

import pyarrow as pa

from dcs.validation.delimited.structure import StructureError
from dcs.validation.readers.columns import NESTED_DEPTH
from dcs.validation.readers.reading import damaged

_PLAIN = {
    "null": pa.null(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "bytes": pa.binary(),
    "string": pa.string(),
}
_LOGICAL = {
    ("int", "date"): pa.date32(),
    ("int", "time-millis"): pa.time32("ms"),
    ("long", "time-micros"): pa.time64("us"),
    ("long", "timestamp-millis"): pa.timestamp("ms", "UTC"),
    ("long", "timestamp-micros"): pa.timestamp("us", "UTC"),
    ("long", "timestamp-nanos"): pa.timestamp("ns", "UTC"),
    ("long", "local-timestamp-millis"): pa.timestamp("ms"),
    ("long", "local-timestamp-micros"): pa.timestamp("us"),
    ("long", "local-timestamp-nanos"): pa.timestamp("ns"),
}


def arrow_schema(schema: Any) -> pa.Schema:
    """
    Return the columns of a record schema.

    Raises:
        StructureError: It is no record, holds itself, mixes types, or is nested too deep.
    """
    if not isinstance(schema, dict) or schema.get("type") not in ("record", "error"):
        raise StructureError(
            "not_records", "The Avro file does not hold records.", "Send one record for each row."
        )
    try:
        record = _Names()._type(schema, 0)
    except (KeyError, TypeError, ValueError, AttributeError, pa.ArrowInvalid) as error:
        raise damaged("Avro", "its schema cannot be read") from error
    return pa.schema(list(record))


class _Names:
    """The named types seen so far; a name stands for its type wherever it comes again."""

    def __init__(self) -> None:
        self._known: dict[str, pa.DataType | None] = {}

    def _type(self, schema: Any, depth: int, space: str = "") -> pa.DataType:
        if depth > NESTED_DEPTH:
            raise StructureError(
                "nested_too_deep",
                f"The Avro file is nested more than {NESTED_DEPTH} levels deep.",
                "Flatten the records.",
            )
        if isinstance(schema, list):
            return self._union(schema, depth, space)
        if isinstance(schema, str):
            return _PLAIN[schema] if schema in _PLAIN else self._named(schema, space)
        kind = schema["type"]
        if not isinstance(kind, str):
            return self._type(kind, depth + 1, space)
        match kind:
            case "record" | "error":
                return self._record(schema, depth, space)
            case "array":
                return pa.list_(self._type(schema["items"], depth + 1, space))
            case "map":
                return pa.map_(pa.string(), self._type(schema["values"], depth + 1, space))
            case "enum":
                return self._known.setdefault(_full(schema, space), pa.string())
            case "fixed":
                return self._known.setdefault(_full(schema, space), _fixed(schema))
            case _:
                return _logical(schema, kind) if kind in _PLAIN else self._named(kind, space)

    def _record(self, schema: dict[str, Any], depth: int, space: str) -> pa.DataType:
        name = _full(schema, space)
        self._known[name] = None  # whoever names it from inside means itself
        inside = name.rpartition(".")[0]
        fields = [
            (field["name"], self._type(field["type"], depth + 1, inside))
            for field in schema["fields"]
        ]
        self._known[name] = pa.struct(fields)
        return self._known[name]

    def _named(self, name: str, space: str) -> pa.DataType:
        full = name if "." in name or not space else f"{space}.{name}"
        known = self._known[full if full in self._known else name]
        if known is None:
            raise StructureError(
                "recursive_type",
                "The Avro file's records may hold themselves, to any depth.",
                "Flatten the records.",
            )
        return known

    def _union(self, branches: list[Any], depth: int, space: str) -> pa.DataType:
        filled = [each for each in branches if each != "null"]
        if len(filled) > 1:
            raise StructureError(
                "unsupported_type",
                "The Avro file has a column that mixes types (a union).",
                "Give every column one type; it may be null as well.",
            )
        return self._type(filled[0], depth + 1, space) if filled else pa.null()


def _full(schema: dict[str, Any], space: str) -> str:
    """Return a type's name with its name space."""
    name = str(schema["name"])
    space = schema.get("namespace", space)
    return name if "." in name or not space else f"{space}.{name}"


def _fixed(schema: dict[str, Any]) -> pa.DataType:
    if schema.get("logicalType") == "decimal":
        return _decimal(schema)
    return pa.binary(int(schema["size"]))


def _logical(schema: dict[str, Any], kind: str) -> pa.DataType:
    meant = str(schema.get("logicalType"))
    if meant == "decimal" and kind == "bytes":
        return _decimal(schema)
    return _LOGICAL.get(
        (kind, meant), _PLAIN[kind]
    )  # what is unknown is ignored: the specification


def _decimal(schema: dict[str, Any]) -> pa.DataType:
    precision, scale = int(schema["precision"]), int(schema.get("scale", 0))
    return pa.decimal128(precision, scale) if precision <= 38 else pa.decimal256(precision, scale)
