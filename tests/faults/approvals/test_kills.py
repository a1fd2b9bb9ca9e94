"""Kill a process before, in and after every effect and every signal, and let another one go on."""

from pathlib import Path

import pytest

from tests.faults.approvals.agreement import everything_happened_once
from tests.faults.approvals.conftest import prepared
from tests.faults.approvals.offices import Place
from tests.faults.approvals.playing import Stage
from tests.faults.approvals.stories import Story
from tests.post import Post
from tests.scale import some

pytestmark = pytest.mark.timeout(300)

EFFECTS = {
    "approval.inspect": Story.APPROVED,
    "approval.validate": Story.APPROVED,
    "approval.check_compliance": Story.APPROVED,
    "approval.activate": Story.APPROVED,
    "approval.deadline": Story.LATE,
    "notices.mail": Story.CANCELLED,
}
MOMENTS = ("before_effect", "before_commit", "within_commit", "after_commit")
SIGNALS = {
    "commented": (Story.APPROVED, 1),
    "expedited": (Story.APPROVED, 1),
    "voted.L1": (Story.APPROVED, 1),
    "voted.L2": (Story.APPROVED, 1),
    "returned.L1": (Story.RETURNED, 1),
    "submitted": (Story.RETURNED, 1),
    "compliance_finished": (Story.RETURNED, 2),
    "cancelled": (Story.CANCELLED, 1),
    "rejected.L2": (Story.REJECTED, 1),
    "reminded.L1": (Story.LATE, 1),
    "deadline_passed.L1": (Story.LATE, 2),
}
NAMED = {"rejected.L2": "voted.L2", "reminded.L1": "deadline_passed.L1"}


AROUND_EFFECTS = [(kind, moment) for kind in EFFECTS for moment in MOMENTS]
AROUND_SIGNALS = [(signal, moment) for signal in SIGNALS for moment in ("applied", "committed")]


@pytest.mark.parametrize(("kind", "moment"), some(AROUND_EFFECTS))
def test_killed_around_an_effect_it_happens_once(stage: Stage, kind: str, moment: str) -> None:
    stage.play(EFFECTS[kind], f"workflow.{moment}:{kind}")
    stage.place.look(lambda session: everything_happened_once(session, letters=True))


@pytest.mark.parametrize(("signal", "moment"), some(AROUND_SIGNALS))
def test_killed_around_a_signal_it_counts_once(stage: Stage, signal: str, moment: str) -> None:
    story, nth = SIGNALS[signal]
    stage.play(story, f"workflow.event_{moment}:{NAMED.get(signal, signal)}", nth)
    stage.place.look(lambda session: everything_happened_once(session, letters=True))


def test_a_letter_that_was_sent_twice_is_known_by_its_id(stage: Stage, mail: Post) -> None:
    stage.play(Story.REJECTED, "workflow.before_commit:notices.mail")
    sent = [
        (each["To"], each["Message-ID"], text)
        for each, text in zip(mail.letters, mail.texts(), strict=True)
    ]
    assert len({(to, message) for to, message, _ in sent}) == len(set(sent)) < len(sent)


def test_an_engine_that_keeps_effects_apart_from_their_jobs_is_found_out(
    recorded: Path, tmp_path: Path
) -> None:
    careless = prepared(Stage(Place(tmp_path, recorded)))
    with pytest.raises(AssertionError):
        careless.play(Story.CANCELLED, "workflow.after_commit:approval.validate", careless=True)
    assert careless.kills == 1
