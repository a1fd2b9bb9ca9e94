"""
Rego in this process, through regopy.

An interpreter is not safe to share: two threads on one gave answers that
belonged to the other's question, denials turned into permissions among them.
So every thread builds its own, once for each question, and asks its compiled
bundle; asking for the query anew each time would compile it each time, ten
times as slow. A question's interpreter knows the rules of its own package
alone: those of others would make every answer slower.
"""

import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from regopy import Interpreter, RegoError

from dcs.engines.decisions import AUTHORIZATION, PolicyFailedError, PolicyRefusedError

_PACKAGE = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)

# They reach outside the question: the network, the environment, chance. And no function of
# time: where an older libstdc++ is loaded before regopy's own, reading the time zones ends
# the whole process; and engines differ in what they parse.
_FORBIDDEN = re.compile(
    r"\b(http\.send|opa\.runtime|rego\.parse_module|net\.lookup_ip_addr|rand\.intn|uuid\.rfc4122"
    r"|time\.\w+|trace)\b"
)


class RegoEngine:
    """Decide by Rego files and one data document; each package has a rule ``decision``."""

    def __init__(self, modules: Mapping[str, str], data: Mapping[str, Any]) -> None:
        self._modules = dict(sorted(modules.items()))
        self._data = json.dumps(data, sort_keys=True)
        self._local = threading.local()
        self._questions = _by_question(self._modules)
        self.revision = self._hash()
        self._refuse_forbidden()
        for question in self._questions:  # a policy that does not compile must fail at start-up
            self._engine(question)

    def evaluate(
        self, document: Mapping[str, Any], question: str = AUTHORIZATION
    ) -> Mapping[str, Any]:
        """Ask this thread's own interpreter for the question."""
        if question not in self._questions:
            raise PolicyFailedError("The policy has no rule that answers this question.")
        interpreter, bundle = self._engine(question)
        try:
            interpreter.set_input(document)
            output = interpreter.query_bundle(bundle)
            answer = json.loads(str(output))["bindings"]["answer"]
        except Exception as error:  # whatever the engine raises means "no answer"
            self._local.__dict__.pop(question, None)
            raise PolicyFailedError("The policy could not be evaluated.") from error
        if not isinstance(answer, dict):
            raise PolicyFailedError("The policy gave no decision.")
        return answer

    def _engine(self, question: str) -> tuple[Any, Any]:
        engines: dict[str, tuple[Any, Any]] = self._local.__dict__
        if question not in engines:
            engines[question] = self._build(question)
        return engines[question]

    def _build(self, question: str) -> tuple[Any, Any]:
        interpreter = Interpreter()
        try:
            for name in self._questions[question]:
                interpreter.add_module(name, self._modules[name])
            interpreter.add_data_json(self._data)
            path = question.replace("/", ".")
            bundle = interpreter.build(f"answer = data.{path}", [question])
        except RegoError as error:
            raise PolicyRefusedError("The policy does not compile.") from error
        if not bundle.ok():
            raise PolicyRefusedError("The policy does not compile.")
        return interpreter, bundle

    def _hash(self) -> str:
        content = json.dumps([list(self._modules.items()), self._data])
        return hashlib.sha256(content.encode()).hexdigest()

    def _refuse_forbidden(self) -> None:
        for name, text in self._modules.items():
            code = "\n".join(line.partition("#")[0] for line in text.splitlines())
            found = _FORBIDDEN.search(code)
            if found:
                raise PolicyRefusedError(f"{name} calls {found[0]}, which a policy must not.")


def _by_question(modules: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """Return the names of the modules that answer each question: those of its package."""
    questions: dict[str, list[str]] = {}
    for name, text in modules.items():
        package = _PACKAGE.search(text)
        if package is None:
            raise PolicyRefusedError(f"{name} names no package.")
        questions.setdefault(f"{package[1].replace('.', '/')}/decision", []).append(name)
    return questions


def load_rego(folder: Path) -> RegoEngine:
    """Read every ``.rego`` file of a folder, tests excepted, and its ``data.json``."""
    modules = {path.name: path.read_text(encoding="utf-8") for path in _policy_files(folder)}
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    return RegoEngine(modules, data)


def _policy_files(folder: Path) -> Sequence[Path]:
    return [path for path in sorted(folder.glob("*.rego")) if not path.stem.endswith("_test")]
