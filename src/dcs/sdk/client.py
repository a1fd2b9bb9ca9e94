"""One connection to a server, with a method for each thing it can do."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import quote, unquote

import httpx2

from dcs.sdk.errors import ServerUnavailable, problem_for

CHUNK = 1024 * 1024
Json = dict[str, Any]
Progress = Callable[[int], None]
"""Called with the number of bytes sent so far."""

MACHINERY = frozenset({"receiving", "inspecting", "validating", "checking", "activating"})
"""The states in which a version moves on by itself."""


class Client:
    """
    Talk to a Data Collaboration Studio.

    Every method raises a subclass of `dcs.sdk.Problem` when the server says no,
    and `ServerUnavailable` when it cannot be reached. Use it as a context
    manager, or call `close`.
    """

    def __init__(self, url: str, token: str | None = None, *, socket: str | None = None) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._http = httpx2.Client(
            base_url=url,
            headers=headers,
            timeout=httpx2.Timeout(30, read=300),
            transport=None if socket is None else httpx2.HTTPTransport(uds=socket),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def whoami(self) -> Json:
        """Return the account behind the token."""
        return self._json("GET", "/api/v1/whoami")

    def ready(self) -> Json:
        """Return the server's readiness and that of each thing it needs."""
        return self._json("GET", "/health/ready")

    def datasets(self, text: str = "") -> Iterator[Json]:
        """Yield every dataset you may know of, in the order of their names."""
        return self._pages("/api/v1/datasets", {"q": text} if text else {})

    def dataset(self, name: str) -> Json:
        """Return one dataset by its id or name."""
        return self._json("GET", _path("datasets", name))

    def create_dataset(self, name: str, **fields: Any) -> Json:
        """Add a dataset; *fields* are ``classification``, ``description`` and so on."""
        given = {key: value for key, value in fields.items() if value is not None}
        return self._json("POST", "/api/v1/datasets", json={"name": name, **given})

    def set_contract(self, dataset: str, document: bytes) -> Json:
        """Let the dataset's next versions be judged by a data contract (ODCS, YAML or JSON)."""
        return self._json("PUT", _path("datasets", dataset, "contract"), content=document)

    def upload(
        self,
        dataset: str,
        file: Path,
        *,
        submit: bool = True,
        sensitive: bool = False,
        on_progress: Progress | None = None,
    ) -> Json:
        """
        Send a file as the next version of a dataset.

        The file is streamed; memory stays flat. When this returns, the server
        has it for good.
        """
        query = {
            "filename": file.name,
            "submit": str(submit).lower(),
            "sensitive": str(sensitive).lower(),
        }
        with file.open("rb") as source:
            return self._json(
                "PUT",
                _path("datasets", dataset, "versions"),
                params=query,
                content=_chunks(source, on_progress),
                headers={"Content-Length": str(file.stat().st_size)},
            )

    def versions(self, dataset: str) -> list[Json]:
        """Return a dataset's versions, newest first."""
        items: list[Json] = self._json("GET", _path("datasets", dataset, "versions"))["items"]
        return items

    def version(self, version: str) -> Json:
        """Return a version by its id."""
        return self._json("GET", _path("versions", version))

    def submit(self, version: str) -> Json:
        """Ask for the approval of a version that was sent as a draft."""
        found = self.version(version)
        return self._json(
            "POST", _path("datasets", found["dataset"], "versions", found["number"], "submit")
        )

    def wait(
        self,
        version: str,
        *,
        seconds: float = 300,
        on_change: Callable[[Json], None] | None = None,
    ) -> Json:
        """
        Wait until a version needs somebody's decision or has ended.

        Args:
            version: Its id.
            seconds: The longest wait; afterwards the version is returned as it is.
            on_change: Called with the version whenever its status has changed.
        """
        until = time.monotonic() + seconds
        seen = None
        while True:
            found = self.version(version)
            if on_change is not None and found["status"] != seen:
                on_change(found)
            seen = found["status"]
            if seen not in MACHINERY or time.monotonic() > until:
                return found
            self._json("GET", _path("versions", version, "change"), params={"from": seen})

    def report(self, dataset: str, number: int) -> Json:
        """Return a version's validation report (``dcs.validation/v1``)."""
        return self._json("GET", _path("datasets", dataset, "versions", number, "report"))

    def preview(self, dataset: str, number: int) -> Json:
        """Return a version's first rows as you may see them."""
        return self._json("GET", _path("datasets", dataset, "versions", number, "preview"))

    def read(
        self,
        dataset: str,
        *,
        number: int | None = None,
        columns: Sequence[str] = (),
        limit: int | None = None,
        format: str = "csv",  # noqa: A002  # the word of the interface
    ) -> "Rows":
        """
        Begin to read a version as you may see it; the active one by default.

        A refusal is raised here, before the first byte.
        """
        if number is None:
            number = self.dataset(dataset)["active_version"]
        query: dict[str, Any] = {"format": format}
        if columns:
            query["columns"] = ",".join(columns)
        if limit is not None:
            query["limit"] = limit
        path = _path("datasets", dataset, "versions", number or 0, "data")
        request = self._http.build_request("GET", path, params=query)
        try:
            answer = self._http.send(request, stream=True)
            if answer.is_error:
                answer.read()
        except httpx2.TransportError as error:
            raise _unreachable(self._http.base_url) from error
        if answer.is_error:
            raise problem_for(answer.status_code, _document(answer))
        return Rows(answer)

    def approvals(self, *, mine: bool = False) -> Iterator[Json]:
        """Yield approvals, newest first; *mine* only those that wait for your vote."""
        return self._pages("/api/v1/approvals", {"mine": str(mine).lower()})

    def approval(self, approval: str) -> Json:
        """Return one approval with its levels, votes and history."""
        return self._json("GET", _path("approvals", approval))

    def vote(self, approval: str, level: str, decision: str, reason: str = "") -> Json:
        """Approve or reject a level of an approval."""
        body = {"level": level, "decision": decision, "reason": reason}
        return self._json("POST", _path("approvals", approval, "votes"), json=body)

    def cancel(self, approval: str, reason: str = "") -> Json:
        """End an approval you asked for."""
        return self._json("POST", _path("approvals", approval, "cancel"), json={"reason": reason})

    def audit(self, limit: int = 100) -> list[Json]:
        """Return the newest audit events, newest first."""
        items: list[Json] = self._json("GET", "/api/v1/audit", params={"limit": limit})["items"]
        return items

    def verify_audit(self) -> Json:
        """Let the server follow the whole audit chain and return the proof's result."""
        return self._json("GET", "/api/v1/audit/verify")

    def _json(self, method: str, path: str, **request: Any) -> Json:
        try:
            answer = self._http.request(method, path, **request)
        except httpx2.TransportError as error:
            raise _unreachable(self._http.base_url) from error
        if answer.is_error:
            raise problem_for(answer.status_code, _document(answer))
        found: Json = answer.json()
        return found

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Json]:
        cursor: str | None = None
        while True:
            page = self._json(
                "GET", path, params={**query, **({} if cursor is None else {"cursor": cursor})}
            )
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return


class Rows:
    """
    Rows on their way; iterate over it once for their bytes.

    Attributes:
        masked: The columns that are masked for you.
        decision_id: The decision that let them go, by which it is on record.
        granted_by: The codes of the rules that allowed it.
    """

    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer
        names = answer.headers.get("x-masked-columns", "")
        self.masked = [unquote(name) for name in names.split(",") if name]
        self.decision_id = answer.headers.get("x-decision-id")
        self.granted_by = [
            code for code in answer.headers.get("x-granted-by", "").split(",") if code
        ]

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_bytes(CHUNK)
        except httpx2.TransportError as error:
            raise ServerUnavailable(
                503, {"code": "read_broke_off", "detail": "The rows broke off. Read them again."}
            ) from error
        finally:
            self._answer.close()


def _path(*parts: object) -> str:
    return "/api/v1/" + "/".join(quote(str(part), safe="") for part in parts)


def _chunks(source: BinaryIO, on_progress: Progress | None) -> Iterator[bytes]:
    sent = 0
    while chunk := source.read(CHUNK):
        yield chunk
        sent += len(chunk)
        if on_progress is not None:
            on_progress(sent)


def _document(answer: httpx2.Response) -> Json:
    try:
        document = answer.json()
    except ValueError:
        return {"title": f"The server answered {answer.status_code}."}
    return document if isinstance(document, dict) else {}


def _unreachable(url: object) -> ServerUnavailable:
    return ServerUnavailable(
        503,
        {
            "code": "server_unreachable",
            "detail": f"No server answers at {url}. Start one with `dcs serve`, or set DCS_URL.",
        },
    )
