"""How a denial looks from outside."""

from dcs.core.errors import ForbiddenError, NotFoundError


class DeniedError(ForbiddenError):
    """The actor may know of the thing, but not do this to it."""

    code = "denied_by_policy"


class HiddenError(NotFoundError):
    """The actor may not know of the thing: exactly as if it did not exist."""

    code = "no_such_thing"
