"""The contract of decision engines: the right answer to each question, from any thread."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dcs.engines.decisions import (
    AUTHORIZATION,
    DecisionEngine,
    PolicyFailedError,
    PolicyRefusedError,
)
from dcs.engines.decisions.rego import RegoEngine, load_rego

POLICY = """
package dcs.authz
import rego.v1
default allow := false
allow if input.n > 5
decision := {"allow": allow, "twice": input.n * 2, "role": data.role}
"""

OTHER = """
package dcs.size
import rego.v1
decision := {"size": "large", "twice": input.n * 2} if input.n > 5
decision := {"size": "small", "twice": input.n * 2} if input.n <= 5
"""
SIZE = "dcs/size/decision"


@pytest.fixture(params=["rego"])
def engine(request: pytest.FixtureRequest) -> DecisionEngine:
    return {"rego": RegoEngine}[request.param](
        {"authz.rego": POLICY, "size.rego": OTHER}, {"role": "x"}
    )


def test_a_policy_sees_its_input_and_its_data(engine: DecisionEngine) -> None:
    assert engine.evaluate({"n": 6}) == {"allow": True, "twice": 12, "role": "x"}
    assert engine.evaluate({"n": 5}) == {"allow": False, "twice": 10, "role": "x"}


def test_an_undefined_answer_is_an_error_and_not_a_permission(engine: DecisionEngine) -> None:
    with pytest.raises(PolicyFailedError):
        engine.evaluate({})
    assert engine.evaluate({"n": 9})["allow"] is True


def test_one_policy_answers_several_questions_each_by_its_own_rules(engine: DecisionEngine) -> None:
    assert engine.evaluate({"n": 6}, SIZE) == {"size": "large", "twice": 12}
    assert engine.evaluate({"n": 6}, AUTHORIZATION) == {"allow": True, "twice": 12, "role": "x"}
    assert engine.evaluate({"n": 1}, SIZE) == {"size": "small", "twice": 2}


@pytest.mark.parametrize("question", ["dcs/nothing/decision", "dcs/size", "", "dcs.size.decision"])
def test_a_question_nobody_answers_is_an_error_and_not_a_permission(
    engine: DecisionEngine, question: str
) -> None:
    with pytest.raises(PolicyFailedError):
        engine.evaluate({"n": 6}, question)


def test_an_undefined_answer_leaves_the_other_questions_alone(engine: DecisionEngine) -> None:
    with pytest.raises(PolicyFailedError):
        engine.evaluate({"n": "many"}, "dcs/size/decision")
    with pytest.raises(PolicyFailedError):
        engine.evaluate({}, SIZE)
    assert engine.evaluate({"n": 6})["allow"] is True
    assert engine.evaluate({"n": 6}, SIZE)["size"] == "large"


def test_many_threads_each_get_the_answer_to_their_own_question(engine: DecisionEngine) -> None:
    """One shared interpreter answered other threads' questions, denials turned to permissions."""
    wrong: list[Mapping[str, Any]] = []

    def ask(number: int) -> None:
        size = "large" if number > 5 else "small"
        for _ in range(200):
            answer = engine.evaluate({"n": number})
            if answer != {"allow": number > 5, "twice": number * 2, "role": "x"}:
                wrong.append(answer)
            other = engine.evaluate({"n": number}, SIZE)
            if other != {"size": size, "twice": number * 2}:
                wrong.append(other)

    threads = [threading.Thread(target=ask, args=(number,)) for number in (1, 9, 4, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_two_threads_do_not_share_an_interpreter() -> None:
    engine = RegoEngine({"authz.rego": POLICY}, {"role": "x"})
    found: list[object] = [engine._engine(AUTHORIZATION)[0]]
    thread = threading.Thread(target=lambda: found.append(engine._engine(AUTHORIZATION)[0]))
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
    with pytest.raises(PolicyRefusedError):
        RegoEngine({"authz.rego": POLICY, "size.rego": "package dcs.size\nx := {"}, {})
    with pytest.raises(PolicyRefusedError):
        RegoEngine({"authz.rego": "x := 1"}, {})


def test_a_question_is_compiled_once_for_each_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = RegoEngine({"authz.rego": POLICY, "size.rego": OTHER}, {"role": "x"})
    built: list[str] = []
    build = engine._build
    monkeypatch.setattr(engine, "_build", lambda asked: (built.append(asked), build(asked))[1])

    def ask() -> None:
        for _ in range(5):
            engine.evaluate({"n": 1})
            engine.evaluate({"n": 1}, SIZE)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    ask()  # this thread has compiled both when the engine was made
    assert sorted(built) == [AUTHORIZATION, SIZE]


def test_a_folder_is_read_without_its_tests(tmp_path: Path) -> None:
    (tmp_path / "authz.rego").write_text(POLICY)
    (tmp_path / "authz_test.rego").write_text("not rego at all {")
    (tmp_path / "data.json").write_text('{"role": "y"}')
    assert load_rego(tmp_path).evaluate({"n": 1})["role"] == "y"
