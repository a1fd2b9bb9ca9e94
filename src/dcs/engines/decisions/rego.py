"""
Rego in this process, through regopy.

An interpreter is not safe to share: two threads on one gave answers that
belonged to the other's question, denials turned into permissions among them.
So every thread builds its own, once, and asks its compiled bundle; asking for
the query anew each time would compile it each time, ten times as slow.
"""

import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from regopy import Interpreter, RegoError

from dcs.engines.decisions import PolicyFailedError, PolicyRefusedError

QUERY = "answer = data.dcs.authz.decision"
ENTRY = "dcs/authz/decision"

# They reach outside the question: the network, the environment, chance. And no function of
# time: where an older libstdc++ is loaded before regopy's own, reading the time zones ends
# the whole process; and engines differ in what they parse.
_FORBIDDEN = re.compile(
    r"\b(http\.send|opa\.runtime|rego\.parse_module|net\.lookup_ip_addr|rand\.intn|uuid\.rfc4122"
    r"|time\.\w+|trace)\b"
)


class RegoEngine:
    """Decide by Rego files and one data document."""

    def __init__(self, modules: Mapping[str, str], data: Mapping[str, Any]) -> None:
        self._modules = dict(sorted(modules.items()))
        self._data = json.dumps(data, sort_keys=True)
        self._local = threading.local()
        self.revision = self._hash()
        self._refuse_forbidden()
        self._engine()  # a policy that does not compile must fail at start-up

    def evaluate(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask this thread's own interpreter."""
        interpreter, bundle = self._engine()
        try:
            interpreter.set_input(document)
            output = interpreter.query_bundle(bundle)
            answer = json.loads(str(output))["bindings"]["answer"]
        except Exception as error:  # whatever the engine raises means "no answer"
            self._local.engine = None
            raise PolicyFailedError("The policy could not be evaluated.") from error
        if not isinstance(answer, dict):
            raise PolicyFailedError("The policy gave no decision.")
        return answer

    def _engine(self) -> tuple[Any, Any]:
        engine: tuple[Any, Any] | None = getattr(self._local, "engine", None)
        if engine is None:
            engine = self._build()
            self._local.engine = engine
        return engine

    def _build(self) -> tuple[Any, Any]:
        interpreter = Interpreter()
        try:
            for name, text in self._modules.items():
                interpreter.add_module(name, text)
            interpreter.add_data_json(self._data)
            bundle = interpreter.build(QUERY, [ENTRY])
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


def load_rego(folder: Path) -> RegoEngine:
    """Read every ``.rego`` file of a folder, tests excepted, and its ``data.json``."""
    modules = {path.name: path.read_text(encoding="utf-8") for path in _policy_files(folder)}
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    return RegoEngine(modules, data)


def _policy_files(folder: Path) -> Sequence[Path]:
    return [path for path in sorted(folder.glob("*.rego")) if not path.stem.endswith("_test")]
