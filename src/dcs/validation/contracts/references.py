"""Read the relationships of a contract: which columns refer to which columns of what."""

from collections.abc import Mapping, Sequence
from typing import Any

from dcs.validation.contracts.terms import Relationship

Objects = Sequence[Mapping[str, Any]]


def read_relationship(
    data: Mapping[str, Any], path: str, objects: Objects, column: str | None = None
) -> Relationship:
    """
    Return a foreign key.

    Both notations of the standard are understood: ``customers.id`` by names,
    and ``schema/customers_tbl/properties/id_pk`` by the ids of the same contract.
    What refers to another contract's ids has no target here.

    Args:
        objects: The contract's objects; the first is the one that refers.
        column: The column it is declared at, if it is.
    """
    sources = (
        [column]
        if column is not None
        else [_own_column(each, objects) for each in _many(data.get("from"))]
    )
    targets = [_target(each, objects) for each in _many(data.get("to"))]
    names = {name for name, _ in targets}
    sound = len(names) == 1 and len(targets) == len(sources) and None not in sources
    target = names.pop() if sound else ""
    return Relationship(
        path=path,
        columns=tuple(each for each in sources if each is not None),
        target=target,
        target_columns=tuple(each for _, each in targets) if target else (),
        own=bool(target) and bool(objects) and target == _stored_name(objects[0]),
    )


def _many(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _own_column(reference: str, objects: Objects) -> str | None:
    """Return the column of the first object that is meant, by its name in the file."""
    name, column = _target(reference, objects)
    if not objects or (name and name != _stored_name(objects[0])):
        return None
    return column or None


def _target(reference: str, objects: Objects) -> tuple[str, str]:
    """Return the object and the column that a reference names; empty where it cannot be told."""
    if "#" in reference:
        return "", ""
    if "/" in reference:
        return _by_ids(reference.strip("/").split("/"), objects)
    name, _, column = reference.partition(".")
    found = next((each for each in objects if each.get("name") == name), None)
    if found is None:
        return name, column
    properties = found.get("properties") or []
    named = next((each for each in properties if each.get("name") == column), None)
    return _stored_name(found), column if named is None else _stored_name(named)


def _by_ids(steps: Sequence[str], objects: Objects) -> tuple[str, str]:
    if len(steps) != 4 or steps[0] != "schema" or steps[2] != "properties":
        return "", ""
    found = next((each for each in objects if each.get("id") == steps[1]), {})
    properties = found.get("properties") or []
    column = next((each for each in properties if each.get("id") == steps[3]), None)
    return ("", "") if column is None else (_stored_name(found), _stored_name(column))


def _stored_name(data: Mapping[str, Any]) -> str:
    """Return what an object or property is called where it is stored."""
    return str(data.get("physicalName") or data.get("name"))
