"""
Host a pure process in a Temporal workflow.

One event after the other: decide, keep, act. While a step is being kept the
next event waits, so the database never sees a step before its predecessor and
`getStatus` never tells what the database does not know yet.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from dcs.core.clock import rfc3339
    from dcs.core.errors import InvalidError
    from dcs.engines.durable.hosting import Answer, Start
    from dcs.engines.durable.process import Deadline, Json, Process, Step, Work
    from dcs.engines.durable.temporal.messages import (
        KEEP,
        WORKER_STOPPED,
        WORKFLOW,
        Message,
        Order,
    )
    from dcs.engines.durable.temporal.registry import registered

STATUS = SearchAttributeKey.for_keyword("Status")
KEEPING = timedelta(seconds=60)  # for one attempt; a database that is away is waited for
SILENCE = timedelta(seconds=5)  # after which a worker that was keeping a step is taken for dead
LONGEST_PAUSE = timedelta(seconds=30)  # between two attempts to keep a step


@dataclass(frozen=True, slots=True)
class _News:
    """An event that waits for its turn; one with a *key* is from outside and may be none at all."""

    event: Json
    key: str | None = None


@workflow.defn(name=WORKFLOW)
class ProcessWorkflow:
    """One process: its first event starts it, its end completes it."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        self._start = start
        self._process: Process = registered(start.process)
        self._state: dict[str, Any] | None = start.state
        self._number = start.number
        self._seen = set(start.seen)
        self._answers = {key: Answer() for key in start.seen}
        self._news: deque[_News] = deque()
        self._status: str | None = None
        self._working: set[asyncio.Task[None]] = set()
        self._timers: dict[tuple[str, datetime], asyncio.Task[None]] = {}
        self._broken: BaseException | None = None

    @workflow.run
    async def run(self, start: Start) -> dict[str, Any]:
        """Live until the process has ended; being cancelled is one more event, not an end."""
        life = asyncio.create_task(self._live(start))
        while True:
            try:
                return await asyncio.shield(life)
            except asyncio.CancelledError:
                if life.cancelled():  # the worker forgets the workflow, nobody cancelled it
                    raise
                self._news.append(_News(self._process.cancelled(self._now())))

    @workflow.signal
    def message(self, message: Message) -> None:
        """Take an event from outside, unless one with its key was taken before."""
        if message.key not in self._seen:
            self._seen.add(message.key)
            self._news.append(_News(message.event, message.key))

    @workflow.update
    async def ask(self, message: Message) -> Answer:
        """Take an event as `message` does, and return what came of it once that is kept."""
        self.message(message)
        await workflow.wait_condition(lambda: message.key in self._answers)
        return self._answers[message.key]

    @workflow.signal
    def expedite(self) -> None:
        """Let an operator ask for it to be done sooner."""
        self._news.append(_News(self._process.expedited(self._now())))

    @workflow.query(name="getStatus")
    def get_status(self) -> dict[str, Any]:
        """Return what may be shown of the process, as it was last kept; empty before that."""
        return {} if self._state is None else dict(self._process.public(self._state))

    async def _live(self, start: Start) -> dict[str, Any]:
        if start.event is not None:
            self._news.appendleft(_News(start.event))
        if self._state is not None:
            self._watch(self._state)
        while True:
            await workflow.wait_condition(self._has_to_act)
            if self._broken is not None:
                raise self._broken
            if self._news:
                await self._happen(self._news.popleft())
            elif self._is_over():
                return self.get_status()
            else:
                self._begin_anew()

    def _has_to_act(self) -> bool:
        return bool(self._news or self._broken or self._is_over() or self._is_long())

    def _is_over(self) -> bool:
        """Whether it has ended and whoever asked meanwhile was answered."""
        ended = self._state is not None and self._process.ended(self._state)
        return ended and workflow.all_handlers_finished()

    def _is_long(self) -> bool:
        """Whether the history nears the cluster's limit, at a moment when nothing is under way."""
        idle = not self._working and workflow.all_handlers_finished()
        return idle and workflow.info().is_continue_as_new_suggested()

    async def _happen(self, news: _News) -> None:
        """Decide, keep, act."""
        try:
            state, effects = self._process.decide(self._state, news.event)
        except InvalidError as error:
            if news.key is None:
                raise
            workflow.logger.warning("message_dropped", extra={"code": error.code})
            self._answers[news.key] = Answer(refused=error.code)
            return
        number = self._number + 1
        await self._keep(number, news.event, state, effects)
        self._number, self._state = number, dict(state)
        if news.key is not None:
            self._answers[news.key] = Answer(number, [dict(effect) for effect in effects])
        self._show(self._state)
        self._watch(self._state)
        for place, effect in enumerate(effects):
            if work := self._process.work(effect):
                key = f"{self._start.id}:{number}:{place}"
                self._working.add(self._start_task(self._do(effect, work, key)))

    async def _keep(self, number: int, event: Json, state: Json, effects: Sequence[Json]) -> None:
        """Have the step written down, however long the database is away."""
        start = self._start
        step = Step(
            start.process,
            start.id,
            start.tenant,
            number,
            dict(event),
            dict(state),
            [dict(effect) for effect in effects],
        )
        await workflow.execute_activity(
            KEEP,
            step,
            start_to_close_timeout=KEEPING,
            heartbeat_timeout=SILENCE,
            retry_policy=RetryPolicy(maximum_interval=LONGEST_PAUSE),
        )

    async def _do(self, effect: Json, work: Work, key: str) -> None:
        """Have an effect's work done; what comes of it is the next event."""
        start = self._start
        order = Order(start.process, start.id, start.tenant, dict(effect), key)
        while True:
            try:
                event: Json = await workflow.execute_activity(
                    work.activity,
                    order,
                    result_type=dict[str, Any],
                    start_to_close_timeout=work.timeout,
                    heartbeat_timeout=work.silence,
                    retry_policy=RetryPolicy(
                        initial_interval=timedelta(seconds=1),
                        backoff_coefficient=2,
                        maximum_attempts=work.attempts,
                    ),
                )
            except ActivityError as error:
                if _worker_was_stopped(error):
                    continue
                event = self._process.failed(effect, self._now())
            self._news.append(_News(event))
            return

    def _watch(self, state: Json) -> None:
        """Have a timer for each deadline and for no other; one that has fired stays silent."""
        due = {} if self._process.ended(state) else self._deadlines(state)
        for name in [each for each in self._timers if each not in due]:
            self._timers.pop(name).cancel()
        for name, deadline in due.items():
            if name not in self._timers:
                self._timers[name] = self._start_task(self._wait_for(deadline))

    def _deadlines(self, state: Json) -> dict[tuple[str, datetime], Deadline]:
        return {(each.name, each.instant): each for each in self._process.deadlines(state)}

    async def _wait_for(self, deadline: Deadline) -> None:
        left = max(deadline.instant - workflow.now(), timedelta(0))
        await workflow.sleep(left, summary=deadline.name)
        self._news.append(_News(deadline.event))

    def _show(self, state: Json) -> None:
        """Let the process be found by its status."""
        status = self._process.public(state).get("status")
        if isinstance(status, str) and status != self._status:
            self._status = status
            workflow.upsert_search_attributes([STATUS.value_set(status)])

    def _start_task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._task_ended)
        return task

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        """Let a mistake in a task stop the whole workflow, where it can be seen and mended."""
        self._working.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._broken = task.exception()

    def _begin_anew(self) -> None:
        """Go on in a new run with an empty history."""
        workflow.continue_as_new(
            replace(
                self._start,
                event=None,
                state=self._state,
                number=self._number,
                seen=sorted(self._seen),
            )
        )

    def _now(self) -> str:
        return rfc3339(workflow.now())


def _worker_was_stopped(error: ActivityError) -> bool:
    """Whether the last attempt ended because its worker was stopped: not the work's fault."""
    cause = error.cause
    return isinstance(cause, ApplicationError) and cause.type == WORKER_STOPPED
