"""What can go wrong while a file is judged."""

from dcs.core.errors import InvalidError, NotFoundError


class InvalidContractError(InvalidError):
    """The data contract cannot be read or uses something that is not supported."""

    code = "invalid_contract"


class ReportNotFoundError(NotFoundError):
    """The version has not been judged yet."""

    code = "report_not_found"
