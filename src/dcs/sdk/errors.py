"""
What the server answers when it does not do what was asked.

Each is a problem document (RFC 9457); programs look at `Problem.code`, people
read `Problem.detail`.
"""

from collections.abc import Mapping
from typing import Any


class Problem(Exception):  # noqa: N818  # the name RFC 9457 gives it
    """
    The server refused or failed.

    Attributes:
        status: The HTTP status.
        code: The stable name of what went wrong.
        detail: What happened and what to do next.
        document: The whole problem document.
    """

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.document = dict(document)
        self.code = str(document.get("code", "unknown"))
        self.detail = str(document.get("detail", document.get("title", "The request failed.")))
        super().__init__(self.detail)

    @property
    def reasons(self) -> list[str]:
        """Why policy said no; empty for other problems."""
        return list(self.document.get("reasons", ()))

    @property
    def retry_after(self) -> float:
        """Seconds after which the server wants to be asked again; 0 if it did not say."""
        try:
            return max(float(self.document.get("retry_after", 0)), 0.0)
        except (TypeError, ValueError):
            return 0.0


class UnauthenticatedProblem(Problem):
    """The token is missing or not valid."""


class ForbiddenProblem(Problem):
    """Policy said no; `reasons` say why."""


class NotFoundProblem(Problem):
    """It does not exist for you."""


class ConflictProblem(Problem):
    """It clashes with what is there."""


class LimitProblem(Problem):
    """Too large or too often."""


class InvalidProblem(Problem):
    """The request is wrong."""


class ServerUnavailable(Problem):
    """The server could not be reached or could not answer now."""


_BY_STATUS = {
    401: UnauthenticatedProblem,
    403: ForbiddenProblem,
    404: NotFoundProblem,
    409: ConflictProblem,
    413: LimitProblem,
    422: InvalidProblem,
    429: LimitProblem,
    503: ServerUnavailable,
}


def problem_for(status: int, document: Mapping[str, Any]) -> Problem:
    """Choose the class for an answer's status."""
    return _BY_STATUS.get(status, Problem)(status, document)
