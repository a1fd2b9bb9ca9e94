"""
Every way by which somebody sees something of a dataset, and the action it asks policy for.

This is the one list: a channel takes its action from here, what a grant can give
is what channels ask, and the nightly check of grants goes through it row by row.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from dcs.policy.models import Action


class Channel(StrEnum):
    """
    A way by which somebody sees something of a dataset.

    Attributes:
        CATALOG: That there is such a dataset or version, and what is said of it.
        REPORT: What was found in it: report, profile, history, comparison.
        PREVIEW: Its first rows, and the failing ones of a version under review.
        ROWS: At most a thousand rows, as they are or those that failed a check.
        DOWNLOAD: More rows than that.
        REFERENCE: Its key, where another dataset's contract refers to it.
    """

    CATALOG = "catalog"
    REPORT = "report"
    PREVIEW = "preview"
    ROWS = "rows"
    DOWNLOAD = "download"
    REFERENCE = "reference"


CHANNELS: Mapping[Channel, Action] = MappingProxyType(
    {
        Channel.CATALOG: Action.LIST,
        Channel.REPORT: Action.REPORT,
        Channel.PREVIEW: Action.PREVIEW,
        Channel.ROWS: Action.READ,
        Channel.DOWNLOAD: Action.DOWNLOAD,
        Channel.REFERENCE: Action.READ,
    }
)
"""The action each channel asks for."""

GRANTABLE = frozenset(CHANNELS.values())
"""What a grant can give; whoever is not cleared for it gets nothing by it."""
