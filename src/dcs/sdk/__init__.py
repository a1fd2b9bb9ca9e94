"""Python client: what the command line speaks, and your own programs can too."""

from dcs.sdk.client import Client
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
from dcs.sdk.following import ENDED, MACHINERY, VersionEvent
from dcs.sdk.patience import Patience
from dcs.sdk.rows import Rows
from dcs.sdk.uploads import UploadState

__all__ = [
    "ENDED",
    "MACHINERY",
    "Client",
    "ConflictProblem",
    "ForbiddenProblem",
    "InvalidProblem",
    "LimitProblem",
    "NotFoundProblem",
    "Patience",
    "Problem",
    "Rows",
    "ServerUnavailable",
    "UnauthenticatedProblem",
    "UploadState",
    "VersionEvent",
]
