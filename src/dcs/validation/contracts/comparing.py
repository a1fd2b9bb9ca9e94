"""
What a new contract changes for those who rely on the old one.

Breaking is what takes away something a reader could rely on: a column, its
type, a promise that was kept. A stricter promise takes nothing from readers;
it is compatible, and said, since files that used to pass may not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dcs.validation.contracts.terms import (
    Contract,
    ContractColumn,
    ContractObject,
    Quality,
    Threshold,
)

# A type all of whose values are values of another one, too.
_NARROWER = frozenset({("integer", "number"), ("date", "timestamp")})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, at its place in the document that has it."""

    path: str
    breaking: bool
    message: str

    def to_json(self) -> dict[str, Any]:
        """Return the change as the command line shows it."""
        return {
            "path": self.path,
            "kind": "breaking" if self.breaking else "compatible",
            "message": self.message,
        }


def contract_changes(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Return what *new* changes, breaking changes first."""
    found = list(_objects(old, new))
    return tuple(sorted(found, key=lambda each: not each.breaking))


def _objects(old: Contract, new: Contract) -> Iterator[Change]:
    later = {each.name: each for each in new.objects}
    if len(old.objects) == len(new.objects) == 1:
        yield from _object(old.objects[0], new.objects[0])
        return
    for each in old.objects:
        if each.name in later:
            yield from _object(each, later[each.name])
        else:
            yield Change(each.path, True, f"the object {each.name!r} is gone")
    earlier = {each.name for each in old.objects}
    for each in new.objects:
        if each.name not in earlier:
            yield Change(each.path, False, f"the object {each.name!r} is new")


def _object(old: ContractObject, new: ContractObject) -> Iterator[Change]:
    later = {each.name: each for each in new.columns}
    for column in old.columns:
        if column.name in later:
            yield from _column(column, later[column.name])
        else:
            yield Change(column.path, True, f"the column {column.name!r} is gone")
    earlier = {each.name for each in old.columns}
    for column in new.columns:
        if column.name not in earlier:
            yield Change(column.path, False, f"the column {column.name!r} is new")
    yield from _key(old, new)
    yield from _rules(tuple(old.all_quality()), tuple(new.all_quality()), new.path)
    yield from _references(old, new)


def _column(old: ContractColumn, new: ContractColumn) -> Iterator[Change]:
    yield from _type(old, new)
    for member in ("required", "unique"):
        before, after = getattr(old, member), getattr(new, member)
        if before != after:
            word = "is no longer" if before else "is now"
            yield _told(new, member, before, f"{new.name!r} {word} {member}")
    yield from _enum(old, new)
    for member in ("pattern", "format"):
        before, after = getattr(old, member), getattr(new, member)
        if before != after:
            how = "no" if after is None else "a" if before is None else "another"
            path = f"logicalTypeOptions.{member}"
            yield _told(new, path, before is not None, f"{new.name!r} has now {how} {member}")
    yield from _limits(old, new)
    if old.classification != new.classification:
        message = (
            f"{new.name!r} is classified {new.classification!r} instead of {old.classification!r}"
        )
        yield _told(new, "classification", False, message)


def _type(old: ContractColumn, new: ContractColumn) -> Iterator[Change]:
    if old.type == new.type:
        return
    message = f"{new.name!r} is {new.type or 'of any type'} instead of {old.type or 'of any type'}"
    narrowed = old.type is None or (new.type, old.type) in _NARROWER
    yield _told(new, "logicalType", not narrowed, message)


def _enum(old: ContractColumn, new: ContractColumn) -> Iterator[Change]:
    if set(old.enum) == set(new.enum):
        return
    if not new.enum or not old.enum:
        word = "may have any value" if old.enum else "may have listed values only"
        yield _told(new, "enum", bool(old.enum), f"{new.name!r} {word}")
        return
    more, fewer = len(set(new.enum) - set(old.enum)), len(set(old.enum) - set(new.enum))
    if more:
        yield _told(new, "enum", True, f"{new.name!r} may have {more} more values")
    if fewer:
        yield _told(new, "enum", False, f"{new.name!r} may have {fewer} values less")


def _limits(old: ContractColumn, new: ContractColumn) -> Iterator[Change]:
    wider: dict[str, Callable[[Any, Any], bool]] = {
        "minimum": lambda before, after: after < before,
        "exclusive_minimum": lambda before, after: after < before,
        "min_length": lambda before, after: after < before,
        "maximum": lambda before, after: after > before,
        "exclusive_maximum": lambda before, after: after > before,
        "max_length": lambda before, after: after > before,
        "multiple_of": lambda before, after: bool(after % before),
    }
    for member, widens in wider.items():
        before, after = getattr(old.limits, member), getattr(new.limits, member)
        if before == after:
            continue
        name = _camel(member)
        lost = before is not None and (
            after is None or not _are_alike(before, after) or widens(before, after)
        )
        message = f"the {name} of {new.name!r} is {_shown(after)} instead of {_shown(before)}"
        yield _told(new, f"logicalTypeOptions.{name}", lost, message)


def _are_alike(before: object, after: object) -> bool:
    """Say whether two bounds can be compared: both numbers, or both texts."""
    return isinstance(before, str) == isinstance(after, str)


def _camel(member: str) -> str:
    first, *rest = member.split("_")
    return first + "".join(map(str.capitalize, rest))


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def _key(old: ContractObject, new: ContractObject) -> Iterator[Change]:
    before = {each.name for each in old.primary_key}
    after = {each.name for each in new.primary_key}
    if before == after:
        return
    names = ", ".join(sorted(after)) or "nothing"
    path = f"{new.path}.properties"
    yield Change(
        path,
        bool(before),
        f"the primary key is {names} instead of {', '.join(sorted(before)) or 'nothing'}",
    )


def _rules(old: tuple[Quality, ...], new: tuple[Quality, ...], place: str) -> Iterator[Change]:
    """Compare rules that measure the same; others are gone or new."""
    later = {_measured(each): each for each in new}
    earlier = {_measured(each) for each in old}
    for rule in old:
        same = later.get(_measured(rule))
        what = _named(rule)
        if same is None:
            yield Change(place, True, f"the rule {what} is gone")
        elif same.threshold != rule.threshold or same.unit != rule.unit:
            loosened = not _is_within(same, rule)
            yield Change(
                same.path,
                loosened,
                f"{what} has another threshold: {_held(same)} instead of {_held(rule)}",
            )
        elif same.severity != rule.severity:
            message = f"{what} is now of severity {same.severity.value}"
            yield Change(same.path, rule.severity.value == "error", message)
    for rule in new:
        if _measured(rule) not in earlier:
            yield Change(rule.path, False, f"the rule {_named(rule)} is new")


def _measured(rule: Quality) -> tuple[str, ...]:
    """Return what makes two rules the same rule: what they measure, not what they hold it against."""
    given = (rule.metric, rule.arguments, rule.query, rule.engine, rule.implementation)
    text = rule.text if rule.type == "text" else ""
    return (rule.type.value, rule.column or "", text, *map(repr, given))


def _named(rule: Quality) -> str:
    name = rule.id or rule.text or rule.metric or rule.check or rule.type.value
    return f"{name!r}" if rule.column is None else f"{name!r} of {rule.column!r}"


def _held(rule: Quality) -> str:
    if rule.threshold is None:
        return "none"
    return f"{rule.threshold.operator.value} {rule.threshold}{' percent' if rule.unit == 'percent' else ''}"


def _is_within(new: Quality, old: Quality) -> bool:
    """Say whether everything that passes the new threshold passed the old one."""
    if new.threshold is None or old.threshold is None or new.unit != old.unit:
        return False
    if not (new.threshold.is_numeric and old.threshold.is_numeric):
        return False
    tried = _ends(new.threshold) | _ends(old.threshold)
    points = tried | {each + step for each in tried for step in (-0.5, 0.5)} | {-1e18, 1e18}
    return all(old.threshold.holds(each) for each in points if new.threshold.holds(each))


def _ends(threshold: Threshold) -> set[float]:
    value = threshold.value
    return set(map(float, value if isinstance(value, tuple) else (value,)))


def _references(old: ContractObject, new: ContractObject) -> Iterator[Change]:
    def keys(of: ContractObject) -> dict[tuple[Any, ...], str]:
        return {
            (each.columns, each.target, each.target_columns): each.path
            for each in of.all_relationships()
        }

    before, after = keys(old), keys(new)
    for key in before.keys() - after.keys():
        yield Change(new.path, True, f"{', '.join(key[0])} no longer refers to {key[1]!r}")
    for key in after.keys() - before.keys():
        yield Change(after[key], False, f"{', '.join(key[0])} now refers to {key[1]!r}")


def _told(column: ContractColumn, member: str, breaking: bool, message: str) -> Change:
    return Change(f"{column.path}.{member}", breaking, message)
