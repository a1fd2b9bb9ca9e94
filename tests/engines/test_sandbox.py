"""The contract of the sandbox: a child is bounded, answers, and is gone afterwards."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dcs.engines.sandbox import ChildEndedError, Limits, TaskFailedError
from dcs.engines.sandbox.process import ProcessSandbox

pytestmark = pytest.mark.anyio

TASKS = "tests.sandbox_tasks"
LIMITS = Limits(memory=512 * 1024**2, seconds=20, file_size=1_000_000, output=100_000)


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> ProcessSandbox:
    """Let the child find the tasks of these tests."""
    import dcs.engines.sandbox.process as process

    root = str(Path(__file__).parents[2])
    monkeypatch.setattr(process, "ENVIRONMENT", {**process.ENVIRONMENT, "PYTHONPATH": root})
    return ProcessSandbox()


async def test_a_task_gets_its_arguments_and_answers(sandbox: ProcessSandbox) -> None:
    answer = await sandbox.run(f"{TASKS}:echo", {"text": "grüße", "n": [1, None]}, LIMITS)
    assert answer == {"text": "grüße", "n": [1, None]}


async def test_the_environment_is_empty_of_secrets(
    sandbox: ProcessSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET", "canary")
    names = await sandbox.run(f"{TASKS}:environment", {}, LIMITS)
    assert "A_SECRET" not in names
    assert "HOME" not in names


async def test_what_a_task_prints_does_not_spoil_its_answer(sandbox: ProcessSandbox) -> None:
    assert await sandbox.run(f"{TASKS}:noisy", {}, LIMITS) == "fine"


async def test_an_error_crosses_by_its_class_and_never_by_its_text(sandbox: ProcessSandbox) -> None:
    with pytest.raises(TaskFailedError) as error:
        await sandbox.run(f"{TASKS}:fail", {"text": "jane@example.org"}, LIMITS)
    assert "ValueError" in str(error.value)
    assert "jane" not in str(error.value)


@pytest.mark.parametrize(
    ("task", "why"),
    [("hungry", "memory"), ("sleepy", "time"), ("wordy", "output"), ("crash", "crash")],
)
async def test_a_child_that_goes_too_far_is_ended_by_name(
    sandbox: ProcessSandbox, task: str, why: str
) -> None:
    limits = Limits(LIMITS.memory, 2.0, LIMITS.file_size, LIMITS.output)
    with pytest.raises(ChildEndedError) as ended:
        await sandbox.run(f"{TASKS}:{task}", {}, limits)
    assert ended.value.why == why


async def test_a_file_may_grow_to_its_limit_only(sandbox: ProcessSandbox, tmp_path: Path) -> None:
    path = tmp_path / "large"
    with pytest.raises((ChildEndedError, TaskFailedError)):
        await sandbox.run(f"{TASKS}:write", {"path": str(path)}, LIMITS)
    assert path.stat().st_size <= LIMITS.file_size


async def test_a_cancelled_caller_leaves_no_child_behind(
    sandbox: ProcessSandbox, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    task = asyncio.create_task(sandbox.run(f"{TASKS}:linger", {"path": str(note)}, LIMITS))
    while not (note.exists() and note.read_text()):
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


async def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import asyncio; from dcs.engines.sandbox import Limits\n"
        "import dcs.engines.sandbox.process as p\n"
        f"p.ENVIRONMENT['PYTHONPATH'] = {str(Path(__file__).parents[2])!r}\n"
        f"asyncio.run(p.ProcessSandbox().run({TASKS + ':linger'!r}, {{'path': {str(note)!r}}}, Limits()))"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stderr=subprocess.DEVNULL
    )
    while not (note.exists() and note.read_text()):
        await asyncio.sleep(0.02)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    child = int(note.read_text())
    for _ in range(200):
        status = Path(f"/proc/{child}/stat")
        if not status.exists() or status.read_text().split()[2] == "Z":
            return
        await asyncio.sleep(0.02)
    pytest.fail("the child outlived its parent")


async def test_only_so_many_children_run_at_once(sandbox: ProcessSandbox, tmp_path: Path) -> None:
    runs = [
        sandbox.run(f"{TASKS}:count", {"folder": str(tmp_path), "name": f"{n}"}, LIMITS)
        for n in range(6)
    ]
    assert max(await asyncio.gather(*runs)) <= 2


async def test_a_task_tells_how_far_it_has_come(sandbox: ProcessSandbox) -> None:
    told: list[tuple[int, int]] = []
    answer = await sandbox.run(
        f"{TASKS}:steady", {"steps": 5_000}, LIMITS, lambda *each: told.append(each)
    )
    assert answer == "done"
    assert told[0] == (0, 5_000)
    assert told[-1] == (5_000, 5_000), "the last word was lost"
    assert len(told) < 100, "it tells more often than anybody can see"


async def test_telling_costs_nothing_where_nobody_asked(sandbox: ProcessSandbox) -> None:
    assert await sandbox.run(f"{TASKS}:steady", {"steps": 10}, LIMITS) == "done"


@pytest.mark.parametrize(
    "said",
    ["\n", "nonsense\n", "{}\n", "[" * 200 + "\n", '{"done": 5, "total": 1}\n', "x" * 1_000,
     '{"done": "1", "total": 2}\n', '{"done": -1, "total": 2}\n', '{"done": true, "total": 2}\n'],
)  # fmt: skip
async def test_a_child_that_babbles_is_not_listened_to_and_still_answers(
    sandbox: ProcessSandbox, said: str
) -> None:
    told: list[tuple[int, int]] = []
    answer = await sandbox.run(
        f"{TASKS}:babbling",
        {"said": said, "times": 50},
        LIMITS,
        lambda *each: told.append(each),
    )
    assert (answer, told) == ("done", [])


async def test_an_error_while_listening_is_the_callers_to_see(sandbox: ProcessSandbox) -> None:
    def broken(_done: int, _total: int) -> None:
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        await sandbox.run(f"{TASKS}:steady", {"steps": 3}, LIMITS, broken)


async def test_no_pipe_is_left_open_after_a_child_has_told(sandbox: ProcessSandbox) -> None:
    await sandbox.run(f"{TASKS}:steady", {"steps": 3}, LIMITS, lambda *_: None)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        await sandbox.run(f"{TASKS}:steady", {"steps": 3}, LIMITS, lambda *_: None)
    assert len(os.listdir("/proc/self/fd")) <= before
