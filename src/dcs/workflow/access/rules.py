"""What an access request must be, what may be given of it, and which step follows which."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from dcs.auth import Account
from dcs.core.actor import Actor
from dcs.policy import GRANTABLE
from dcs.workflow.access.errors import InvalidAccessRequestError
from dcs.workflow.access.models import TERMS, AccessRequest, NewAccessRequest, RequestState

LONGEST = 365  # days
SHORTEST_PURPOSE = 10  # characters
SHORTEST_REASON = 5
UNDECIDED = frozenset({RequestState.OPEN, RequestState.ASKED_BACK})
PENDING = frozenset({*UNDECIDED, RequestState.APPROVED})

BEFORE: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.OPEN: frozenset({RequestState.ASKED_BACK}),
    RequestState.ASKED_BACK: frozenset({RequestState.OPEN}),
    RequestState.APPROVED: UNDECIDED,
    RequestState.DENIED: UNDECIDED,
    RequestState.WITHDRAWN: UNDECIDED,
}
"""From which states a person moves a request to each state."""


def check_new(new: NewAccessRequest, names: Sequence[str]) -> None:
    """Refuse what cannot be asked for; *names* are the columns of the active version."""
    if len(new.purpose.strip()) < SHORTEST_PURPOSE:
        raise InvalidAccessRequestError("Say in a few words what you need the data for.")
    if not 1 <= new.days <= LONGEST:
        raise InvalidAccessRequestError("Ask for 1 to 365 days.")
    if not new.accepted_terms:
        raise InvalidAccessRequestError(f"Accept the terms to ask for access: {TERMS}")
    if not new.actions or not set(new.actions) <= {each.value for each in GRANTABLE}:
        raise InvalidAccessRequestError("Ask for list, report, preview, read or download.")
    check_columns(new.columns, names)


def check_group(actor: Actor, group: str | None) -> None:
    """Refuse a group that whoever asks is not of."""
    if group is not None and group not in actor.groups:
        raise InvalidAccessRequestError("Ask for a group that you are a member of.")


def check_longer(until: datetime, days: int, now: datetime) -> None:
    """Refuse an end that is not later, or beyond a year from now."""
    if days < 1 or until > now + timedelta(days=LONGEST):
        raise InvalidAccessRequestError("A grant lasts a year from now at most.")


def gone(request: AccessRequest, who: Account | None) -> str | None:
    """Return why whoever asked cannot be given it any more; None if they can."""
    if who is None or who.disabled:
        return "The account that asked is disabled."
    if request.for_group is not None and request.for_group not in who.actor().groups:
        return "The account that asked is no longer of the group."
    return None


def check_columns(columns: Sequence[str] | None, names: Sequence[str]) -> None:
    """Refuse columns that are not among *names*, naming them, and none at all."""
    unknown = [name for name in columns or () if name not in names]
    if unknown:
        raise InvalidAccessRequestError(f"The dataset has no such columns: {', '.join(unknown)}.")
    if columns is not None and not columns:
        raise InvalidAccessRequestError("Name at least one column.")


def check_given(request: AccessRequest, columns: Sequence[str] | None, days: int) -> None:
    """Refuse to give more than was asked for; columns None are those of the request."""
    if columns is not None and request.extends is not None:
        raise InvalidAccessRequestError("More time changes when it ends, and not the columns.")
    if columns is not None and request.columns is not None:
        more = [name for name in columns if name not in request.columns]
        if more:
            raise InvalidAccessRequestError(f"Nobody asked for these columns: {', '.join(more)}.")
    if not 1 <= days <= request.days:
        raise InvalidAccessRequestError("Give at least one day, and no more than were asked for.")


def check_reason(text: str) -> None:
    """Refuse a text that says nothing where one is owed."""
    if len(text.strip()) < SHORTEST_REASON:
        raise InvalidAccessRequestError("Say why, in a few words: the reason is owed.")
