"""
A process that lives for days, as every engine sees it: JSON in, JSON out, and nothing else.

The process itself is pure: it is told an event and says what its new state is
and what is to be done. It has no clock, no storage and no engine, so the same
events make the same process on each of them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from dcs.core.errors import ConflictError

Json = Mapping[str, Any]


class StepMissingError(ConflictError):
    """A step arrived before the one that precedes it; what is kept and what happened differ."""

    code = "step_missing"


@dataclass(frozen=True, slots=True)
class Work:
    """
    What an effect wants done.

    Attributes:
        activity: Who does it: a name under which a body is given to the engine.
        timeout: How long one attempt may take.
        attempts: How often it is tried before it has failed. A worker that died
            in it counts, one that was stopped in an orderly way does not.
        silence: How long an attempt may show no sign of life before it is taken for dead.
    """

    activity: str
    timeout: timedelta
    attempts: int = 3
    silence: timedelta = timedelta(seconds=10)


class Deadline(NamedTuple):
    """What happens by itself if nothing else does: *event*, at *instant*."""

    name: str
    instant: datetime
    event: Json


class Process(Protocol):
    """
    A pure process. Every method is a function of its arguments alone.

    An engine may ask the same question any number of times, today and after
    an upgrade, and relies on the same answer.
    """

    def decide(self, state: Json | None, event: Json) -> tuple[Json, Sequence[Json]]:
        """
        Return what an event makes of the process, and what is to be done.

        Args:
            state: The process so far; None for its first event.
            event: What happened. One that does not fit is no error: it changes nothing.

        Raises:
            InvalidError: It is no event at all. If it was sent from outside it is dropped.
        """
        ...

    def work(self, effect: Json) -> Work | None:
        """Return what an effect wants done, or None if keeping it is all."""
        ...

    def deadlines(self, state: Json) -> Sequence[Deadline]:
        """Return what the process waits for; one whose name or instant changes is a new one."""
        ...

    def ended(self, state: Json) -> bool:
        """Say whether the process is over."""
        ...

    def public(self, state: Json) -> Json:
        """Return what may be shown to whoever asks; its ``status`` is what is searched by."""
        ...

    def failed(self, effect: Json, at: str) -> Json:
        """Return the event that tells that the work of an effect was given up."""
        ...

    def cancelled(self, at: str) -> Json:
        """Return the event that tells that an operator has cancelled the process."""
        ...

    def expedited(self, at: str) -> Json:
        """Return the event that tells that an operator wants it done sooner."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """
    One event of a process, and everything that came of it.

    Attributes:
        process: The name of the kind of process.
        id: Which one.
        tenant: Whose.
        number: 1 for the first event, and one more for each that follows.
        event: What happened.
        state: What the process is now.
        effects: What is to be done, in order.
    """

    process: str
    id: str
    tenant: str
    number: int
    event: dict[str, Any]
    state: dict[str, Any]
    effects: list[dict[str, Any]]


Keep = Callable[[Step], Awaitable[None]]
"""
Write a step down, whole, in one transaction; it may be asked to more than once.

What was kept is told by `is_new`: a step that is there already changes nothing.
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    One attempt at the work of an effect, as its body sees it.

    Attributes:
        process: The name of the kind of process.
        id: Which one.
        tenant: Whose.
        effect: What is to be done.
        key: The same for all attempts at this effect and for nothing else: what
            was done under it must not be done again.
        number: Counts from 1.
        reached: What an earlier attempt told with *tell*; None if nothing.
        tell: Remember JSON values for the next attempt, should this one die.
    """

    process: str
    id: str
    tenant: str
    effect: Json
    key: str
    number: int
    reached: Any = None
    tell: Callable[[Any], None] = field(default=lambda reached: None)


Body = Callable[[Attempt], Awaitable[Json]]
"""The work of an effect; returns the event that tells what came of it."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """A process with what it needs of the application: where it is kept, and who does its work."""

    process: Process
    keep: Keep
    bodies: Mapping[str, Body] = field(default_factory=dict)


def is_new(kept: int, number: int) -> bool:
    """
    Say whether a step is to be written: False if it is there already.

    Args:
        kept: The number of the last step that was kept; 0 if none was.
        number: The number of the step that has arrived.

    Raises:
        StepMissingError: There is a gap between them. Nothing may be guessed.
    """
    if number > kept + 1:
        raise StepMissingError(f"Step {number} cannot follow step {kept}.")
    return number == kept + 1
