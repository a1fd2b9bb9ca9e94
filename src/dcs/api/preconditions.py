"""Changes of what may have changed meanwhile: a revision's `ETag`, and `If-Match` that names one."""

from typing import Annotated

from fastapi import Header

from dcs.core.errors import InvalidError

IfMatch = Annotated[str | None, Header(description='The `ETag` of what you change, or `"0"`.')]


class InvalidPreconditionError(InvalidError):
    """`If-Match` is not the `ETag` of a revision."""

    code = "invalid_precondition"


def tag(revision: int) -> str:
    """Return the `ETag` of a revision."""
    return f'"{revision}"'


def expected_revision(given: str | None) -> int | None:
    """
    Return the revision a header names; None where it does not matter.

    Raises:
        InvalidPreconditionError: It names none.
    """
    if given is None or given.strip() == "*":
        return None
    text = given.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidPreconditionError('If-Match takes the ETag of a revision, such as "3".')
    return int(text)
