"""The connection to a server: requests, and problems where it says no."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx2

from dcs.sdk.errors import InvalidProblem, ServerUnavailable, problem_for

CHUNK = 1024 * 1024
Json = dict[str, Any]


class Connection:
    """
    Send requests as one account.

    Every method raises a subclass of `dcs.sdk.Problem` when the server says no,
    and `ServerUnavailable` when it cannot be reached.
    """

    def __init__(self, url: str, token: str | None, socket: str | None) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._http = httpx2.Client(
            base_url=url,
            headers=headers,
            timeout=httpx2.Timeout(30, read=300),
            transport=None if socket is None else httpx2.HTTPTransport(uds=socket),
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def json(self, method: str, path: str, **request: Any) -> Json:
        """Send a request and return the JSON of its answer."""
        found: Json = self.send(method, path, **request).json()
        return found

    def send(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """Send a request and return its whole answer."""
        try:
            answer = self._http.request(method, path, **request)
        except httpx2.TransportError as error:
            raise self._unreachable() from error
        if answer.is_error:
            raise problem_for(answer.status_code, _document(answer))
        return answer

    @contextmanager
    def stream(
        self, path: str, *, read: float | None = None, **request: Any
    ) -> Iterator[httpx2.Response]:
        """
        Lend an answer whose body is read as it comes.

        Args:
            path: What to get.
            read: Seconds of silence after which the connection counts as broken.
            request: Further parts of the request.
        """
        if read is not None:
            request["timeout"] = httpx2.Timeout(30, read=read)
        try:
            with self._http.stream("GET", path, **request) as answer:
                if answer.is_error:
                    answer.read()
                    raise problem_for(answer.status_code, _document(answer))
                yield answer
        except httpx2.TransportError as error:
            raise self._unreachable() from error

    def open(self, path: str, **request: Any) -> httpx2.Response:
        """Begin to get something and return the answer, to be read and closed by the caller."""
        try:
            answer = self._http.send(self._http.build_request("GET", path, **request), stream=True)
            if answer.is_error:
                answer.read()
        except httpx2.TransportError as error:
            raise self._unreachable() from error
        if answer.is_error:
            raise problem_for(answer.status_code, _document(answer))
        return answer

    def pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Json]:
        """Yield the items of a list, page after page."""
        cursor: str | None = None
        while True:
            following = {} if cursor is None else {"cursor": cursor}
            page = self.json("GET", path, params={**query, **following})
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return

    def own(self, url: str) -> str:
        """
        Return an address of this server in full.

        Raises:
            InvalidProblem: It is another server's, which must not see the token.
        """
        full = self._http.base_url.join(url)
        if (full.scheme, full.netloc) != (self._http.base_url.scheme, self._http.base_url.netloc):
            detail = f"{url} is not on {self._http.base_url}. Set DCS_URL to its server."
            raise InvalidProblem(422, {"code": "foreign_address", "detail": detail})
        return str(full)

    def _unreachable(self) -> ServerUnavailable:
        url = self._http.base_url
        detail = f"No server answers at {url}. Start one with `dcs serve`, or set DCS_URL."
        return ServerUnavailable(503, {"code": "server_unreachable", "detail": detail})


def path_of(*parts: object) -> str:
    """Return the path of a thing under the API, with every part quoted."""
    return "/api/v1/" + "/".join(quote(str(part), safe="") for part in parts)


def _document(answer: httpx2.Response) -> Json:
    """Return the problem document of an answer, or one made of what is known."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    known: Json = {"title": f"The server answered {answer.status_code}."}
    if "retry-after" in answer.headers:
        known["retry_after"] = answer.headers["retry-after"]
    return {**known, **found} if isinstance(found, dict) else known
