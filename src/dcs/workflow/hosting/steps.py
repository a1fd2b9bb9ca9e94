"""Write the steps that a cluster takes to the rows, each once and whole."""

from dataclasses import dataclass

from dcs.core.failpoints import reach
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.engines.durable import Step, is_new
from dcs.workflow import store
from dcs.workflow.beside import Beside
from dcs.workflow.engine import Engine
from dcs.workflow.host import why_ignored
from dcs.workflow.hosting import store as waiting
from dcs.workflow.hosting.process import SAID, effect_of, event_of
from dcs.workflow.state import State


@dataclass(frozen=True, slots=True)
class Steps:
    """Keep what a hosted approval decides: everything of a step in one transaction."""

    database: Database
    engine: Engine
    beside: Beside

    async def keep(self, step: Step) -> None:
        """
        Write a step down, or see that it is there already.

        Raises:
            LookupError: There is no row of this approval.
            StepMissingError: The step before it is not there.
        """
        reach("hosting.step_before_commit")
        new = await self.database.write(TenantId(step.tenant), lambda s: self._keep(s, step))
        if new:
            reach("hosting.step_after_commit")

    def _keep(self, session: Session, step: Step) -> bool:
        row = store.get_approval(session, step.id, lock=True)
        if row is None:
            raise LookupError("a step of an approval that does not exist")
        if not is_new(row.step, step.number):
            return False
        event, state = event_of(step.event), State.from_json(step.state)
        effects = [effect_of(each) for each in step.effects]
        self.engine.keep(session, row, event, state, effects)
        said = step.event.get(SAID)
        words = None if said is None else waiting.take_words(session, said)
        if why_ignored(effects) is None:
            self.beside.keep(session, row, event, state, words or "")
        if state.outcome is not None:
            waiting.forget_words(session, step.id)
        return True
