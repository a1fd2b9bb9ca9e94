"""What can go wrong while rows are delivered."""

from dcs.core.errors import ConflictError, InvalidError


class ColumnNotFoundError(InvalidError):
    """A column was asked for that the version does not have."""

    code = "column_not_found"


class NothingToReadError(ConflictError):
    """The version has no table: its file could not be read, or was not yet."""

    code = "nothing_to_read"
