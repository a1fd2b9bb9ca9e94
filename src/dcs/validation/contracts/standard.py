"""
Hold a document against the standard: ODCS's JSON schema and the model of its package.

The schema is the one that `open-data-contract-standard` ships, with three
things mended in memory. It asks every property without a ``logicalType`` for
what only maps and vectors need (an ``if`` without ``required``; later
editions have it). And it is written for a later draft of JSON Schema than
`fastjsonschema` speaks: members beside a ``$ref``, and
``unevaluatedProperties``, are said in the words of draft 7.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from dcs.validation.contracts.problems import MOST, Problem, listed, unknown_members

_STEP = re.compile(r"^data\.?")
# What takes the place of something wrong while the rest is looked at.
_BLANK: Mapping[str, Mapping[str, str]] = {
    "properties": {"name": "x"},
    "quality": {"type": "text"},
    "schema": {"name": "x"},
}


def standard_problems(data: Mapping[str, Any]) -> list[Problem]:
    """Return where a document does not follow ODCS; one problem for each property or rule."""
    found = _schema_problems(data)
    return found or _model_problems(data)


def _schema_problems(data: Mapping[str, Any]) -> list[Problem]:
    """Find one problem at a time; blank what has it, so that the next one is found too."""
    from fastjsonschema import JsonSchemaValueException

    validate, copy = _validator(), json.loads(json.dumps(data, default=str))
    found: list[Problem] = []
    while len(found) <= MOST:
        try:
            validate(copy)
        except JsonSchemaValueException as error:
            found += _explained(error)
            if not _blank(copy, error.path[1:]):
                break
        else:
            break
    return found


def _explained(error: Any) -> Iterator[Problem]:
    """Say in our words what the validator found."""
    path = error.path[1:]
    place = place_of(path)
    match error.rule:
        case "additionalProperties":
            yield from unknown_members(place, error.value, error.definition["properties"])
        case "enum":
            allowed = listed(error.rule_definition)
            yield Problem(place, f"must be one of {allowed}")
        case "required":
            lacking = [each for each in error.rule_definition if each not in error.value]
            yield Problem(place, f"lacks {listed(lacking)}")
        case "oneOf" if any(
            "mustBe" in each.get("properties", {}) for each in error.rule_definition
        ):
            names = sorted(name for each in error.rule_definition for name in each["required"])
            yield Problem(place, f"needs exactly one operator of {listed(names)}")
        case "not":
            yield Problem(place, "has a member that does not belong here (`from` of a property)")
        case "oneOf" | "anyOf" if path[-1:] in (["to"], ["from"]):
            yield Problem(
                place, "must be `object.property`, or a list of these for a composite key"
            )
        case _:
            yield Problem(place, _STEP.sub("", error.message.replace(error.name, "", 1)).strip())


def _blank(data: Any, path: list[str]) -> bool:
    """Replace the innermost listed thing on the path; say whether there was one."""
    steps = [int(each) if each.isdigit() else each for each in path]
    for end in range(len(steps) - 1, 0, -1):
        if isinstance(steps[end], int) and steps[end - 1] in _BLANK:
            parent = data
            for step in steps[:end]:
                parent = parent[step]
            blank = dict(_BLANK[str(steps[end - 1])])
            if parent[steps[end]] == blank:
                return False
            parent[steps[end]] = blank
            return True
    return False


def _model_problems(data: Mapping[str, Any]) -> list[Problem]:
    """Hold the document to the package's own model, which knows more types than the schema."""
    from open_data_contract_standard.model import OpenDataContractStandard
    from pydantic import ValidationError

    try:
        OpenDataContractStandard.model_validate(data)
    except ValidationError as error:
        return [
            Problem(
                place_of(list(map(str, each["loc"]))), each["msg"][:1].lower() + each["msg"][1:]
            )
            for each in error.errors()
        ]
    return []


def place_of(path: list[str]) -> str:
    """Write a path as ``schema[0].properties[2]``."""
    steps = "".join(f"[{each}]" if each.isdigit() else f".{each}" for each in path)
    return steps.removeprefix(".")


@lru_cache(maxsize=1)
def _validator() -> Callable[[Any], Any]:
    import fastjsonschema

    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_bytes())
    mended = _mended(schema, schema)
    compiled: Callable[[Any], Any] = fastjsonschema.compile(
        mended, use_default=False, use_formats=False
    )
    return compiled


def _mended(node: Any, whole: Mapping[str, Any]) -> Any:
    """Return a part of the schema as draft 7 with its slips mended."""
    if isinstance(node, list):
        return [_mended(each, whole) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _mended(each, whole) for key, each in node.items()}
    if isinstance(node.get("$ref"), str) and len(node) > 1:
        changed["allOf"] = [*changed.get("allOf", []), {"$ref": changed.pop("$ref")}]
    if node.get("unevaluatedProperties") is False and "additionalProperties" not in node:
        known = _evaluated(node, whole)
        changed["properties"] = {name: {} for name in known} | changed.get("properties", {})
        changed["additionalProperties"] = False
    condition = node.get("if")
    if isinstance(condition, dict):
        changed["if"] = _present(changed["if"])
    return changed


def _present(condition: dict[str, Any]) -> dict[str, Any]:
    """Let a condition on the logical type hold only where there is one."""
    if "anyOf" in condition:
        return condition | {"anyOf": [_present(each) for each in condition["anyOf"]]}
    if "logicalType" in condition.get("properties", {}):
        return condition | {"required": ["logicalType"]}
    return condition


def _evaluated(node: Any, whole: Mapping[str, Any]) -> set[str]:
    """Return every member that a part of the schema knows, in whichever of its branches."""
    known = set(node.get("properties", {}))
    if "$ref" in node:
        known |= _evaluated(_pointed(node["$ref"], whole), whole)
    for key in ("allOf", "anyOf", "oneOf"):
        for each in node.get(key, []):
            known |= _evaluated(each, whole)
    for key in ("if", "then", "else"):
        if key in node:
            known |= _evaluated(node[key], whole)
    return known


def _pointed(reference: str, whole: Mapping[str, Any]) -> Any:
    """Return the part of the schema that a ``$ref`` points at."""
    node: Any = whole
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node
