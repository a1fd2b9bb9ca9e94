"""Read the document: refused rather than half understood, since a misspelt member would protect nobody."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from dcs.validation.documents import DocumentError, read_document
from dcs.validation.errors import InvalidRecognizersError
from dcs.validation.personal.scan import ALL
from dcs.validation.personal_columns.kinds import ENTITIES as TOLD_ENTITIES
from dcs.validation.personal_names.scan import ENTITIES
from dcs.validation.recognizers.checksums import CHECKSUMS
from dcs.validation.recognizers.models import (
    Classification,
    Recognizer,
    Recognizers,
    Suppression,
    Threshold,
)
from dcs.validation.recognizers.patterns import problem_of
from dcs.validation.recognizers.scan import cue_of

KNOWN_ENTITIES = frozenset((*ALL, *ENTITIES.values(), *TOLD_ENTITIES.values()))
MOST_RECOGNIZERS = 50
MOST_WORDS = 500
MOST_SUPPRESSIONS = 2_000
MOST_TOLD = 20

Text = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
Entity = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,63}$")]
Pattern = Annotated[str, StringConstraints(max_length=2_000)]
Words = Annotated[tuple[Text, ...], Field(max_length=MOST_WORDS)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class _Recognizer(_Strict):
    entity: Entity
    pattern: Pattern = ""
    checksum: str | None = None
    words: Words = ()
    deny: Words = ()
    allow: Words = ()
    classification: Classification = "CONFIDENTIAL"
    description: Annotated[str, StringConstraints(max_length=500)] = ""


class _Threshold(_Strict):
    entity: Entity
    cells: Annotated[int, Field(ge=1)] = 1
    share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0


class _Suppression(_Strict):
    entity: Entity | None = None
    dataset: Text | None = None
    column: Annotated[str, StringConstraints(min_length=1, max_length=10_000)] | None = None
    reason: Text
    until: date | None = None


class _Document(_Strict):
    recognizers: Annotated[tuple[_Recognizer, ...], Field(max_length=MOST_RECOGNIZERS)] = ()
    thresholds: Annotated[tuple[_Threshold, ...], Field(max_length=MOST_SUPPRESSIONS)] = ()
    suppressions: Annotated[tuple[_Suppression, ...], Field(max_length=MOST_SUPPRESSIONS)] = ()


def parse_recognizers(document: bytes) -> Recognizers:
    """
    Read the document from YAML or JSON, and try its patterns.

    Raises:
        InvalidRecognizersError: Names every place that is wrong, and what would be right there.
    """
    read = _read(document)
    problems = list(_problems(read))
    if problems:
        _refuse(problems)
    return read


def read_recognizers(document: bytes) -> Recognizers:
    """Read a document that was found valid when it was given."""
    return _read(document)


def _read(document: bytes) -> Recognizers:
    try:
        data = read_document(document)
    except DocumentError as error:
        raise InvalidRecognizersError(f"The recognizers' document {error}.") from error
    try:
        found = _Document.model_validate(data)
    except ValidationError as error:
        _refuse([_told(each) for each in error.errors(include_input=False, include_url=False)])
    return Recognizers(
        tuple(Recognizer(**dict(each)) for each in found.recognizers),
        tuple(Threshold(**dict(each)) for each in found.thresholds),
        tuple(Suppression(**dict(each)) for each in found.suppressions),
        hashlib.sha256(document).hexdigest(),
    )


def _problems(document: Recognizers) -> Iterator[tuple[str, str]]:
    """Yield what is well written and still wrong."""
    seen: set[str] = set()
    for place, each in enumerate(document.recognizers):
        at = f"recognizers[{place}]"
        if each.entity in KNOWN_ENTITIES:
            yield f"{at}.entity", f"{each.entity} is recognized already; choose a name of your own"
        if each.entity in seen:
            yield f"{at}.entity", f"{each.entity} has a recognizer already"
        seen.add(each.entity)
        if not each.pattern and not each.deny:
            yield at, "needs a pattern or words to deny"
        if each.pattern and (why := problem_of(each.pattern)):
            yield f"{at}.pattern", why
        elif not _is_usable(each):
            yield (
                f"{at}.deny",
                "more words than one pattern can look for; make two entities of them",
            )
        if each.checksum is not None and each.checksum not in CHECKSUMS:
            yield f"{at}.checksum", f"known are {', '.join(CHECKSUMS)}"
    known = KNOWN_ENTITIES | seen
    for place, limit in enumerate(document.thresholds):
        if limit.entity not in known:
            yield f"thresholds[{place}].entity", f"nothing recognizes {limit.entity}"
    for place, silent in enumerate(document.suppressions):
        at = f"suppressions[{place}]"
        if silent.entity is not None and silent.entity not in known:
            yield f"{at}.entity", f"nothing recognizes {silent.entity}"
        if silent.entity is None and silent.column is None:
            yield at, "names neither an entity nor a column; it would hide everything"
        if not re.search(r"\w", silent.reason):
            yield f"{at}.reason", "says nothing"


def _is_usable(recognizer: Recognizer) -> bool:
    """Say whether a judge can look for it: what fails there would fail every file."""
    try:
        pc.match_substring_regex(pa.array([""]), cue_of(recognizer))
    except pa.ArrowInvalid:
        return False
    return True


def _told(problem: Mapping[str, Any]) -> tuple[str, str]:
    """Return where a document is wrong and why, without quoting it."""
    place = ""
    for part in problem["loc"]:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place, str(problem["msg"])


def _refuse(problems: list[tuple[str, str]]) -> NoReturn:
    shown = problems[:MOST_TOLD]
    more = f" and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
    said = "; ".join(f"{place}: {why}" for place, why in shown)
    raise InvalidRecognizersError(
        f"The recognizers' document cannot be accepted: {said}{more}",
        problems=[{"path": place, "message": why} for place, why in shown],
    )
