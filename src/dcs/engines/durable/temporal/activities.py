"""
The activities of hosted processes: keep a step, do the work of an effect.

Whatever an application raises leaves this file as the name of its class alone:
a failure is written into the history of the workflow, where a message that
quotes a file would stay.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from dcs.core.failpoints import reach
from dcs.engines.durable.process import Attempt, Body, Hosted, Step
from dcs.engines.durable.temporal.messages import KEEP, WORKER_STOPPED, Order

log = structlog.get_logger()

T = TypeVar("T")

BEATS = 4  # signs of life within the time after which silence means death


def activities(hosted: Mapping[str, Hosted]) -> list[Callable[..., Any]]:
    """Return every activity of the processes that are hosted, ready for a worker."""
    bodies = {name: body for each in hosted.values() for name, body in each.bodies.items()}
    return [_keeping(hosted), *(_working(name, body) for name, body in bodies.items())]


def _keeping(hosted: Mapping[str, Hosted]) -> Callable[[Step], Awaitable[None]]:
    @activity.defn(name=KEEP)
    async def keep(step: Step) -> None:
        await _SignsOfLife().while_doing(hosted[step.process].keep(step))

    return keep


def _working(name: str, body: Body) -> Callable[[Order], Awaitable[dict[str, Any]]]:
    @activity.defn(name=name)
    async def work(order: Order) -> dict[str, Any]:
        info = activity.info()
        signs = _SignsOfLife(info.heartbeat_details[0] if info.heartbeat_details else None)
        attempt = Attempt(
            order.process,
            order.id,
            order.tenant,
            order.effect,
            order.key,
            info.attempt,
            signs.reached,
            signs.tell,
        )
        return dict(await signs.while_doing(body(attempt)))

    return work


@dataclass(slots=True)
class _SignsOfLife:
    """Signs of life of one attempt, with what it or an earlier one has reached."""

    reached: Any = None

    def tell(self, reached: Any) -> None:
        """Remember how far it came, and say so at once."""
        self.reached = reached
        activity.heartbeat(reached)

    async def while_doing(self, work: Awaitable[T]) -> T:
        """Give signs of life while *work* runs, and tell of its failure by name alone."""
        reach("workflow.before_effect")
        try:
            result = await self._doing(work)
        except asyncio.CancelledError:
            if activity.is_worker_shutdown():  # told as cancelled it would seem to be wanted
                raise ApplicationError("The worker was stopped.", type=WORKER_STOPPED) from None
            raise
        except Exception as error:  # any failure is a failed attempt
            name, kind = activity.info().activity_type, type(error).__name__
            log.warning("activity_attempt_failed", activity=name, error=kind, exc_info=error)
            raise ApplicationError(kind, type=kind) from None
        reach("workflow.after_commit")
        return result

    async def _doing(self, work: Awaitable[T]) -> T:
        """If this is cancelled, so is the work, and nothing of it goes on."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=_pause()))[0]:
                activity.heartbeat(self.reached)
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


def _pause() -> float:
    silence = activity.info().heartbeat_timeout or timedelta(seconds=30)
    return silence.total_seconds() / BEATS
