"""Lists by cursor: an opaque text that says where the next page begins."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query

from dcs.core.errors import InvalidError

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=200, description="The most items of one page.")]
Cursor = Annotated[str | None, Query(max_length=400, description="`next` of the page before.")]


class InvalidCursorError(InvalidError):
    """The cursor was not made by this API."""

    code = "invalid_cursor"


def encode(position: str) -> str:
    """Make a cursor of a position."""
    return base64.urlsafe_b64encode(position.encode()).decode()


def decode(cursor: str | None) -> str | None:
    """Return the position a cursor stands for."""
    if cursor is None:
        return None
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise InvalidCursorError("The cursor is not valid. Begin again without one.") from error


def page(
    items: Sequence[T], limit: int, show: Callable[[T], Any], position: Callable[[T], str]
) -> dict[str, Any]:
    """
    Return one page, and where the next begins if there is one.

    Args:
        items: One more than *limit* if there is a next page.
        limit: The size of a page.
        show: Turns an item into JSON.
        position: What the next page begins behind.
    """
    shown = items[:limit]
    more = len(items) > limit
    return {
        "items": [show(item) for item in shown],
        "next": encode(position(shown[-1])) if more else None,
    }
