"""Who may use what until when: access requests, decisions on them, and grants."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from dcs.sdk.connection import Connection, Json, path_of


class Access:
    """The access requests and grants that whoever is signed in may know of."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def request(
        self,
        dataset: str,
        purpose: str,
        *,
        days: int,
        accepted_terms: bool,
        columns: Sequence[str] = (),
        actions: Sequence[str] = (),
        for_group: str | None = None,
    ) -> Json:
        """
        Ask for access to a dataset; its owner decides.

        Args:
            dataset: Its id or name.
            purpose: What you need the data for.
            days: How long, 1 to 365.
            accepted_terms: That you accept the terms; the refusal without it quotes them.
            columns: Those you need; without them all.
            actions: What you want to do, such as ``read``; without them all but ``download``.
            for_group: A group you are of, whose members are all to have it; None for you alone.
        """
        body: dict[str, Any] = {
            "dataset": dataset,
            "purpose": purpose,
            "days": days,
            "accepted_terms": accepted_terms,
        }
        if columns:
            body["columns"] = list(columns)
        if actions:
            body["actions"] = list(actions)
        if for_group is not None:
            body["for_group"] = for_group
        return self._connection.json("POST", "/api/v1/access-requests", json=body)

    def requests(self) -> Iterator[Json]:
        """Yield your access requests and those whose grants you may see, newest first."""
        return self._connection.pages("/api/v1/access-requests", {})

    def show(self, request: str) -> Json:
        """Return one access request by its id."""
        return self._connection.json("GET", path_of("access-requests", request))

    def approve(
        self,
        request: str,
        *,
        columns: Sequence[str] = (),
        days: int | None = None,
        reason: str = "",
    ) -> Json:
        """Give what was asked for, or fewer columns or days."""
        body: dict[str, Any] = {"reason": reason}
        if columns:
            body["columns"] = list(columns)
        if days is not None:
            body["days"] = days
        return self._move(request, "approve", body)

    def deny(self, request: str, reason: str) -> Json:
        """Refuse an access request; whoever asked sees the reason."""
        return self._move(request, "deny", {"reason": reason})

    def ask(self, request: str, question: str) -> Json:
        """Put a question to whoever asked; the request waits for the answer."""
        return self._move(request, "ask", {"question": question})

    def answer(self, request: str, text: str) -> Json:
        """Answer what was asked back; your request is open again."""
        return self._move(request, "answer", {"text": text})

    def withdraw(self, request: str) -> Json:
        """End an access request of yours that is not decided."""
        return self._move(request, "withdraw", {})

    def grants(self, *, drift: bool = False) -> Iterator[Json]:
        """
        Yield the grants you have or may see, newest first.

        Args:
            drift: Only those that differ from what policy allows, each with its ``drift``.
        """
        return self._connection.pages("/api/v1/grants", {"drift": "true"} if drift else {})

    def ask_extension(self, grant: str, days: int, reason: str) -> Json:
        """Ask that a grant of yours ends later; return the request that is to be decided."""
        path = path_of("grants", grant, "ask-extension")
        return self._connection.json("POST", path, json={"days": days, "reason": reason})

    def check(self, seconds: float = 300) -> Json:
        """
        Hold all grants of your organisation against policy now, as an auditor or admin.

        Args:
            seconds: How long to wait for the end at most, to within half a minute.

        Returns:
            How far the check is; its ``state`` is ``finished`` unless the time ran out.
        """
        until = time.monotonic() + seconds
        check = self._connection.json("POST", "/api/v1/grants/check")
        run = check["run"]
        while check["state"] != "finished" and time.monotonic() < until:
            check = self._connection.json("GET", "/api/v1/grants/check", params={"run": run})
        return check

    def extend(self, grant: str, days: int) -> Json:
        """Let an active grant end later."""
        return self._connection.json(
            "POST", path_of("grants", grant, "extend"), json={"days": days}
        )

    def revoke(self, grant: str, reason: str) -> Json:
        """Take a grant back; it gives nothing from now on."""
        path = path_of("grants", grant, "revoke")
        return self._connection.json("POST", path, json={"reason": reason})

    def _move(self, request: str, step: str, body: Json) -> Json:
        return self._connection.json("POST", path_of("access-requests", request, step), json=body)
