"""What an organisation knows of its personal data: recognizers of its own, thresholds, suppressions."""

from typing import TYPE_CHECKING

from dcs.core.doors import opens
from dcs.validation.recognizers.applying import applied
from dcs.validation.recognizers.models import (
    Recognizer,
    Recognizers,
    Suppression,
    Threshold,
)

if TYPE_CHECKING:
    from dcs.validation.recognizers.reading import parse_recognizers, read_recognizers

__all__ = [
    "Recognizer",
    "Recognizers",
    "Suppression",
    "Threshold",
    "applied",
    "parse_recognizers",
    "read_recognizers",
]

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, {"parse_recognizers": "reading", "read_recognizers": "reading"})
