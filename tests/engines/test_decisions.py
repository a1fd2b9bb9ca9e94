"""The contract of decision engines: the right answer to each question, from any thread."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dcs.engines.decisions import DecisionEngine, PolicyFailedError, PolicyRefusedError
from dcs.engines.decisions.rego import RegoEngine, load_rego

POLICY = """
package dcs.authz
import rego.v1
default allow := false
allow if input.n > 5
decision := {"allow": allow, "twice": input.n * 2, "role": data.role}
"""


@pytest.fixture(params=["rego"])
def engine(request: pytest.FixtureRequest) -> DecisionEngine:
    return {"rego": RegoEngine}[request.param]({"authz.rego": POLICY}, {"role": "x"})


def test_a_policy_sees_its_input_and_its_data(engine: DecisionEngine) -> None:
    assert engine.evaluate({"n": 6}) == {"allow": True, "twice": 12, "role": "x"}
    assert engine.evaluate({"n": 5}) == {"allow": False, "twice": 10, "role": "x"}


def test_an_undefined_answer_is_an_error_and_not_a_permission(engine: DecisionEngine) -> None:
    with pytest.raises(PolicyFailedError):
        engine.evaluate({})
    assert engine.evaluate({"n": 9})["allow"] is True


def test_many_threads_each_get_the_answer_to_their_own_question(engine: DecisionEngine) -> None:
    """One shared interpreter answered other threads' questions, denials turned to permissions."""
    wrong: list[Mapping[str, Any]] = []

    def ask(number: int) -> None:
        for _ in range(300):
            answer = engine.evaluate({"n": number})
            if answer != {"allow": number > 5, "twice": number * 2, "role": "x"}:
                wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(number,)) for number in (1, 9, 4, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_two_threads_do_not_share_an_interpreter() -> None:
    engine = RegoEngine({"authz.rego": POLICY}, {"role": "x"})
    found: list[object] = [engine._engine()[0]]
    thread = threading.Thread(target=lambda: found.append(engine._engine()[0]))
    thread.start()
    thread.join()
    assert found[0] is not found[1]


def test_the_revision_changes_with_every_rule_and_every_datum() -> None:
    first = RegoEngine({"authz.rego": POLICY}, {"role": "x"}).revision
    assert first == RegoEngine({"authz.rego": POLICY}, {"role": "x"}).revision
    assert first != RegoEngine({"authz.rego": POLICY + "\nextra := 1\n"}, {"role": "x"}).revision
    assert first != RegoEngine({"authz.rego": POLICY}, {"role": "y"}).revision


@pytest.mark.parametrize(
    "call", ["opa.runtime()", 'http.send({"url": "x"})', "time.now_ns()", "time.clock(1)"]
)
def test_a_policy_that_reaches_outside_is_refused(call: str) -> None:
    with pytest.raises(PolicyRefusedError):
        RegoEngine({"authz.rego": POLICY + f"\nx := {call}\n"}, {})


def test_a_policy_that_does_not_compile_fails_at_the_start() -> None:
    with pytest.raises(PolicyRefusedError):
        RegoEngine({"authz.rego": "package dcs.authz\nimport rego.v1\nallow if {"}, {})


def test_a_folder_is_read_without_its_tests(tmp_path: Path) -> None:
    (tmp_path / "authz.rego").write_text(POLICY)
    (tmp_path / "authz_test.rego").write_text("not rego at all {")
    (tmp_path / "data.json").write_text('{"role": "y"}')
    assert load_rego(tmp_path).evaluate({"n": 1})["role"] == "y"
