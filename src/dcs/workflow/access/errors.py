"""What can go wrong while somebody asks for access."""

from dcs.core.errors import ConflictError, InvalidError, NotFoundError


class AccessRequestNotFoundError(NotFoundError):
    """No such access request in this tenant, or none the caller may know of."""

    code = "access_request_not_found"


class GrantNotFoundError(NotFoundError):
    """No such grant in this tenant, or none the caller may know of."""

    code = "grant_not_found"


class InvalidAccessRequestError(InvalidError):
    """The access request lacks something, or asks for what is not there."""

    code = "invalid_access_request"


class AccessRequestPendingError(ConflictError):
    """The same person has asked for the same dataset already, and it is not decided."""

    code = "access_request_pending"


class AccessRequestMovedError(ConflictError):
    """The access request was decided or withdrawn meanwhile."""

    code = "access_request_moved"


class RequesterGoneError(ConflictError):
    """Whoever asked cannot use what they asked for: the account is disabled, or left the group."""

    code = "requester_gone"


class GrantEndedError(ConflictError):
    """The grant has expired or was revoked."""

    code = "grant_ended"
