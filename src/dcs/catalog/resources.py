"""What policy looks at: a dataset, or one of its versions."""

from dcs.catalog import store
from dcs.catalog.models import Dataset, Version
from dcs.engines.database import Session
from dcs.policy import Resource


def find_dataset(session: Session, dataset_id: str) -> Dataset | None:
    """Return a dataset by its id."""
    return store.get_dataset(session, dataset_id)


def find_version(session: Session, version_id: str) -> tuple[Dataset, Version] | None:
    """Return a version and its dataset by the version's id."""
    version = store.get_version(session, version_id)
    if version is None:
        return None
    dataset = store.get_dataset(session, version.dataset)
    return None if dataset is None else (dataset, version)


def size_of(session: Session, version_id: str) -> int:
    """Return how many bytes the file of a version has."""
    return store.size_of(session, version_id)


def dataset_resource(dataset: Dataset) -> Resource:
    """Return what policy looks at for a dataset: active once it has an active version."""
    return Resource(
        kind="dataset",
        id=dataset.id,
        tenant=dataset.tenant,
        dataset=dataset.id,
        classification=dataset.classification,
        status="active" if dataset.active_number is not None else "none",
        department=dataset.department,
        owner=dataset.owner,
        legal_hold=dataset.legal_hold,
    )


def version_resource(dataset: Dataset, version: Version, requester: str | None = None) -> Resource:
    """Return what policy looks at for a version; *requester* where its approval is meant."""
    return Resource(
        kind="version",
        id=version.id,
        tenant=version.tenant,
        dataset=dataset.id,
        classification=dataset.classification,
        status=version.status.value,
        department=dataset.department,
        owner=dataset.owner,
        uploaded_by=version.uploaded_by,
        requester=requester,
        contains_personal_data=version.contains_personal_data,
        legal_hold=dataset.legal_hold,
        malware=version.malware,
        released=version.released_by is not None,
    )
