"""
Data contracts: what the producer promises, in ODCS (Open Data Contract Standard) v3.

Read here are the columns of the first schema object with their types,
``required``, ``unique``, ``primaryKey``, ``enum``, ``pattern`` and
``classification``. A document is refused rather than half understood: a
misspelt member would be a promise nobody checks.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from dcs.validation.errors import InvalidContractError

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_BYTES = 256 * 1024
TYPES = frozenset({"string", "integer", "number", "boolean", "date", "timestamp"})
_VERSION = re.compile(r"v3\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class ContractColumn:
    """What is promised of one column; *unchecked* names promises this release does not check."""

    name: str
    type: str | None = None
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    classification: str | None = None
    unchecked: tuple[str, ...] = ()

    @property
    def declares_personal_data(self) -> bool:
        """Whether the contract says that this column is not for everybody."""
        return self.classification is not None and self.classification.lower() != "public"


@dataclass(frozen=True, slots=True)
class Contract:
    """A data contract, as far as checks are made from it."""

    id: str
    version: str
    sha256: str
    columns: tuple[ContractColumn, ...]
    unchecked: tuple[str, ...] = ()

    def column(self, name: str) -> ContractColumn | None:
        """Return what is promised of a column, or None."""
        return next((each for each in self.columns if each.name == name), None)

    def to_json(self) -> dict[str, str]:
        """Return what a report says of its contract."""
        return {"id": self.id, "version": self.version, "sha256": self.sha256}


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases, with which a few lines can become gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise InvalidContractError("YAML aliases are not accepted in a data contract.")
        return super().compose_node(parent, index)


def parse_contract(document: bytes) -> Contract:
    """
    Read a data contract from YAML or JSON.

    Raises:
        InvalidContractError: Too large, not YAML, or not an ODCS v3 contract; says what.
    """
    if len(document) > MAX_BYTES:
        raise InvalidContractError(f"A data contract has at most {MAX_BYTES // 1024} KiB.")
    try:
        data = yaml.load(document, Loader=_Loader)  # noqa: S506  # a SafeLoader, made stricter
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise InvalidContractError("The data contract is not readable YAML or JSON.") from error
    _check_model(data)
    if data.get("kind") != "DataContract" or not _VERSION.fullmatch(str(data.get("apiVersion"))):
        raise InvalidContractError(
            "A data contract has `kind: DataContract` and an `apiVersion` from v3.0.0 on."
        )
    objects = data.get("schema") or []
    if not objects:
        raise InvalidContractError("The data contract has no schema, so nothing could be checked.")
    columns = tuple(_column(each) for each in objects[0].get("properties") or [])
    return Contract(
        id=str(data["id"]),
        version=str(data["version"]),
        sha256=hashlib.sha256(document).hexdigest(),
        columns=columns,
        unchecked=_unchecked(objects[0], {}),
    )


def _check_model(data: Any) -> None:
    """Hold the document to the standard's own model; name the places that do not fit."""
    from open_data_contract_standard.model import (
        OpenDataContractStandard,
        SchemaObject,
        SchemaProperty,
    )
    from pydantic import ValidationError

    if not isinstance(data, dict):
        raise InvalidContractError("A data contract is a mapping.")
    missing = [key for key in ("id", "version", "apiVersion", "kind") if not data.get(key)]
    if missing:
        raise InvalidContractError(f"The data contract lacks {', '.join(missing)}.")
    try:
        OpenDataContractStandard.model_validate(data)
    except ValidationError as error:
        places = ", ".join(".".join(map(str, each["loc"])) for each in error.errors()[:5])
        raise InvalidContractError(
            f"The data contract does not follow ODCS at {places}."
        ) from error
    for each in data.get("schema") or []:
        _refuse_unknown(each, SchemaObject)
        for member in each.get("properties") or []:
            _refuse_unknown(member, SchemaProperty)


def _refuse_unknown(data: Mapping[str, Any], model: "type[BaseModel]") -> None:
    """Refuse members the standard does not know; its own model lets these pass."""
    unknown = sorted(set(data) - set(model.model_fields))
    if unknown:
        raise InvalidContractError(f"The data contract has unknown members: {', '.join(unknown)}.")


def _column(data: Mapping[str, Any]) -> ContractColumn:
    name = data.get("physicalName") or data.get("name")
    if not name:
        raise InvalidContractError("A property of the data contract has no name.")
    kind = data.get("logicalType")
    if kind is not None and kind not in TYPES:
        raise InvalidContractError(
            f"The type {kind!r} of {name!r} cannot be checked in a flat file. "
            f"Use one of {', '.join(sorted(TYPES))}."
        )
    options = data.get("logicalTypeOptions") or {}
    return ContractColumn(
        name=str(name),
        type=kind,
        required=bool(data.get("required")),
        unique=bool(data.get("unique") or data.get("primaryKey")),
        enum=_enum(data.get("enum") or options.get("enum") or []),
        pattern=_pattern(str(name), options.get("pattern")),
        classification=data.get("classification"),
        unchecked=_unchecked(data, options),
    )


def _unchecked(data: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the promises that are read and not checked yet, so that nobody relies on them."""
    named = [key for key in ("quality", "relationships") if data.get(key)]
    return (*named, *sorted(set(options) - {"pattern", "enum"}))


def _enum(values: Any) -> tuple[str, ...]:
    """Return the allowed values as texts; since v3.2 each may be an object with a ``value``."""
    return tuple(
        str(each.get("value")) if isinstance(each, Mapping) else str(each) for each in values
    )


def _pattern(name: str, pattern: Any) -> str | None:
    """Accept a pattern that RE2 accepts: it takes linear time on any text."""
    if pattern is None:
        return None
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), pattern=str(pattern))
    except pa.ArrowInvalid as error:
        raise InvalidContractError(
            f"The pattern of {name!r} is not one that RE2 understands."
        ) from error
    return str(pattern)
