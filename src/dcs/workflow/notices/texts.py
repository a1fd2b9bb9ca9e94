"""
The words of each kind of notice, until a tenant chooses its own.

A placeholder is `$name`. There is nothing else: no condition, no expression,
so a text can show what a notice holds and do nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dcs.workflow.notices.models import NoticeKind as Kind

PEOPLE = frozenset({"by", "requester"})
"""Placeholders that hold an account's id and are shown as its login."""

INSTANTS = frozenset({"deadline", "until"})
"""Placeholders that hold an instant as RFC 3339 and are shown to the minute."""

RULES = frozenset({"problems"})
"""Placeholders that hold codes of the rules, with commas, and are shown as their sentences."""

CODES = frozenset({"outcome", "reason"})
"""Placeholders that hold a code such as ``HUMAN_REJECTION`` and are shown as words."""

IDS = frozenset({"dataset_id", "version_id", "approval_id", "request_id", "grant_id"})
"""What a notice may hold besides, for programs; texts cannot show them."""


@dataclass(frozen=True, slots=True)
class Wording:
    """
    How a kind of notice is put into words.

    Attributes:
        subject: One line: the sentence in the inbox, the subject of a letter.
        body: What more there is to say.
    """

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Default:
    """A kind's words, and the placeholders that every notice of it fills."""

    placeholders: tuple[str, ...]
    wording: Wording


def _default(placeholders: str, subject: str, body: str) -> Default:
    return Default(tuple(placeholders.split()), Wording(subject, body))


DEFAULTS: Mapping[Kind, Default] = {
    Kind.APPROVAL_REQUESTED: _default(
        "dataset number level deadline requester",
        "$dataset, version $number, waits for your decision",
        "$requester asks for the approval of $dataset, version $number. Level $level is open until $deadline.",
    ),
    Kind.DECIDED: _default(
        "dataset number outcome",
        "$dataset, version $number: $outcome",
        "The approval of $dataset, version $number, has ended: $outcome. Who decided and why stands with the approval.",
    ),
    Kind.RULES_BROKEN: _default(
        "dataset number problems",
        "$dataset, version $number, breaks a rule",
        "The approval of $dataset, version $number, has ended before anybody was asked. $problems",
    ),
    Kind.ATTESTATIONS_MISSING: _default(
        "dataset number",
        "$dataset, version $number, needs your word",
        "Before anybody is asked about $dataset, version $number, you have to attest what stands with its approval. "
        "Submit it again with that.",
    ),
    Kind.ALREADY_DECIDED: _default(
        "dataset number level by outcome",
        "$dataset, version $number, needs nothing more from you",
        "$by has decided on level $level of $dataset, version $number: $outcome.",
    ),
    Kind.RETURNED: _default(
        "dataset number level by",
        "$dataset, version $number, came back for changes",
        "$by returned $dataset, version $number, on level $level. What should change stands with the approval.",
    ),
    Kind.COMMENTED: _default(
        "dataset number by",
        "$by commented on $dataset, version $number",
        "There is a new comment by $by on the approval of $dataset, version $number.",
    ),
    Kind.DEADLINE_NEAR: _default(
        "dataset number level deadline",
        "$dataset, version $number, can be decided until $deadline",
        "Level $level of $dataset, version $number, is still open. After $deadline the request has failed.",
    ),
    Kind.ESCALATED: _default(
        "dataset number level deadline",
        "$dataset, version $number, was escalated to you",
        "Level $level of $dataset, version $number, is still open. You may decide on it until $deadline.",
    ),
    Kind.DELEGATED: _default(
        "dataset number level deadline by",
        "$by asks you to decide on $dataset, version $number",
        "$by has delegated level $level of $dataset, version $number, to you. It is open until $deadline.",
    ),
    Kind.EXPEDITED: _default(
        "dataset number level deadline by",
        "$dataset, version $number, is urgent now",
        "$by has expedited $dataset, version $number. Level $level is open until $deadline.",
    ),
    Kind.VOIDED: _default(
        "dataset number reason",
        "The approval of $dataset, version $number, is void",
        "What was reviewed has changed, so the approval of $dataset, version $number, counts no more: $reason.",
    ),
    Kind.FAILED: _default(
        "dataset number reason",
        "$dataset, version $number, could not be finished",
        "The machinery gave up on $dataset, version $number: $reason. Nothing of it is half done.",
    ),
    Kind.ACCESS_REQUESTED: _default(
        "dataset requester",
        "$requester asks for access to $dataset",
        "$requester asks for access to $dataset. Purpose, columns and duration stand with the request.",
    ),
    Kind.ACCESS_DECIDED: _default(
        "dataset outcome",
        "Your request for access to $dataset: $outcome",
        "Your request for access to $dataset was decided: $outcome. The reason stands with the request.",
    ),
    Kind.ACCESS_GRANTED: _default(
        "dataset until",
        "You have access to $dataset",
        "You can read $dataset until $until.",
    ),
    Kind.ACCESS_QUESTION: _default(
        "dataset by",
        "$by has a question about your request for $dataset",
        "$by needs to know more before deciding on your request for access to $dataset.",
    ),
    Kind.GRANT_EXTENDED: _default(
        "dataset until",
        "Your access to $dataset was extended",
        "You can read $dataset until $until.",
    ),
    Kind.GRANT_ENDS_SOON: _default(
        "dataset until",
        "Access to $dataset ends $until",
        "Access to $dataset ends $until. You can ask for more time until then.",
    ),
    Kind.GRANT_EXPIRED: _default(
        "dataset until",
        "Access to $dataset is over",
        "Access to $dataset ended $until. Delete the copies you have, or ask for access again.",
    ),
    Kind.GRANT_REVOKED: _default(
        "dataset by",
        "Access to $dataset has ended",
        "$by has revoked the access to $dataset.",
    ),
    Kind.GRANT_DRIFTED: _default(
        "dataset count",
        "Access to $dataset is not what was given",
        "What was given of $dataset and what policy allows differ in $count new points. They stand with the grant.",
    ),
}
