"""
Ask datacontract-cli, in its own environment and not in ours, about many contracts at once.

Reads ``[{"contract": …, "what": "lint" | "test"}, …]`` from its input and prints, for each,
what it came to: the run's result, and of every check that did not pass its type and reason.
"""

import json
import logging
import sys
from typing import Any

from datacontract.data_contract import DataContract  # type: ignore[import-not-found]
from datacontract.model.run import ResultEnum  # type: ignore[import-not-found]


def answer(case: dict[str, str]) -> dict[str, Any]:
    contract = DataContract(data_contract_str=case["contract"], inline_references=False)
    run = contract.lint() if case["what"] == "lint" else contract.test()
    return {
        "result": run.result.value,
        "checks": [
            {"type": check.type, "result": str(check.result), "reason": check.reason}
            for check in run.checks
            if check.result is not ResultEnum.passed
        ],
    }


if __name__ == "__main__":
    logging.disable()
    print(json.dumps([answer(each) for each in json.load(sys.stdin)]))  # noqa: T201
