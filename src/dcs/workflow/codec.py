"""
Write what an approval is told and asks for as JSON, and read it back without guessing.

The type hints of the dataclasses in ``messages`` are the schema: a message is
an object with its fields and a ``type``, the name of its class. Whatever is
not said there is refused: an unknown type, a field too many or too few, a
value of another type, an instant without a zone. A field that has a default
may be absent, so what an earlier release wrote can still be read.
"""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from dcs.core.clock import rfc3339
from dcs.core.errors import InvalidError
from dcs.workflow import messages
from dcs.workflow.messages import Effect, Event

M = TypeVar("M", Event, Effect)


class UnreadableMessageError(InvalidError):
    """A stored or sent message is not one this release knows."""

    code = "unreadable_message"


def to_json(message: Event | Effect) -> dict[str, Any]:
    """Return a message as JSON values, with its class under ``type``."""
    return {"type": type(message).__name__, **_fields_of(message)}


def from_json(data: Mapping[str, Any], kind: type[M]) -> M:
    """
    Return the message that `to_json` wrote.

    Args:
        data: An object as it was stored or sent; by whom does not matter.
        kind: `Event` or `Effect`: one is never taken for the other.

    Raises:
        UnreadableMessageError: This release knows no such message. The text
            names the place and never repeats the value.
    """
    if not isinstance(data, Mapping):
        raise UnreadableMessageError("A message is an object.")
    name = data.get("type")
    chosen = known(kind).get(name) if isinstance(name, str) else None
    if chosen is None:
        raise UnreadableMessageError(f"There is no {kind.__name__.lower()} of this type.")
    values = {key: value for key, value in data.items() if key != "type"}
    made: M = _object(chosen, values, chosen.__name__)
    return made


def known(kind: type[M]) -> dict[str, type[M]]:
    """Return every message of a kind by its name: the public classes of ``messages``."""
    found = {name: getattr(messages, name) for name in messages.__all__}
    return {
        name: each
        for name, each in found.items()
        if isinstance(each, type) and issubclass(each, kind) and each is not kind
    }


def _fields_of(value: Any) -> dict[str, Any]:
    return {each.name: _written(getattr(value, each.name)) for each in dataclasses.fields(value)}


def _written(value: Any) -> Any:
    """Return a value as JSON; by what it is, for the hint was held when it was made."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return rfc3339(value)
        case timedelta():
            return value / timedelta(seconds=1)
        case tuple() | list():
            return [_written(each) for each in value]
        case frozenset():
            return sorted(_written(each) for each in value)
        case Mapping():
            return {str(key): _written(each) for key, each in value.items()}
        case _ if dataclasses.is_dataclass(value):
            return _fields_of(value)
        case _:
            raise TypeError(f"{type(value).__name__} cannot be written into a message")


def _object(kind: Any, data: Any, place: str) -> Any:
    """Return a dataclass from an object that has its fields and no others."""
    if not isinstance(data, Mapping):
        raise UnreadableMessageError(f"{place} is not an object.")
    hints, optional = _schema(kind)
    unknown, missing = set(data) - set(hints), set(hints) - set(data) - optional
    if unknown or missing:
        what = "has fields it should not have" if unknown else f"lacks {', '.join(sorted(missing))}"
        raise UnreadableMessageError(f"{place} {what}.")
    return kind(**{name: _read(hints[name], data[name], f"{place}.{name}") for name in data})


@cache
def _schema(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the hints of a dataclass's fields, and which of them may be absent."""
    hints = get_type_hints(kind)
    fields = dataclasses.fields(kind)
    optional = {
        each.name
        for each in fields
        if each.default is not dataclasses.MISSING
        or each.default_factory is not dataclasses.MISSING
    }
    return {each.name: hints[each.name] for each in fields}, frozenset(optional)


def _read(hint: Any, value: Any, place: str) -> Any:
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return _either(get_args(hint), value, place)
    if origin is not None:
        return _COMPOSED.get(origin, _unreadable)(get_args(hint), value, place)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _object(hint, value, place)
    return _plain(hint, value, place)


def _either(choices: tuple[Any, ...], value: Any, place: str) -> Any:
    if value is None and NoneType in choices:
        return None
    for choice in choices:
        if choice is not NoneType:
            try:
                return _read(choice, value, place)
            except UnreadableMessageError:
                continue
    raise _wrong(place)


def _tuple(arguments: tuple[Any, ...], value: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise _wrong(place)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_read(arguments[0], each, place) for each in value)
    if len(arguments) != len(value):
        raise _wrong(place)
    return tuple(_read(hint, each, place) for hint, each in zip(arguments, value, strict=True))


def _set(arguments: tuple[Any, ...], value: Any, place: str) -> frozenset[Any]:
    if not isinstance(value, (list, tuple)):
        raise _wrong(place)
    return frozenset(_read(arguments[0], each, place) for each in value)


def _mapping(arguments: tuple[Any, ...], value: Any, place: str) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(place)
    key, each = arguments
    return {_read(key, name, place): _read(each, held, place) for name, held in value.items()}


def _literal(arguments: tuple[Any, ...], value: Any, place: str) -> Any:
    for each in arguments:
        if each == value and type(each) is type(value):
            return value
    raise _wrong(place)


def _unreadable(_arguments: tuple[Any, ...], _value: Any, place: str) -> Any:
    raise TypeError(f"{place} has a type hint that no message can be read by")


_COMPOSED: Mapping[Any, Callable[[tuple[Any, ...], Any, str], Any]] = {
    tuple: _tuple,
    frozenset: _set,
    Mapping: _mapping,
    dict: _mapping,
    Literal: _literal,
}


def _plain(hint: Any, value: Any, place: str) -> Any:
    if hint is datetime:
        return _instant(value, place)
    if hint is timedelta and type(value) in {int, float}:
        return timedelta(seconds=value)
    if hint is float and type(value) in {int, float}:
        return float(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError:
            raise _wrong(place) from None
    underlying = getattr(hint, "__supertype__", hint)  # an id is a name for a string
    if underlying in {str, int, bool} and type(value) is underlying:
        return value
    raise _wrong(place)


def _instant(value: Any, place: str) -> datetime:
    """Return the instant of an RFC 3339 text; one without a zone could be any."""
    if not isinstance(value, str):
        raise _wrong(place)
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise _wrong(place) from None
    if instant.tzinfo is None:
        raise _wrong(place)
    return instant


def _wrong(place: str) -> UnreadableMessageError:
    """Return what is wrong without the value, which may be a person's."""
    return UnreadableMessageError(f"{place} has a value it cannot have.")
