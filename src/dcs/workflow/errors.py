"""What can go wrong while deciding."""

from dcs.core.errors import ConflictError, InvalidError, NotFoundError, UnavailableError


class ApprovalNotFoundError(NotFoundError):
    """No such approval in this tenant, or none the caller may know of."""

    code = "approval_not_found"


class VoteNotCountedError(ConflictError):
    """The vote changed nothing: it came too late, twice, or from somebody who may not."""

    code = "vote_not_counted"


class NotExpeditableError(ConflictError):
    """The approval is urgent already, is being activated, or has ended."""

    code = "not_expeditable"


class NotCommentableError(ConflictError):
    """The approval has ended."""

    code = "not_commentable"


class CommentMissingError(InvalidError):
    """A comment without words."""

    code = "comment_missing"


class WorkedElsewhereError(ConflictError):
    """Another attempt at the same work was sooner; the next one finds what it left."""

    code = "worked_elsewhere"


class MaskInvalidError(InvalidError):
    """A mask for a column that is not there, of a kind that is not known, or without an approval."""

    code = "mask_invalid"


class NotDelegableError(ConflictError):
    """The vote cannot be handed to them: they may not decide, asked for it, or have decided."""

    code = "not_delegable"


class NotEscalableError(ConflictError):
    """There is no further group to ask, or nothing that is waited for."""

    code = "not_escalable"


class AttestationUnknownError(InvalidError):
    """Something was confirmed that nobody asked for."""

    code = "attestation_unknown"


class ReasonMissingError(InvalidError):
    """A reason is owed: it says no, or not like this, or lets a suspicious file go."""

    code = "reason_missing"


SHORTEST_REASON = 5  # characters: an empty reason is none


def require_reason(reason: str) -> None:
    """Raise `ReasonMissingError` unless there are a few words."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissingError("Say why, in a few words: the reason stays on record.")


class NotInQuarantineError(ConflictError):
    """The version does not wait in quarantine."""

    code = "not_in_quarantine"


class NotSubmittableError(ConflictError):
    """The version's approval was asked for already, or has ended."""

    code = "not_submittable"


class TableMissingError(ConflictError):
    """A version without a readable table cannot be published."""

    code = "table_missing"


class HostedElsewhereError(UnavailableError):
    """A cluster hosts the approval, and this process knows none or cannot reach its process there."""

    code = "hosted_elsewhere"
