"""Rows on their way from the server."""

from collections.abc import Iterator
from urllib.parse import unquote

import httpx2

from dcs.sdk.connection import CHUNK
from dcs.sdk.errors import ServerUnavailable


class Rows:
    """
    Rows on their way; iterate over it once for their bytes.

    Attributes:
        masked: The columns that are masked for you.
        decision_id: The decision that let them go, by which it is on record.
        granted_by: The codes of the rules that allowed it.
        complete: Whether these are all rows that were asked for; only of failing rows it can be false.
        failed: How many rows failed the check, if that was the question.
    """

    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer
        names = answer.headers.get("x-masked-columns", "")
        self.masked = [unquote(name) for name in names.split(",") if name]
        self.decision_id = answer.headers.get("x-decision-id")
        self.granted_by = [
            code for code in answer.headers.get("x-granted-by", "").split(",") if code
        ]
        self.complete = answer.headers.get("x-complete", "true") == "true"
        failed = answer.headers.get("x-failed-rows")
        self.failed = None if failed is None else int(failed)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_bytes(CHUNK)
        except httpx2.TransportError as error:
            raise ServerUnavailable(
                503, {"code": "read_broke_off", "detail": "The rows broke off. Read them again."}
            ) from error
        finally:
            self._answer.close()
