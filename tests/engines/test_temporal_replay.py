"""Every history that a release left behind is understood by this one; no server is needed."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from dcs.engines.durable import Json
from dcs.engines.durable.temporal import registry
from dcs.engines.durable.temporal.engine import runner
from dcs.engines.durable.temporal.workflow import ProcessWorkflow
from tests.engines.temporal_toy import TOY, TOY_PROCESS, ToyProcess

pytestmark = pytest.mark.anyio

HISTORIES = sorted((Path(__file__).parents[1] / "golden" / "temporal").rglob("*.json"))


def history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))


def replayer() -> Replayer:
    return Replayer(workflows=[ProcessWorkflow], workflow_runner=runner())


def test_there_are_histories_of_every_way_to_end() -> None:
    stories = {"agreed", "expedited", "cancelled", "failed", "long", "long-2"}
    assert {path.stem for path in HISTORIES} >= stories


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_a_released_history_is_replayed(path: Path) -> None:
    registry.register(TOY, TOY_PROCESS)
    await replayer().replay_workflow(history(path))


class Hasty(ToyProcess):
    """Waits for nobody."""

    def decide(self, state: Json | None, event: Json) -> tuple[Json, Sequence[Json]]:
        told, effects = super().decide(state, event)
        return {**told, "status": "done"}, effects


async def test_a_process_that_decides_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    [path, *_] = [each for each in HISTORIES if each.stem == "expedited"]
    monkeypatch.setitem(registry._registered, TOY, Hasty())
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(history(path))
