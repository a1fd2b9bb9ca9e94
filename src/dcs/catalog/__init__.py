"""Know: datasets, their versions and their data contracts."""

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
