"""Read what a contract promises of one column."""

from collections.abc import Iterator, Mapping
from typing import Any

from dcs.validation.contracts.limits import read_limits
from dcs.validation.contracts.problems import Problem, listed
from dcs.validation.contracts.references import Objects, read_relationship
from dcs.validation.contracts.rules import read_rule
from dcs.validation.contracts.terms import ContractColumn

TYPES = frozenset({"string", "integer", "number", "boolean", "date", "timestamp"})
_READ = frozenset({"pattern", "format", "enum"})
# Members that promise something of nested values, which a flat file does not have.
_NESTED = ("properties", "items", "map")


def property_problems(data: Mapping[str, Any], place: str) -> Iterator[Problem]:
    """Find what the standard allows and a flat file cannot keep."""
    if not (data.get("physicalName") or data.get("name")):
        yield Problem(place, "a property needs a name")
    kind = data.get("logicalType")
    if kind is not None and kind not in TYPES:
        yield Problem(
            f"{place}.logicalType",
            f"the type {kind!r} cannot be checked in a flat file; use one of {listed(sorted(TYPES))}",
        )
    options = _options(data)
    if options.get("pattern") is not None and not is_pattern(options["pattern"]):
        yield Problem(
            f"{place}.logicalTypeOptions.pattern",
            "the pattern is not one that RE2 understands, which takes linear time on any text; "
            "it has no look-around and no back references",
        )
    for position, each in enumerate(_enumerated(data)):
        if kind == "string" and isinstance(each, bool):
            yield Problem(
                f"{place}.enum[{position}].value",
                f"YAML reads this as the truth value {str(each).lower()}; put the text in quotes",
            )


def read_property(data: Mapping[str, Any], place: str, of: Objects) -> ContractColumn:
    """
    Return what is promised of a column.

    Args:
        of: All objects of the contract, which relationships may refer to.
    """
    name = str(data.get("physicalName") or data.get("name"))
    options = _options(data)
    given = [each for each in data.get("relationships") or [] if isinstance(each, Mapping)]
    rules = [each for each in data.get("quality") or [] if isinstance(each, Mapping)]
    limits, unread = read_limits({key: options[key] for key in options if key not in _READ})
    return ContractColumn(
        name=name,
        path=place,
        logical_name=str(data.get("name") or name),
        type=data.get("logicalType"),
        required=bool(data.get("required")),
        unique=bool(data.get("unique")),
        primary_key=bool(data.get("primaryKey")),
        key_position=_key_position(data.get("primaryKeyPosition")),
        enum=tuple(as_text(each) for each in _enumerated(data) if each is not None),
        enum_path="enum" if data.get("enum") else "logicalTypeOptions.enum",
        pattern=None if options.get("pattern") is None else str(options["pattern"]),
        format=None if options.get("format") is None else str(options["format"]),
        limits=limits,
        classification=data.get("classification"),
        tags=tuple(map(str, data.get("tags") or ())),
        stored=data.get("semanticType") != "measure",
        quality=tuple(
            read_rule(each, f"{place}.quality[{position}]", name)
            for position, each in enumerate(rules)
        ),
        relationships=tuple(
            read_relationship(each, f"{place}.relationships[{position}]", of, name)
            for position, each in enumerate(given)
        ),
        unchecked=(*(key for key in _NESTED if data.get(key)), *unread),
    )


def as_text(value: Any) -> str:
    """Return a value of the document as a cell would write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_pattern(pattern: object) -> bool:
    """Say whether RE2 accepts a pattern."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), pattern=str(pattern))
    except pa.ArrowInvalid:
        return False
    return True


def _options(data: Mapping[str, Any]) -> Mapping[str, Any]:
    options = data.get("logicalTypeOptions")
    return options if isinstance(options, Mapping) else {}


def _enumerated(data: Mapping[str, Any]) -> list[Any]:
    """Return the allowed values; since v3.2 each is an object with a ``value``."""
    values = data.get("enum") or _options(data).get("enum") or []
    if not isinstance(values, list):
        return []
    return [each.get("value") if isinstance(each, Mapping) else each for each in values]


def _key_position(value: Any) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
