"""How long to go on trying when a server does not answer: a bounded number of times, ever rarer."""

import time
from dataclasses import dataclass
from random import SystemRandom

from dcs.sdk.errors import Problem

LONGEST_ASKED = 300.0  # seconds of a server's Retry-After that are honoured
_PASSING = frozenset({408, 425, 429})
_chance = SystemRandom()


@dataclass(frozen=True, slots=True)
class Patience:
    """
    When to try again.

    Attributes:
        attempts: Failures in a row, without anything gained, after which the last one is raised.
        first: Seconds before the second attempt; each further pause is twice as long.
        longest: Seconds that a pause has at most, unless the server asks for more.
    """

    attempts: int = 8
    first: float = 0.5
    longest: float = 30.0

    def pause(self, failures: int, problem: Problem) -> None:
        """
        Wait before the next attempt; a part of the pause is chance, so that clients spread out.

        Args:
            failures: How many attempts in a row have failed.
            problem: How the last one failed; its ``retry_after`` is honoured.

        Raises:
            Problem: *problem* itself, if there were enough attempts.
        """
        if failures >= self.attempts:
            raise problem
        pause = min(self.first * 2.0 ** (failures - 1), self.longest) * _chance.uniform(0.5, 1)
        time.sleep(max(pause, min(problem.retry_after, LONGEST_ASKED)))


def passes(problem: Problem) -> bool:
    """Say whether the same request may succeed a little later."""
    return problem.status >= 500 or problem.status in _PASSING
