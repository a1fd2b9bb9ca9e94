"""Effects that always fail, and clocks that jump while an approval waits for people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dcs.engines.database import Session
from dcs.engines.durable import Finish, Job
from dcs.studio import Studio
from dcs.workflow import Activity, ApprovalView, Ballot, Level
from tests.faults.approvals.agreement import everything_agrees
from tests.faults.approvals.offices import LEASE, actors, office
from tests.faults.approvals.playing import Stage
from tests.faults.approvals.stories import People, Story

pytestmark = pytest.mark.anyio


async def settle(studio: Studio) -> None:
    while await studio.jobs.run_due():
        pass


async def newest(studio: Studio, people: People) -> ApprovalView:
    found = await studio.approvals.find(people.actors["stella"], mine=False, before=None, limit=1)
    return found[0]


def poison(studio: Studio, activity: Activity, *, effect: bool) -> None:
    """Let an activity fail for ever: its work, or what it writes when the work is done."""
    kind = studio.jobs.kinds[f"approval.{activity.value}"]

    def broken(_session: Session) -> None:
        raise ValueError("poisoned")

    async def run(job: Job) -> Finish:
        finish = await kind.handler(job)
        if not effect:
            raise ValueError("poisoned")

        def half_done(session: Session) -> None:
            finish(session)
            broken(session)

        return half_done

    studio.jobs.kinds[f"approval.{activity.value}"] = replace(kind, handler=run)


@pytest.mark.parametrize("effect", [False, True], ids=["work", "effect"])
@pytest.mark.parametrize("activity", list(Activity))
async def test_a_poisoned_effect_ends_failed_with_its_reason_and_nothing_of_it_is_kept(
    stage: Stage, activity: Activity, effect: bool
) -> None:
    clock = stage.clock
    async with office(stage.place, clock) as studio:
        people = People(studio, clock, await actors(studio))
        usual = dict(studio.jobs.kinds)
        poison(studio, activity, effect=effect)
        stage.sent += 1
        await people.send(Story.RETURNED, stage.sent)
        await settle(studio)
        while (seen := await newest(studio, people)).state.outcome is None:
            assert stage.place.look(everything_agrees)
            if seen.open_levels:
                stella = people.actors["stella"]
                await studio.approvals.vote(stella, seen.id, Ballot(Level.L1, "approve"))
            clock.move(LEASE)
            await settle(studio)
        assert (seen.state.outcome.value, seen.state.reason) == (
            "failed",
            f"{activity.name}_FAILED",
        )
        assert seen.version_status == "failed"
        stage.place.look(everything_agrees)
        told = await studio.notices.find(people.actors["paula"], unread=True, before=None, limit=9)
        about = [each.notice for each in told if each.notice.about.id == seen.id]
        assert [each.kind.value for each in about] == ["failed"]
        assert about[0].data["reason"] == f"{activity.name}_FAILED"
        studio.jobs.kinds |= usual
        await settle(studio)
        assert (await newest(studio, people)).state == seen.state


async def test_a_clock_that_jumps_while_people_are_asked_neither_ends_it_early_nor_keeps_it_open(
    stage: Stage,
) -> None:
    clock = stage.clock
    async with office(stage.place, clock) as studio:
        people = People(studio, clock, await actors(studio))
        stage.sent += 1
        await people.send(Story.LATE, stage.sent)
        await settle(studio)
        before = await newest(studio, people)
        assert before.open_levels
        clock.move(-timedelta(hours=1))
        await settle(studio)
        assert await newest(studio, people) == before
        clock.move(timedelta(hours=1))
        clock.move(timedelta(days=400))
        await settle(studio)
        after = await newest(studio, people)
        assert (after.id, after.state.reason) == (before.id, "DEADLINE")
        stage.place.look(everything_agrees)
        await settle(studio)
        assert await newest(studio, people) == after
        clock.move(-timedelta(days=400))
