"""A data contract as values: what is promised, of what, and where the document says so."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dcs.validation.models import Operator, Severity

Number = int | float


class QualityType(StrEnum):
    """Who judges a quality rule: the standard's library, a query, an engine, or a person."""

    LIBRARY = "library"
    SQL = "sql"
    CUSTOM = "custom"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Threshold:
    """An operator and what it compares with: a number, or for the two ranges a pair."""

    operator: Operator
    value: Any

    @property
    def is_numeric(self) -> bool:
        """Whether a number can be held against it."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return all(
            isinstance(each, Number) and not isinstance(each, bool) and math.isfinite(each)
            for each in values
        )

    def holds(self, observed: float) -> bool:
        """Say whether a measured number is within; only if `is_numeric`."""
        low, high = self.value if isinstance(self.value, tuple) else (self.value, self.value)
        outcomes = {
            Operator.BE: observed == low,
            Operator.NOT_BE: observed != low,
            Operator.GREATER: observed > low,
            Operator.AT_LEAST: observed >= low,
            Operator.LESS: observed < low,
            Operator.AT_MOST: observed <= low,
            Operator.BETWEEN: low <= observed <= high,
            Operator.NOT_BETWEEN: not low <= observed <= high,
        }
        return bool(outcomes[self.operator])

    def bound(self, observed: float) -> float:
        """Return the number that *observed* was compared with: of a range the nearer end."""
        if isinstance(self.value, tuple):
            return float(min(self.value, key=lambda each: abs(each - observed)))
        return float(self.value)

    def __str__(self) -> str:
        value = self.value
        return f"{value[0]:g} and {value[1]:g}" if isinstance(value, tuple) else f"{value}"


@dataclass(frozen=True, slots=True)
class Quality:
    """
    One quality rule of an object or a property.

    Attributes:
        path: Where the document says so, for example ``schema[0].quality[1]``.
        column: The column it is declared at; None for the whole object.
        metric: Of a library rule: ``nullValues`` and so on.
        arguments: Of a library rule, as given.
        query: Of an SQL rule, with its placeholders as given.
        engine: Of a custom rule.
        implementation: Of a custom rule; for ``dcs`` a mapping with ``check``.
        unit: ``rows`` or ``percent``.
        text: What a person reads: the rule's name or description.
        unclear: Why it cannot be judged as it is written; empty if it can.
    """

    path: str
    type: QualityType
    column: str | None = None
    id: str | None = None
    text: str = ""
    metric: str | None = None
    arguments: Mapping[str, Any] | None = None
    query: str | None = None
    engine: str | None = None
    implementation: str | Mapping[str, Any] | None = None
    threshold: Threshold | None = None
    unit: str = "rows"
    dimension: str = "conformity"
    severity: Severity = Severity.ERROR
    unclear: str = ""

    @property
    def check(self) -> str | None:
        """The name of the check that a custom rule of engine ``dcs`` asks for."""
        if self.engine != "dcs" or not isinstance(self.implementation, Mapping):
            return None
        name = self.implementation.get("check")
        return name if isinstance(name, str) else None


@dataclass(frozen=True, slots=True)
class Relationship:
    """
    A foreign key: every value of *columns* is one of *target_columns*.

    Attributes:
        target: The dataset that is referred to; empty if the contract does not say which.
        own: Whether the target is the object itself.
    """

    path: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    own: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a column's values, as the contract gives them; None where it does not."""

    minimum: Any = None
    maximum: Any = None
    exclusive_minimum: Any = None
    exclusive_maximum: Any = None
    multiple_of: Number | None = None
    min_length: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class ContractColumn:
    """
    What is promised of one column.

    Attributes:
        name: What the column is called in the file.
        logical_name: What the contract calls it; the same unless there is a ``physicalName``.
        path: Where the document says so, for example ``schema[0].properties[2]``.
        key_position: Its place in the primary key, where it is given.
        stored: Whether rows have it; a ``measure`` is computed from them.
        unchecked: Promises that are read and cannot be checked, so that nobody relies on them.
    """

    name: str
    path: str = ""
    logical_name: str = ""
    type: str | None = None
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    key_position: int | None = None
    enum: tuple[str, ...] = ()
    enum_path: str = "enum"
    pattern: str | None = None
    format: str | None = None
    limits: Limits = Limits()
    classification: str | None = None
    tags: tuple[str, ...] = ()
    stored: bool = True
    quality: tuple[Quality, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def declares_personal_data(self) -> bool:
        """Whether the contract says that this column is not for everybody."""
        return self.classification is not None and self.classification.lower() != "public"


@dataclass(frozen=True, slots=True)
class ContractObject:
    """One table of a contract. Its *quality* and *relationships* are those of the object itself."""

    name: str
    path: str
    columns: tuple[ContractColumn, ...]
    quality: tuple[Quality, ...] = ()
    relationships: tuple[Relationship, ...] = ()

    @property
    def primary_key(self) -> tuple[ContractColumn, ...]:
        """The columns of the primary key, in its order."""
        members = [each for each in self.columns if each.primary_key]
        last = len(self.columns) + 1
        return tuple(
            sorted(
                members, key=lambda each: last if each.key_position is None else each.key_position
            )
        )

    def all_quality(self) -> Iterator[Quality]:
        """Yield the object's rules, then those of its columns."""
        yield from self.quality
        for column in self.columns:
            yield from column.quality

    def all_relationships(self) -> Iterator[Relationship]:
        """Yield the object's relationships, then those of its columns."""
        yield from self.relationships
        for column in self.columns:
            yield from column.relationships

    def named(self, name: str) -> ContractColumn | None:
        """Return a column by the contract's name for it, or the file's."""
        return next((each for each in self.columns if name in (each.logical_name, each.name)), None)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """A promise about the service, such as ``freshness``, as it is given."""

    path: str
    property: str
    value: Any
    unit: str | None = None
    element: str | None = None


@dataclass(frozen=True, slots=True)
class Attestation:
    """Something that only a person can confirm."""

    path: str
    column: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Contract:
    """A data contract. A file is judged by its first object."""

    id: str
    version: str
    sha256: str
    objects: tuple[ContractObject, ...]
    api_version: str = ""
    service_levels: tuple[ServiceLevel, ...] = ()

    @property
    def columns(self) -> tuple[ContractColumn, ...]:
        """What is promised of each column of the file."""
        return self.objects[0].columns

    @property
    def quality(self) -> tuple[Quality, ...]:
        """Every quality rule that the file is judged by, the object's first."""
        return tuple(self.objects[0].all_quality())

    @property
    def references(self) -> tuple[str, ...]:
        """The names of the other datasets that foreign keys refer to."""
        found = self.objects[0].all_relationships()
        return tuple(sorted({each.target for each in found if each.target and not each.own}))

    def referred(self, target: str) -> frozenset[str]:
        """Return the columns of another dataset that foreign keys refer to."""
        found = self.objects[0].all_relationships()
        return frozenset(
            name for each in found if each.target == target for name in each.target_columns
        )

    @property
    def freshness(self) -> tuple[ServiceLevel, ...]:
        """What is promised about how old the data may be."""
        return tuple(each for each in self.service_levels if each.property == "freshness")

    @property
    def attestations(self) -> tuple[Attestation, ...]:
        """What only a person can confirm, for whoever approves."""
        return tuple(
            Attestation(each.path, each.column, each.text)
            for each in self.quality
            if each.type is QualityType.TEXT and each.text
        )

    def column(self, name: str) -> ContractColumn | None:
        """Return what is promised of a column, or None."""
        return next((each for each in self.columns if each.name == name), None)

    def to_json(self) -> dict[str, str]:
        """Return what a report says of its contract."""
        return {"id": self.id, "version": self.version, "sha256": self.sha256}
