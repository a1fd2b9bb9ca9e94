"""What can go wrong while rows are delivered."""

from dcs.core.errors import ConflictError, ForbiddenError, InvalidError


class ColumnNotFoundError(InvalidError):
    """A column was asked for that the version does not have."""

    code = "column_not_found"


class NothingToReadError(ConflictError):
    """The version has no table: its file could not be read, or was not yet."""

    code = "nothing_to_read"


class ColumnNotGivenError(ForbiddenError):
    """The caller was given other columns of the version, not this one."""

    code = "column_not_given"
