"""
Seven ways to fail.

::

    DcsError
    ├── InvalidError          422  the request is wrong; sending it again does not help
    ├── UnauthenticatedError  401  nobody is signed in
    ├── ForbiddenError        403  policy said no, and says why
    ├── NotFoundError         404  it does not exist, or is another tenant's
    ├── ConflictError         409  it clashes with what is there
    ├── LimitError            413 or 429  too large or too often
    └── UnavailableError      503  something needed did not answer; try again

A family fixes the status and whether a retry helps. A subclass adds only a
stable ``code`` that clients may rely on. Messages say what happened and what
to do next, and never carry personal data.
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class DcsError(Exception):
    """
    The root of every error this product raises on purpose.

    Attributes:
        status: The HTTP status of the family.
        retryable: Whether the same request may succeed later.
        code: A stable name for programs.
        extra: Further members of the problem document, JSON values only.
    """

    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    code: ClassVar[str] = "internal_error"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class InvalidError(DcsError):
    """The request is wrong; sending it again unchanged does not help."""

    status = 422
    code = "invalid"


class UnauthenticatedError(DcsError):
    """Nobody is signed in, or the credentials are wrong."""

    status = 401
    code = "unauthenticated"


class ForbiddenError(DcsError):
    """Policy said no."""

    status = 403
    code = "forbidden"

    def __init__(
        self,
        detail: str,
        *,
        reasons: Sequence[str] = (),
        codes: Sequence[str] = (),
        decision_id: str | None = None,
    ) -> None:
        extra: dict[str, Any] = {"reasons": list(reasons), "codes": list(codes)}
        if decision_id is not None:
            extra["decision_id"] = decision_id
        super().__init__(detail, **extra)


class NotFoundError(DcsError):
    """It does not exist, or belongs to another tenant: the two look the same on purpose."""

    status = 404
    code = "not_found"


class ConflictError(DcsError):
    """It clashes with what is already there."""

    status = 409
    code = "conflict"


class LimitError(DcsError):
    """Too large (413) or too often (429)."""

    status = 429
    retryable = True
    code = "limit_exceeded"

    def __init__(
        self, detail: str, *, too_large: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(detail, **({} if retry_after is None else {"retry_after": retry_after}))
        self.too_large = too_large
        self.retry_after = retry_after


class UnavailableError(DcsError):
    """Something this product needs did not answer; trying again may help."""

    status = 503
    retryable = True
    code = "unavailable"
