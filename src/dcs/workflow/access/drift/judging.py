"""Compare a decision with the promise of a grant: pure, one account on one channel."""

from datetime import datetime

from dcs.auth import Account
from dcs.policy import CHANNELS, Action, Channel, Decision, Grant
from dcs.workflow.access.drift.models import Drift

PASSING = frozenset({"outside_working_hours"})
"""Refusals that go by themselves: no grant differs for the hour at which it is looked at."""


def drift_of(
    grant: Grant, account: Account, channel: Channel, decision: Decision, now: datetime
) -> Drift | None:
    """
    Return where a decision differs from what the grant promises; None where it does not.

    What is given must be allowed; a rule that no grant overrides is named as the reason
    why it is not. What is not given may be allowed for every reason but this grant.
    Nothing is expected of a grant that has ended, or for an account that is disabled.

    Args:
        account: Whoever has the grant, or is of the group that has it.
        decision: What policy answered for the account on the channel.
    """
    counted = decision.allow and f"grant:{grant.id}" in decision.grant

    def differs(expected: bool, actual: bool, *reasons: str) -> Drift:
        return Drift(grant.id, channel, account.id, expected, actual, reasons, now)

    if grant.state(now) != "active":
        return differs(False, True, "ended_grant") if counted else None
    if account.disabled:
        return differs(False, True, "account_disabled") if counted else None
    if not gives(grant, CHANNELS[channel]):
        return differs(False, True, "not_given") if counted else None
    if not decision.allow:
        lasting = [code for code in decision.codes if code not in PASSING]
        return differs(True, False, *lasting) if lasting else None
    if _shows_less(grant, decision):
        return differs(True, False, "fewer_columns")
    if _shows_more(grant, decision):
        return differs(False, True, "more_columns")
    return None


def gives(grant: Grant, action: Action) -> bool:
    """Say whether a grant promises an action: a part of the columns never promises the report."""
    whole = grant.columns is None or action is not CHANNELS[Channel.REPORT]
    return whole and action.value in grant.actions


def _shows_less(grant: Grant, decision: Decision) -> bool:
    if decision.columns is None:
        return False
    return grant.columns is None or not decision.columns >= set(grant.columns)


def _shows_more(grant: Grant, decision: Decision) -> bool:
    """Say whether columns are shown for no other reason than a grant that does not name them."""
    if grant.columns is None or decision.grant != (f"grant:{grant.id}",):
        return False
    return decision.columns is None or not decision.columns <= set(grant.columns)
