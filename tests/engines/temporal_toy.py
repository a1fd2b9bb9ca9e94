"""A process as small as one can be, with everything an engine has to host: work, time, people."""

import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dcs.core.errors import InvalidError
from dcs.engines.durable import Attempt, Body, Deadline, Hosted, Json, Step, Work, is_new

TOY = "toy"
DIG = "toy.dig"


class ToyProcess:
    """
    Dig if that is asked for, then wait for *needed* people, but no longer than until *until*.

    It ends ``done``, ``late``, ``failed`` or ``cancelled``. Expediting it moves
    its deadline to the moment of being asked.
    """

    def decide(self, state: Json | None, event: Json) -> tuple[Json, Sequence[Json]]:
        told = {**(state or {"status": "new", "people": []})}
        told["events"] = [*told.get("events", []), event.get("type")]
        if told["status"] in {"done", "late", "failed", "cancelled"}:
            return told, [{"type": "ignored"}]
        match event:
            case {"type": "opened"}:
                told |= {key: event.get(key) for key in ("until", "needed", "dig")}
                told["status"] = "waiting" if event.get("dig") is None else "digging"
                return told, [] if event.get("dig") is None else [{"type": "dig", **event["dig"]}]
            case {"type": "dug"}:
                told["status"] = "waiting"
                return told, []
            case {"type": "agreed", "by": str(who)}:
                told["people"] = [*told["people"], who]
                if len(told["people"]) >= (told["needed"] or 1):
                    told["status"] = "done"
                return told, [{"type": "heard", "by": who}]
            case {"type": "expedited", "at": str(at)}:
                told["until"] = at
                return told, []
            case {"type": "late" | "failed" | "cancelled" as how}:
                told["status"] = how
                return told, [{"type": "ended"}]
        raise InvalidError("This is no event.")

    def work(self, effect: Json) -> Work | None:
        if effect["type"] != "dig":
            return None
        silence = timedelta(seconds=effect.get("silence", 2))
        return Work(DIG, timedelta(seconds=60), effect.get("attempts", 3), silence)

    def deadlines(self, state: Json) -> Sequence[Deadline]:
        if state.get("until") is None:
            return []
        event = {"type": "late", "at": state["until"]}
        return [Deadline("until", datetime.fromisoformat(state["until"]), event)]

    def ended(self, state: Json) -> bool:
        return state["status"] in {"done", "late", "failed", "cancelled"}

    def public(self, state: Json) -> Json:
        return {"status": state["status"], "people": state["people"], "events": state["events"]}

    def failed(self, effect: Json, at: str) -> Json:
        return {"type": "failed", "at": at}

    def cancelled(self, at: str) -> Json:
        return {"type": "cancelled", "at": at}

    def expedited(self, at: str) -> Json:
        return {"type": "expedited", "at": at}


TOY_PROCESS = ToyProcess()
"""The one that is hosted: a name stands for one process."""


def opened(**values: Any) -> dict[str, Any]:
    """Return a toy's first event."""
    return {"type": "opened", **values}


@dataclass(frozen=True)
class Kept:
    """Where toys are kept: a row for each, one for each step, one for each effect."""

    path: Path

    def __post_init__(self) -> None:
        with closing(self._open()) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS toy (id PRIMARY KEY, number, state)")
            database.execute("CREATE TABLE IF NOT EXISTS step (id, number, event)")
            database.execute("CREATE TABLE IF NOT EXISTS effect (id, number, effect)")
            database.execute("CREATE TABLE IF NOT EXISTS work (key)")
            database.execute("CREATE TABLE IF NOT EXISTS begun (key)")

    async def keep(self, step: Step) -> None:
        """Write a step down in one transaction, if it is new."""
        with closing(self._open()) as database, database:
            database.execute("BEGIN IMMEDIATE")
            row = database.execute("SELECT number FROM toy WHERE id = ?", [step.id]).fetchone()
            if not is_new(row[0] if row else 0, step.number):
                return
            at = (step.id, step.number)
            database.execute("REPLACE INTO toy VALUES (?, ?, ?)", [*at, json.dumps(step.state)])
            database.execute("INSERT INTO step VALUES (?, ?, ?)", [*at, json.dumps(step.event)])
            for effect in step.effects:
                database.execute("INSERT INTO effect VALUES (?, ?, ?)", [*at, json.dumps(effect)])

    def worked(self, key: str) -> bool:
        """Note the work done under a key; False if it was noted before."""
        with closing(self._open()) as database, database:
            database.execute("BEGIN IMMEDIATE")
            done = database.execute("SELECT 1 FROM work WHERE key = ?", [key]).fetchone()
            if not done:
                database.execute("INSERT INTO work VALUES (?)", [key])
            return not done

    def begin(self, key: str) -> None:
        """Note that an attempt at the work under a key has begun."""
        with closing(self._open()) as database, database:
            database.execute("INSERT INTO begun VALUES (?)", [key])

    def events(self, id: str) -> list[str]:  # noqa: A002
        """Return the type of each step's event, in the order of their numbers."""
        with closing(self._open()) as database:
            rows = database.execute(
                "SELECT number, event FROM step WHERE id = ? ORDER BY number, rowid", [id]
            ).fetchall()
        assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
        return [json.loads(event)["type"] for _, event in rows]

    def state(self, id: str) -> Mapping[str, Any]:  # noqa: A002
        with closing(self._open()) as database:
            row = database.execute("SELECT state FROM toy WHERE id = ?", [id]).fetchone()
        state: Mapping[str, Any] = json.loads(row[0])
        return state

    def count(self, table: str) -> int:
        with closing(self._open()) as database:
            found: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        return found

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30, isolation_level=None)


async def dig(attempt: Attempt) -> Json:
    """Find something at once."""
    return {"type": "dug"}


@dataclass
class Diggers:
    """Bodies that do as they are told, and what was asked of them."""

    attempts: list[Attempt] = field(default_factory=list)

    def doing(self, do: Callable[[Attempt], Awaitable[Json]]) -> Body:
        async def body(attempt: Attempt) -> Json:
            self.attempts.append(attempt)
            return await do(attempt)

        return body


def hosted(kept: Kept, body: Body = dig) -> dict[str, Hosted]:
    """Return the toy as a worker hosts it."""
    return {TOY: Hosted(TOY_PROCESS, kept.keep, {DIG: body})}
