"""Hold documents to the published schema of reports."""

import functools
import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from dcs.validation import schema_document


@functools.cache
def validator() -> Draft202012Validator:
    """Return the validator of ``dcs.validation/v1``, itself a valid schema."""
    schema = json.loads(schema_document())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def complaints(document: Mapping[str, Any]) -> list[str]:
    """Return what the schema says against a document, as it travels: as strict JSON."""
    travelled = json.loads(json.dumps(document, allow_nan=False))
    return [f"{each.json_path}: {each.message}" for each in validator().iter_errors(travelled)]
