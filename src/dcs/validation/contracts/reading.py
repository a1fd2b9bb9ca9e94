"""
Data contracts: what the producer promises, in ODCS (Open Data Contract Standard) v3.

A document is refused rather than half understood: a misspelt member would be
a promise nobody checks. What is well written and still cannot be judged is
read with the reason, and ends as a check that was not evaluated.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from dcs.validation.contracts.document import read_document
from dcs.validation.contracts.problems import Problem, refuse
from dcs.validation.contracts.properties import property_problems, read_property
from dcs.validation.contracts.references import Objects, read_relationship
from dcs.validation.contracts.rules import modernised, read_rule, rule_problems
from dcs.validation.contracts.standard import standard_problems
from dcs.validation.contracts.terms import Contract, ContractObject, ServiceLevel
from dcs.validation.errors import InvalidContractError

VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")


def parse_contract(document: bytes) -> Contract:
    """
    Read a data contract from YAML or JSON, held to the standard.

    Raises:
        InvalidContractError: Too large, not YAML, or not an ODCS v3 contract; names every
            place that is wrong and what would be right there.
    """
    data = _modernised(read_document(document))
    _check_head(data)
    own = list(_own_problems(data))
    refuse([*own, *(each for each in standard_problems(data) if not _is_known(each, own))])
    return _contract(data, document)


def read_contract(document: bytes) -> Contract:
    """
    Read a contract that was found valid when it was given, maybe by an earlier release.

    Nothing is held to the standard again: that costs half a second, and a dataset
    goes on being judged by what it was given.
    """
    return _contract(_modernised(read_document(document, strict=False)), document)


def _contract(data: Mapping[str, Any], document: bytes) -> Contract:
    objects = [each for each in data.get("schema") or [] if isinstance(each, Mapping)]
    return Contract(
        id=str(data.get("id")),
        version=str(data.get("version")),
        sha256=hashlib.sha256(document).hexdigest(),
        objects=tuple(
            _object(each, f"schema[{position}]", [each, *(o for o in objects if o is not each)])
            for position, each in enumerate(objects)
        ),
        api_version=str(data.get("apiVersion")),
        service_levels=tuple(
            ServiceLevel(
                f"slaProperties[{position}]",
                str(each.get("property")),
                each.get("value"),
                each.get("unit"),
                each.get("element"),
            )
            for position, each in enumerate(data.get("slaProperties") or [])
        ),
    )


def _object(data: Mapping[str, Any], place: str, objects: Objects) -> ContractObject:
    return ContractObject(
        name=str(data.get("physicalName") or data.get("name")),
        path=place,
        columns=tuple(
            read_property(each, f"{place}.properties[{position}]", objects)
            for position, each in enumerate(data.get("properties") or [])
        ),
        quality=tuple(
            read_rule(each, f"{place}.quality[{position}]", None)
            for position, each in enumerate(data.get("quality") or [])
        ),
        relationships=tuple(
            read_relationship(each, f"{place}.relationships[{position}]", objects)
            for position, each in enumerate(data.get("relationships") or [])
        ),
    )


def _check_head(data: Mapping[str, Any]) -> None:
    missing = [key for key in ("id", "version", "apiVersion", "kind") if not data.get(key)]
    if missing:
        raise InvalidContractError(f"The data contract lacks {', '.join(missing)}.")
    if data["kind"] != "DataContract" or data["apiVersion"] not in VERSIONS:
        raise InvalidContractError(
            f"A data contract has `kind: DataContract` and an `apiVersion` of {', '.join(VERSIONS)}."
        )
    if not data.get("schema"):
        raise InvalidContractError("The data contract has no schema, so nothing could be checked.")


def _own_problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Find what the standard allows and we do not, and what we can say better than its schema."""
    for place, each in _members(data, "schema"):
        yield from _rules_problems(each, place)
        for inner, member in _members(each, "properties"):
            yield from property_problems(member, f"{place}.{inner}")
            yield from _rules_problems(member, f"{place}.{inner}")


def _is_known(problem: Problem, own: list[Problem]) -> bool:
    """Say whether a problem is one of our own again, said of the same place or one around it."""
    return any(
        each.place.startswith(problem.place) or problem.place.startswith(each.place) for each in own
    )


def _rules_problems(data: Mapping[str, Any], place: str) -> Iterator[Problem]:
    for inner, rule in _members(data, "quality"):
        yield from rule_problems(rule, f"{place}.{inner}")


def _members(data: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each mapping of a list with its place; what is none, the schema refuses."""
    listed = data.get(key)
    for position, each in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(each, Mapping):
            yield f"{key}[{position}]", each


def _modernised(data: dict[str, Any]) -> dict[str, Any]:
    """Bring the quality rules of v3.0 to the words of v3.1, in place."""
    for _, each in _members(data, "schema"):
        for _, member in [("", each), *_members(each, "properties")]:
            if isinstance(member.get("quality"), list) and isinstance(member, dict):
                member["quality"] = [modernised(rule) for rule in member["quality"]]
    return data
