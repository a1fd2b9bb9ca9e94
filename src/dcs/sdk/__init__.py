"""Python client: what the command line speaks, and your own programs can too."""

from dcs.sdk.client import MACHINERY, Client, Rows
from dcs.sdk.errors import (
    ConflictProblem,
    ForbiddenProblem,
    InvalidProblem,
    LimitProblem,
    NotFoundProblem,
    Problem,
    ServerUnavailable,
    UnauthenticatedProblem,
)

__all__ = [
    "MACHINERY",
    "Client",
    "ConflictProblem",
    "ForbiddenProblem",
    "InvalidProblem",
    "LimitProblem",
    "NotFoundProblem",
    "Problem",
    "Rows",
    "ServerUnavailable",
    "UnauthenticatedProblem",
]
