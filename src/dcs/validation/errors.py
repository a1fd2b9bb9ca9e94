"""What can go wrong while a file is judged."""

from dcs.core.errors import ConflictError, InvalidError, NotFoundError


class InvalidContractError(InvalidError):
    """The data contract cannot be read or uses something that is not supported."""

    code = "invalid_contract"


class ReportNotFoundError(NotFoundError):
    """The version has not been judged yet."""

    code = "report_not_found"


class CheckNotFoundError(NotFoundError):
    """The version's report has no check of this id."""

    code = "check_not_found"


class NothingToCompareError(ConflictError):
    """A version has no table: its file could not be read, or was not yet."""

    code = "nothing_to_compare"
