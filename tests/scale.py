"""How much is tried: a little at every change, more before one lands, everything in `make soak`."""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

EVERY = 1_000_000

KILLS = {"test": 3, "ci": 20, "soak": EVERY}
"""Places at which each kind of upload is killed; spread evenly where there are more."""

RANDOM_KILLS = {"test": 3, "ci": 12, "soak": 200}
"""Kills at random, with several uploads under way."""

CONTENDED = {"test": 12, "ci": 40, "soak": 400}
"""Requests each of two senders makes at the same upload."""

WORKER_KILLS = {"test": 5, "ci": 15, "soak": 150}
"""Kills at random of workers that host processes for a Temporal server."""
STORM = {"test": 20, "ci": 60, "soak": 260}
"""Kills of processes in the middle of approvals, on each database."""

STEP = {"test": 5, "ci": 1, "soak": 1}
"""Of the places at which approvals are killed one in so many is tried; the step meets every moment."""


def some(places: Sequence[T]) -> Sequence[T]:
    """Return the places that are tried here."""
    return places[:: STEP[os.environ.get("STUDIO_TEST_SCALE", "test")]]
