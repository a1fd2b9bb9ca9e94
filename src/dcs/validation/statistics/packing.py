"""Write figures so that another process can read them: JSON, and the arrays it names behind it."""

import json
from typing import Any

import numpy as np

ARRAY, BYTES = "array", "bytes"
LENGTH = 8  # bytes of the length of the JSON


def packed(state: dict[str, Any]) -> bytes:
    """Return a nested mapping of numbers, texts, lists, arrays in one dimension and bytes."""
    behind: list[bytes] = []
    document = json.dumps(_taken_out(state, behind)).encode()
    return len(document).to_bytes(LENGTH, "little") + document + b"".join(behind)


def unpacked(data: bytes) -> dict[str, Any]:
    """Return what `packed` was given."""
    end = LENGTH + int.from_bytes(data[:LENGTH], "little")
    return dict(_put_back(json.loads(data[LENGTH:end]), memoryview(data)[end:]))


def _taken_out(value: Any, behind: list[bytes]) -> Any:
    match value:
        case dict():
            return {key: _taken_out(each, behind) for key, each in value.items()}
        case np.ndarray():
            return _place(ARRAY, value.dtype.str, value.tobytes(), behind)
        case bytes():
            return _place(BYTES, "", value, behind)
        case _:
            return value


def _place(kind: str, dtype: str, content: bytes, behind: list[bytes]) -> dict[str, Any]:
    start = sum(map(len, behind))
    behind.append(content)
    return {"$": [kind, dtype, start, len(content)]}


def _put_back(value: Any, behind: memoryview) -> Any:
    if not isinstance(value, dict):
        return value
    if "$" not in value:
        return {key: _put_back(each, behind) for key, each in value.items()}
    kind, dtype, start, size = value["$"]
    content = bytes(behind[start : start + size])
    return np.frombuffer(content, dtype).copy() if kind == ARRAY else content
