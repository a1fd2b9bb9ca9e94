"""Locate values in a report without repeating them: their shape, and a keyed digest."""

import hashlib
import hmac

from dcs.validation.models import Sample
from dcs.validation.shapes import shape

DIGEST = 16  # hexadecimal characters


def digest(key: bytes, value: str) -> str:
    """
    Return a keyed hash of a value (HMAC-SHA256, cut).

    Within one tenant equal values have equal digests; without the key nobody can
    try out which value has which.
    """
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:DIGEST]


def sample_of(key: bytes, row: int, column: str, value: str | None) -> Sample:
    """Return the place of a whole cell, masked; None and the empty text have no digest."""
    if not value:
        return Sample(row, column, "")
    return Sample(row, column, shape(value), length=len(value), digest=digest(key, value))
