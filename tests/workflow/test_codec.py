"""What an approval is told and asks for survives being written and read, and nothing else is read."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcs.workflow import codec
from dcs.workflow.codec import UnreadableMessageError, from_json, known, to_json
from dcs.workflow.messages import Effect, Event, Inspected, OpenRequest, RunActivity, Voted
from dcs.workflow.state import Activity, Level

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENTS, EFFECTS = list(known(Event).values()), list(known(Effect).values())

INSTANTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - the zone comes from the next line
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return what a field with this hint may hold."""
    if hint is datetime:
        return INSTANTS
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of(*(values(each) for each in get_args(hint)))
    if get_origin(hint) is tuple and get_args(hint)[1:] == (Ellipsis,):
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    if hint is NoneType:
        return st.none()
    if hint is timedelta:
        return st.timedeltas(timedelta(0), timedelta(days=3650))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return messages(hint)
    return st.from_type(hint)


def messages(kind: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    fields = {each.name: values(hints[each.name]) for each in dataclasses.fields(kind)}
    return st.builds(kind, **fields)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first text builds a table
@given(st.one_of([messages(each) for each in EVENTS]))
def test_every_event_survives(event: Event) -> None:
    assert from_json(json.loads(json.dumps(to_json(event))), Event) == event


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of([messages(each) for each in EFFECTS]))
def test_every_effect_survives(effect: Effect) -> None:
    assert from_json(json.loads(json.dumps(to_json(effect))), Effect) == effect


def test_a_message_is_readable_by_people() -> None:
    assert to_json(Voted(NOW, by="u1", level=Level.L1, approve=True, groups=("it",))) == {
        "type": "Voted",
        "at": "2026-03-02T12:00:00.000000Z",
        "by": "u1",
        "level": "L1",
        "approve": True,
        "groups": ["it"],
        "masks": [],
        "binding": None,
    }


def test_a_field_with_a_default_may_be_absent() -> None:
    data = to_json(known(Event)["Opened"](at=NOW, requester="u1", classification="INTERNAL"))  # type: ignore[call-arg]
    del data["submit"]
    assert from_json(data, Event).submit is True  # type: ignore[attr-defined]


def test_an_effect_is_never_taken_for_an_event() -> None:
    with pytest.raises(UnreadableMessageError, match="no event"):
        from_json(to_json(RunActivity(Activity.INSPECT)), Event)


@pytest.mark.parametrize(
    "name", ["Event", "Effect", "Activity", "datetime", "", 7, None, ["Voted"]]
)
def test_an_unknown_type_is_refused(name: object) -> None:
    with pytest.raises(UnreadableMessageError):
        from_json({"type": name, "at": "2026-03-02T12:00:00Z"}, Event)


WHOLE = to_json(Inspected(NOW, verdict="clean", cleared=True))


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"at": "2026-03-02T12:00:00"},
        {"at": "soon"},
        {"at": 7},
        {"at": None},
        {"verdict": 7},
        {"verdict": None},
        {"cleared": "true"},
        {"cleared": 1},
    ],
)
def test_a_field_too_many_or_of_another_type_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UnreadableMessageError):
        from_json(WHOLE | change, Event)


@pytest.mark.parametrize("missing", ["at", "verdict", "cleared", "type"])
def test_a_message_that_lacks_a_field_is_refused(missing: str) -> None:
    with pytest.raises(UnreadableMessageError):
        from_json({name: value for name, value in WHOLE.items() if name != missing}, Event)


@pytest.mark.parametrize("data", [None, [], "Voted", 7])
def test_what_is_no_object_is_refused(data: Any) -> None:
    with pytest.raises(UnreadableMessageError):
        from_json(data, Event)


def test_a_refusal_names_the_place_and_not_the_value() -> None:
    data = to_json(OpenRequest(Level.L1, NOW)) | {"level": "secret of Jane"}
    with pytest.raises(UnreadableMessageError) as refused:
        from_json(data, Effect)
    assert refused.value.detail == "OpenRequest.level has a value it cannot have."


class Colour(StrEnum):
    RED = "red"


@dataclasses.dataclass(frozen=True, slots=True)
class Inner:
    colour: Colour
    days: timedelta


@dataclasses.dataclass(frozen=True, slots=True)
class Outer:
    inner: Inner
    several: tuple[Inner, ...]
    pair: tuple[str, int]
    perhaps: Inner | None
    names: frozenset[str]
    answers: dict[str, bool]
    share: float


def test_what_is_nested_survives_and_is_held_to_its_own_hints() -> None:
    inner = Inner(Colour.RED, timedelta(days=2, microseconds=3))
    outer = Outer(inner, (inner, inner), ("a", 1), None, frozenset("ba"), {"x": True}, 0.5)
    written = json.loads(json.dumps(codec._fields_of(outer)))
    assert codec._object(Outer, written, "outer") == outer
    with pytest.raises(UnreadableMessageError, match=r"outer\.inner\.colour"):
        codec._object(Outer, written | {"inner": {"colour": "blue", "days": 1}}, "outer")
    with pytest.raises(UnreadableMessageError, match=r"outer\.pair"):
        codec._object(Outer, written | {"pair": ["a", 1, 2]}, "outer")
    with pytest.raises(UnreadableMessageError, match=r"outer\.answers"):
        codec._object(Outer, written | {"answers": {"x": "yes"}}, "outer")
