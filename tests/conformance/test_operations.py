"""Whatever a sender does, in whatever order: the file is what a model says it is."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcs.core.clock import ManualClock
from dcs.studio import Studio
from tests.conformance.conftest import BROKEN, Answer, Desk, checksum, digest, open_desk

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Append:
    """
    Send some bytes.

    Attributes:
        size: How many, at most.
        shift: How far from the right offset they claim to begin.
        hashed: None, or whether their checksum is right.
        breaks: After how many bytes the connection breaks; None if it does not.
        last: Whether they are said to be the last, where that can be said.
        cut: How large the pieces are in which they travel.
    """

    size: int
    shift: int
    hashed: bool | None
    breaks: int | None
    last: bool
    cut: int


APPENDS = st.builds(
    Append,
    size=st.integers(0, 40),
    shift=st.sampled_from([0, 0, 0, 0, -1, 1, 7]),
    hashed=st.sampled_from([None, None, True, False]),
    breaks=st.none() | st.integers(0, 40),
    last=st.booleans(),
    cut=st.integers(1, 9),
)
OPERATIONS = st.lists(
    st.one_of(APPENDS, APPENDS, APPENDS, st.sampled_from(["show", "cancel"])), max_size=8
)


@dataclass
class Model:
    """What the server has to know of one upload."""

    content: bytes
    explicit: bool
    kept: int = 0
    state: str = "open"

    @property
    def may_complete(self) -> bool:
        """Whether looking at it completes it: only where the length says so."""
        return not self.explicit and self.kept == len(self.content)

    def append(self, piece: bytes, offset: int, step: Append) -> set[int]:
        """Apply a request and return the statuses it may be answered with."""
        if self.state == "gone":
            return {410}
        if offset != self.kept:
            return {409}
        if self.state == "complete":
            return {204, 400}
        came = piece if step.breaks is None else piece[: step.breaks]
        if step.hashed is not None and (step.breaks is not None or not step.hashed):
            return {499} if step.breaks is not None else {400, 460}
        self.kept += len(came)
        if step.breaks is not None:
            return {499}
        ends = step.last if self.explicit else self.kept == len(self.content)
        if not ends:
            return {201, 204}
        if self.kept != len(self.content):
            return {400}
        self.state = "complete"
        return {202, 204}


@dataclass
class Sender:
    """One of the two protocols, for the operations both have."""

    desk: Desk
    ietf: bool
    url: str = ""

    async def begin(self, content: bytes) -> None:
        size = len(content)
        if self.ietf:
            self.url = await self.desk.ietf_begin(Upload_Length=str(size))
        else:
            self.url = await self.desk.tus_create(size)

    async def append(self, piece: bytes, offset: int, step: Append) -> Answer:
        hashed = piece if step.hashed else piece + b"!"
        body: Any = [piece[at : at + step.cut] for at in range(0, len(piece), step.cut)]
        if step.breaks is not None:
            body = [
                piece[: step.breaks][at : at + step.cut] for at in range(0, step.breaks, step.cut)
            ]
            body.append(BROKEN)
        given = {"Content_Length": str(len(piece))}
        if self.ietf:
            if step.hashed is not None:
                given["Content_Digest"] = digest(hashed)
            if step.last:  # then the length would contradict what was said at first
                del given["Content_Length"]
            return await self.desk.ietf_patch(self.url, offset, body, last=step.last, **given)
        if step.hashed is not None:
            given["Upload_Checksum"] = checksum("sha256", hashed)
        return await self.desk.tus_patch(self.url, offset, body, **given)

    async def show(self) -> Answer:
        return await (self.desk.ietf_head(self.url) if self.ietf else self.desk.tus_head(self.url))


async def play(sender: Sender, content: bytes, operations: list[Append | str]) -> None:
    model, seen = Model(content, sender.ietf), 0
    await sender.begin(content)
    for step in [*operations, "show"]:
        if isinstance(step, Append):
            piece = content[model.kept : model.kept + step.size]
            offset = max(model.kept + step.shift, 0)
            answer = await sender.append(piece, offset, step)
            assert answer.status in model.append(piece, offset, step), (step, answer)
        elif step == "cancel":
            answer = await sender.desk.tus("DELETE", sender.url)
            assert answer.status == (410 if model.state == "gone" else 204)
            if model.state == "complete":
                assert await sender.desk.content() == content
                return
            model.state = "gone"
        answer = await sender.show()
        if model.state == "gone":
            assert answer.status == 410
            continue
        if model.may_complete:
            model.state = "complete"
        offset = int(answer.headers["upload-offset"])
        assert offset == model.kept >= seen
        seen = offset
        if sender.ietf:
            complete = answer.headers["upload-complete"] == "?1"
            assert complete == (model.state == "complete")
    if model.state == "open":
        rest = Append(len(content), 0, True, None, True, 5)
        answer = await sender.append(content[model.kept :], model.kept, rest)
        assert answer.status in {202, 204}
        model.state = "complete"
    if model.state == "complete":
        [version] = await sender.desk.versions()
        assert version.sha256 == hashlib.sha256(content).hexdigest()
        assert await sender.desk.content() == content
    else:
        assert await sender.desk.versions() == []


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ietf=st.booleans(), content=st.binary(min_size=1, max_size=80), operations=OPERATIONS)
async def test_the_file_is_what_was_sent_whatever_went_wrong_on_the_way(
    house: tuple[Studio, Any, ManualClock],
    ietf: bool,
    content: bytes,
    operations: list[Append | str],
) -> None:
    async with asyncio.timeout(10):
        await play(Sender(await open_desk(*house), ietf), content, operations)
