"""Every history that a release left behind is understood by this one; no server is needed."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from dcs.engines.durable import Json
from dcs.engines.durable.temporal import registry
from dcs.engines.durable.temporal.engine import runner
from dcs.engines.durable.temporal.workflow import ProcessWorkflow
from dcs.workflow.hosting import APPROVAL, PROCESS, ApprovalProcess
from dcs.workflow.state import State
from tests.engines.temporal_toy import TOY, TOY_PROCESS
from tests.workflow import golden_approvals

pytestmark = pytest.mark.anyio

HISTORIES = sorted((Path(__file__).parents[1] / "golden" / "temporal").rglob("*.json"))


def history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))


def replayer() -> Replayer:
    return Replayer(workflows=[ProcessWorkflow], workflow_runner=runner())


def test_there_are_histories_of_every_way_to_end() -> None:
    stories = {*golden_approvals.STORIES, "long", "long-2"}
    assert {path.stem for path in HISTORIES} >= stories


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_a_released_history_is_replayed(path: Path) -> None:
    registry.register(TOY, TOY_PROCESS)
    registry.register(APPROVAL, PROCESS)
    await replayer().replay_workflow(history(path))


class Hasty(ApprovalProcess):
    """Waits for nobody."""

    def ended(self, state: Json) -> bool:
        return bool(State.from_json(state).requests)


async def test_a_process_that_decides_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    [path, *_] = [each for each in HISTORIES if each.stem == "approval-agreed"]
    monkeypatch.setitem(registry._registered, APPROVAL, Hasty())
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(history(path))
