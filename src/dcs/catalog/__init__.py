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
    from dcs.catalog.service import Catalog, dataset_resource, find_version, version_resource

__all__ = [
    "Catalog",
    "Changes",
    "Column",
    "ContractNotFoundError",
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
    "find_version",
    "version_resource",
]

_LATER = {
    "Catalog": "service",
    "dataset_resource": "service",
    "find_version": "service",
    "version_resource": "service",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
