"""What can go wrong while finding out who somebody is."""

from dcs.core.errors import ConflictError, InvalidError, LimitError, UnauthenticatedError


class BadCredentialsError(UnauthenticatedError):
    """The token, session or password is not valid; which of them is not said."""

    code = "bad_credentials"


class SignInPausedError(LimitError):
    """Too many wrong passwords for this account; it opens again by itself."""

    code = "sign_in_paused"


class AccountExistsError(ConflictError):
    """The login is taken."""

    code = "account_exists"


class WeakPasswordError(InvalidError):
    """The password is too short or too long."""

    code = "weak_password"
