"""Kill processes in the middle of their work, drawn by seeds, again and again: nothing is lost or doubled."""

import sys

import pytest

from tests.faults.approvals.agreement import everything_happened_once
from tests.faults.approvals.playing import Stage
from tests.faults.approvals.stories import Story
from tests.scale import STORM

pytestmark = pytest.mark.timeout(7_200)


def test_killed_again_and_again_every_approval_ends_as_its_story_says(
    stage: Stage, scale: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.storm(STORM[scale], seed=20_260_105)
    told = stage.place.look(lambda session: everything_happened_once(session, letters=True))
    assert set(told) >= {each for each in Story if each is not Story.LATE}
    with capsys.disabled():  # how many it were is what one wants to know of a long run
        figures = f"{stage.kills} kills, {stage.effective} in the middle of work"
        sys.stdout.write(f"\n{stage.place.name}: {figures}, {told.total()} approvals\n")
