"""Know: datasets, their versions and their data contracts."""

from typing import TYPE_CHECKING

from dcs.catalog.changes import Changes
from dcs.catalog.errors import (
    ContractNotFoundError,
    DatasetExistsError,
    DatasetNotFoundError,
    InvalidNameError,
    VersionNotFoundError,
)
from dcs.catalog.models import (
    LONGEST_RETENTION,
    Column,
    Dataset,
    NewDataset,
    Problem,
    ProblemSeverity,
    Status,
    StoredContract,
    Version,
)
from dcs.catalog.news import as_it_was
from dcs.core.doors import opens

if TYPE_CHECKING:
    from dcs.catalog.contracts import Contracts
    from dcs.catalog.resources import (
        dataset_resource,
        find_dataset,
        find_version,
        size_of,
        version_resource,
    )
    from dcs.catalog.service import Catalog

__all__ = [
    "LONGEST_RETENTION",
    "Catalog",
    "Changes",
    "Column",
    "ContractNotFoundError",
    "Contracts",
    "Dataset",
    "DatasetExistsError",
    "DatasetNotFoundError",
    "InvalidNameError",
    "NewDataset",
    "Problem",
    "ProblemSeverity",
    "Status",
    "StoredContract",
    "Version",
    "VersionNotFoundError",
    "as_it_was",
    "dataset_resource",
    "find_dataset",
    "find_version",
    "size_of",
    "version_resource",
]

_LATER = {
    "Catalog": "service",
    "Contracts": "contracts",
    "dataset_resource": "resources",
    "find_dataset": "resources",
    "find_version": "resources",
    "size_of": "resources",
    "version_resource": "resources",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
