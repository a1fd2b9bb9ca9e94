"""What can go wrong while a file is received."""

from dcs.core.errors import InvalidError, UnavailableError


class EmptyFileError(InvalidError):
    """The file has no bytes."""

    code = "empty_file"


class ReceivingStoppedError(UnavailableError):
    """The sender went away before the last byte; nothing was kept."""

    code = "receiving_stopped"
