"""How much is tried: a little at every change, more before one lands, everything in `make soak`."""

EVERY = 1_000_000

KILLS = {"test": 3, "ci": 20, "soak": EVERY}
"""Places at which each kind of upload is killed; spread evenly where there are more."""

RANDOM_KILLS = {"test": 3, "ci": 12, "soak": 200}
"""Kills at random, with several uploads under way."""

CONTENDED = {"test": 12, "ci": 40, "soak": 400}
"""Requests each of two senders makes at the same upload."""

WORKER_KILLS = {"test": 5, "ci": 15, "soak": 150}
"""Kills at random of workers that host processes for a Temporal server."""
