"""Files the server fetches itself, and how far they have come."""

import time
from collections.abc import Callable
from typing import Any

from dcs.sdk.connection import Connection, Json, path_of
from dcs.sdk.errors import Problem

ENDED_IMPORTS = frozenset({"complete", "failed", "cancelled"})
LOOK_AGAIN = 0.5  # seconds between two looks at how many bytes have come


class ImportsOf:
    """The imports of whoever is signed in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, dataset: str, url: str, **options: Any) -> Json:
        """Ask for a file to be fetched as a dataset's next version."""
        body = {"url": url, "dataset": dataset, **options}
        return self._connection.json("POST", "/api/v1/imports", json=body)

    def state(self, task: str) -> Json:
        """Return how far an import is."""
        return self._connection.json("GET", path_of("imports", task))

    def cancel(self, task: str) -> None:
        """End an import; the server removes what has come."""
        self._connection.send("DELETE", path_of("imports", task))

    def follow(self, task: str, on_progress: Callable[[Json], None] | None) -> Json:
        """
        Wait until an import has ended, and return the version it became.

        Raises:
            Problem: It failed or was cancelled; its code says why.
        """
        while True:
            found = self.state(task)
            if on_progress is not None:
                on_progress(found)
            if found["state"] in ENDED_IMPORTS:
                break
            time.sleep(LOOK_AGAIN)
        if found["state"] != "complete":
            reason = found["reason"] or found["state"]
            detail = f"{found['host']}: {reason.replace('_', ' ')}. Nothing was imported."
            raise Problem(422, {"code": reason, "detail": detail})
        return self._connection.json("GET", path_of("versions", found["version"]))
