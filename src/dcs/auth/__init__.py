"""Identify: accounts, tokens, sessions and how they are revoked."""

from dcs.auth.browser import SAFE_METHODS, SESSION_COOKIE, from_this_site
from dcs.auth.errors import (
    AccountExistsError,
    BadCredentialsError,
    SignInPausedError,
    WeakPasswordError,
)
from dcs.auth.models import OPEN_ALL_WEEK, Account, Allowance, Calendar, NewAccount, Tenant
from dcs.auth.service import Identity
from dcs.auth.store import members

__all__ = [
    "OPEN_ALL_WEEK",
    "SAFE_METHODS",
    "SESSION_COOKIE",
    "Account",
    "AccountExistsError",
    "Allowance",
    "BadCredentialsError",
    "Calendar",
    "Identity",
    "NewAccount",
    "SignInPausedError",
    "Tenant",
    "WeakPasswordError",
    "from_this_site",
    "members",
]
