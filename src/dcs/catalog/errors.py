"""What can go wrong while looking something up."""

from dcs.core.errors import ConflictError, InvalidError, NotFoundError


class DatasetNotFoundError(NotFoundError):
    """No such dataset in this tenant, or none the caller may know of."""

    code = "dataset_not_found"


class VersionNotFoundError(NotFoundError):
    """No such version in this tenant, or none the caller may know of."""

    code = "version_not_found"


class ContractNotFoundError(NotFoundError):
    """The dataset has no data contract."""

    code = "contract_not_found"


class DatasetExistsError(ConflictError):
    """The name is taken in this tenant."""

    code = "dataset_exists"


class InvalidNameError(InvalidError):
    """A dataset's name has a form that addresses and file names cannot carry."""

    code = "invalid_name"
