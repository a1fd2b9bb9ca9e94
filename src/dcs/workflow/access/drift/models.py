"""Where what was given and what policy allows differ, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dcs.core.clock import rfc3339
from dcs.core.ids import UserId
from dcs.policy import CHANNELS, Channel, Grant, explain

_REASONS = {
    "account_disabled": "The account is disabled, and what was given to it has not ended. Revoke it.",
    "ended_grant": "The grant has ended and was counted nevertheless.",
    "not_given": "The grant does not give this and was counted nevertheless.",
    "more_columns": "More columns are shown than were given.",
    "fewer_columns": "Fewer columns are shown than were given.",
}
"""Codes that the comparison adds to those of policy."""


@dataclass(frozen=True, slots=True)
class Drift:
    """
    One point in which a grant and policy differ, for one account on one channel.

    Attributes:
        expected: Whether the grant should open the channel.
        actual: Whether it does.
        reasons: Codes of policy, and of the comparison.
        at: When it was found first.
    """

    grant: str
    channel: Channel
    account: UserId
    expected: bool
    actual: bool
    reasons: tuple[str, ...]
    at: datetime

    @property
    def point(self) -> tuple[object, ...]:
        """What makes it the same drift as that of another night."""
        return (self.grant, self.channel, self.account, self.expected, self.actual, self.reasons)

    def to_json(self) -> dict[str, Any]:
        """Return the drift as the API shows it, with every reason in words."""
        return {
            "channel": self.channel.value,
            "action": CHANNELS[self.channel].value,
            "account": self.account,
            "expected": _word(self.expected),
            "actual": _word(self.actual),
            "codes": list(self.reasons),
            "reasons": [explained(code) for code in self.reasons],
            "at": rfc3339(self.at),
        }


@dataclass(frozen=True, slots=True)
class DriftedGrant:
    """A grant, and its drift as far as whoever asks may know of it."""

    grant: Grant
    drift: Sequence[Drift]

    def to_json(self, now: datetime) -> dict[str, Any]:
        """Return both as the API shows them."""
        return {**self.grant.to_json(now), "drift": [each.to_json() for each in self.drift]}


@dataclass(frozen=True, slots=True)
class Check:
    """
    One run through the tenant's grants, and how far it has come.

    Attributes:
        run: Its number.
        after: The last grant that was looked at; the next batch begins behind it.
        checked: Grants that were looked at.
        drifted: Those of them that differ.
    """

    run: int
    started_at: datetime
    after: str = ""
    checked: int = 0
    drifted: int = 0
    finished_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the check as the API shows it."""
        return {
            "run": self.run,
            "state": "running" if self.finished_at is None else "finished",
            "checked": self.checked,
            "drifted": self.drifted,
            "started_at": rfc3339(self.started_at),
            "finished_at": None if self.finished_at is None else rfc3339(self.finished_at),
        }


def explained(code: str) -> str:
    """Return the sentence for a code of policy or of the comparison."""
    return _REASONS.get(code) or explain(code)


def _word(allowed: bool) -> str:
    return "allow" if allowed else "deny"
