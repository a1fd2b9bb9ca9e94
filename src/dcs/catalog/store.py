"""Datasets, versions and data contracts as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Row,
    String,
    Text,
    UniqueConstraint,
    func,
    or_,
)

from dcs.catalog.models import Column as DataColumn
from dcs.catalog.models import Dataset, NewDataset, Problem, Status, StoredContract, Version
from dcs.core.classification import Classification
from dcs.core.ids import DatasetId, TenantId, UserId, VersionId
from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table

dataset = tenant_table(
    "dataset",
    Column("id", Id, nullable=False),
    Column("name", String(100), nullable=False),
    Column("classification", String(20), nullable=False),
    Column("description", Text, nullable=False),
    Column("department", String(100)),
    Column("owner", Id, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("retention_days", Integer),
    Column("legal_hold", Boolean, nullable=False),
    Column("active_number", Integer),
    Column("contract", Id),
    Column("versions", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("tenant", "name"),
    belongs_to("account", "owner"),
)

contract = tenant_table(
    "contract",
    Column("id", Id, nullable=False),
    Column("dataset", Id, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    belongs_to("dataset", "dataset"),
)

version = tenant_table(
    "version",
    Column("id", Id, nullable=False),
    Column("dataset", Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("progress", Integer, nullable=False),
    Column("reason", String(50)),
    Column("filename", String(300), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("uploaded_by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("rows", BigInteger),
    Column("malware", String(20), nullable=False),
    Column("threat", String(100)),
    Column("contract", Id),
    Column("contains_personal_data", Boolean),
    Column("columns", Document, nullable=False),
    Column("table_sha256", String(64)),
    Column("activated_at", Instant),
    Column("problems", Document),
    Column("scanned_with", String(200)),
    Column("scanned_at", Instant),
    Column("released_by", Id),
    Column("released_at", Instant),
    Column("release_reason", Text),
    UniqueConstraint("tenant", "dataset", "number"),
    Index("ix_version_dataset_sha256", "tenant", "dataset", "sha256"),
    Index("ix_version_status", "tenant", "status"),
    belongs_to("dataset", "dataset"),
    belongs_to("account", "uploaded_by"),
)

blob = tenant_table(
    "blob",
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    key=("sha256",),
)


def add_blob(session: Session, sha256: str, size: int, now: datetime) -> bool:
    """Make a stored object known; this row, never the store, decides that it exists."""
    return session.insert_new(blob, sha256=sha256, size=size, created_at=now)


def blobs(session: Session) -> set[str]:
    """Return the hashes of every known object of the tenant."""
    return {row.sha256 for row in session.all(session.select(blob.c.sha256))}


def stored_bytes(session: Session) -> int:
    """Return the size of every known object of the tenant together."""
    return int(session.scalar(session.select(func.sum(blob.c.size))) or 0)


def add_dataset(
    session: Session, new_id: DatasetId, new: NewDataset, owner: UserId, now: datetime
) -> bool:
    """Add a dataset; False if its name is taken."""
    return session.insert_new(
        dataset,
        id=new_id,
        name=new.name,
        classification=new.classification.value,
        description=new.description,
        department=new.department,
        owner=owner,
        purpose=new.purpose,
        retention_days=new.retention_days,
        legal_hold=False,
        versions=0,
        created_at=now,
    )


def get_dataset(session: Session, name_or_id: str, *, lock: bool = False) -> Dataset | None:
    """Return a dataset by its id or its name."""
    row = session.get(dataset, lock=lock, id=name_or_id)
    if row is None:
        row = session.get(dataset, lock=lock, name=name_or_id)
    return None if row is None else _dataset(row)


def datasets(
    session: Session,
    after: str,
    limit: int,
    text: str = "",
    classification: Classification | None = None,
) -> Sequence[Dataset]:
    """Return datasets in the order of their names, after the name *after*."""
    query = session.select(dataset).where(dataset.c.name > after)
    if classification is not None:
        query = query.where(dataset.c.classification == classification.value)
    if text:
        query = query.where(
            or_(
                dataset.c.name.icontains(text, autoescape=True),
                dataset.c.description.icontains(text, autoescape=True),
            )
        )
    return [_dataset(row) for row in session.all(query.order_by(dataset.c.name).limit(limit))]


def next_number(session: Session, dataset_id: DatasetId) -> int:
    """Take the dataset's next version number; its row stays locked until the commit."""
    session.update(dataset, dataset.c.id == dataset_id, versions=dataset.c.versions + 1)
    number: int = session.scalar(
        session.select(dataset.c.versions).where(dataset.c.id == dataset_id)
    )
    return number


def add_version(session: Session, new: Version) -> None:
    """Add a version."""
    session.insert(
        version,
        id=new.id,
        dataset=new.dataset,
        number=new.number,
        status=new.status.value,
        stage=new.stage,
        progress=new.progress,
        reason=new.reason,
        filename=new.filename,
        bytes=new.bytes,
        sha256=new.sha256,
        uploaded_by=new.uploaded_by,
        created_at=new.created_at,
        malware=new.malware,
        contract=new.contract,
        columns=[],
    )


def get_version(session: Session, version_id: str) -> Version | None:
    """Return a version by its id."""
    row = session.get(version, id=version_id)
    return None if row is None else _version(row)


def size_of(session: Session, version_id: str) -> int:
    """Return how many bytes a version's file has; 0 if there is no such version."""
    row = session.get(version, only=("bytes",), id=version_id)
    return 0 if row is None else int(row.bytes)


def numbered_version(session: Session, dataset_id: DatasetId, number: int) -> Version | None:
    """Return a version by its dataset and number."""
    query = session.select(version).where(
        version.c.dataset == dataset_id, version.c.number == number
    )
    row = session.first(query)
    return None if row is None else _version(row)


def versions(session: Session, dataset_id: DatasetId, limit: int = 100) -> Sequence[Version]:
    """Return the dataset's versions, newest first."""
    query = session.select(version).where(version.c.dataset == dataset_id)
    rows = session.all(query.order_by(version.c.number.desc()).limit(limit))
    return [_version(row) for row in rows]


def recent_versions(
    session: Session, limit: int, uploaded_by: UserId | None = None
) -> Sequence[Version]:
    """Return the tenant's newest versions, of one uploader if given."""
    query = session.select(version)
    if uploaded_by is not None:
        query = query.where(version.c.uploaded_by == uploaded_by)
    rows = session.all(query.order_by(version.c.created_at.desc()).limit(limit))
    return [_version(row) for row in rows]


def same_content(session: Session, dataset_id: DatasetId, sha256: str) -> Version | None:
    """
    Return the dataset's newest version with exactly this content that may still be used.

    One that broke a rule about what is around it (no contract, no retention) is none: once
    that is mended, the same file is sent again.
    """
    query = session.select(version).where(
        version.c.dataset == dataset_id,
        version.c.sha256 == sha256,
        version.c.status.not_in([Status.CANCELLED.value, Status.FAILED.value]),
        or_(version.c.reason.is_(None), version.c.reason != "COMPLIANCE_FAILED"),
    )
    row = session.first(query.order_by(version.c.number.desc()))
    return None if row is None else _version(row)


def quarantined(session: Session, limit: int) -> Sequence[Version]:
    """Return the versions in quarantine, newest first."""
    query = session.select(version).where(version.c.status == Status.QUARANTINED.value)
    rows = session.all(query.order_by(version.c.created_at.desc()).limit(limit))
    return [_version(row) for row in rows]


def scanned_otherwise(session: Session, revision: str, limit: int) -> Sequence[Version]:
    """Return active versions whose last scan was not made with *revision*, oldest scan first."""
    stale = or_(version.c.scanned_with.is_(None), version.c.scanned_with != revision)
    query = session.select(version).where(version.c.status == Status.ACTIVE.value, stale)
    rows = session.all(query.order_by(version.c.scanned_at, version.c.id).limit(limit))
    return [_version(row) for row in rows]


def is_referred_to(session: Session, sha256: str) -> bool:
    """Say whether a version that may still be used has this object as its file or its table."""
    query = session.select(version.c.id).where(
        or_(version.c.sha256 == sha256, version.c.table_sha256 == sha256),
        version.c.status.not_in([Status.CANCELLED.value]),
    )
    return session.first(query) is not None


def remove_blob(session: Session, sha256: str) -> bool:
    """Let an object be unknown; the store removes it afterwards."""
    return bool(session.delete(blob, blob.c.sha256 == sha256))


def has_blob(session: Session, sha256: str) -> bool:
    """Say whether an object is known."""
    return session.first(session.select(blob.c.sha256).where(blob.c.sha256 == sha256)) is not None


def change_version(session: Session, version_id: VersionId, **values: Any) -> None:
    """Change columns of a version's row."""
    session.change(version, {"id": version_id}, **values)


def set_active(session: Session, dataset_id: DatasetId, number: int) -> None:
    """Make a version the one others read."""
    session.change(dataset, {"id": dataset_id}, active_number=number)


def add_contract(session: Session, new: StoredContract) -> None:
    """Add a data contract and let the dataset's next versions be judged by it."""
    session.insert(
        contract,
        id=new.id,
        dataset=new.dataset,
        sha256=new.sha256,
        document=new.document,
        created_at=new.created_at,
    )
    session.update(dataset, dataset.c.id == new.dataset, contract=new.id)


def set_retention(session: Session, dataset_id: DatasetId, days: int | None) -> bool:
    """Change how long versions of a dataset are to be kept."""
    return bool(session.update(dataset, dataset.c.id == dataset_id, retention_days=days))


def get_contract(session: Session, contract_id: str) -> StoredContract | None:
    """Return a data contract by its id."""
    row = session.first(session.select(contract).where(contract.c.id == contract_id))
    return None if row is None else _contract(row)


def contracts(
    session: Session, dataset_id: DatasetId, limit: int = 100
) -> Sequence[StoredContract]:
    """Return the data contracts a dataset has had, newest first."""
    query = session.select(contract).where(contract.c.dataset == dataset_id)
    rows = session.all(
        query.order_by(contract.c.created_at.desc(), contract.c.id.desc()).limit(limit)
    )
    return [_contract(row) for row in rows]


def _contract(row: Row[Any]) -> StoredContract:
    return StoredContract(row.id, DatasetId(row.dataset), row.sha256, row.document, row.created_at)


def _dataset(row: Row[Any]) -> Dataset:
    return Dataset(
        id=DatasetId(row.id),
        tenant=TenantId(row.tenant),
        name=row.name,
        classification=Classification(row.classification),
        description=row.description,
        department=row.department,
        owner=UserId(row.owner),
        purpose=row.purpose,
        retention_days=row.retention_days,
        legal_hold=row.legal_hold,
        active_number=row.active_number,
        contract=row.contract,
        created_at=row.created_at,
    )


def _version(row: Row[Any]) -> Version:
    return Version(
        id=VersionId(row.id),
        tenant=TenantId(row.tenant),
        dataset=DatasetId(row.dataset),
        number=row.number,
        status=Status(row.status),
        stage=row.stage,
        progress=row.progress,
        reason=row.reason,
        filename=row.filename,
        bytes=row.bytes,
        sha256=row.sha256,
        uploaded_by=UserId(row.uploaded_by),
        created_at=row.created_at,
        rows=row.rows,
        malware=row.malware,
        threat=row.threat,
        contract=row.contract,
        contains_personal_data=row.contains_personal_data,
        columns=tuple(DataColumn.from_json(each) for each in row.columns),
        table_sha256=row.table_sha256,
        activated_at=row.activated_at,
        problems=tuple(Problem.from_json(each) for each in row.problems or ()),
        scanned_with=row.scanned_with,
        scanned_at=row.scanned_at,
        released_by=None if row.released_by is None else UserId(row.released_by),
        released_at=row.released_at,
        release_reason=row.release_reason,
    )
