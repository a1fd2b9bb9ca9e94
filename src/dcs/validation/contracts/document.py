"""A data contract's bytes as plain data."""

from typing import Any

from dcs.validation import documents
from dcs.validation.documents import MAX_BYTES, DocumentError
from dcs.validation.errors import InvalidContractError

__all__ = ["MAX_BYTES", "read_document"]


def read_document(document: bytes, *, strict: bool = True) -> dict[str, Any]:
    """
    Return the mapping that a contract's YAML or JSON stands for; see `documents.read_document`.

    Raises:
        InvalidContractError: Too large, not YAML, or not a mapping.
    """
    try:
        return documents.read_document(document, strict=strict)
    except DocumentError as error:
        raise InvalidContractError(f"The data contract {error}.") from error
