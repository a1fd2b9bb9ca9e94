"""Identify: accounts, tokens, sessions and how they are revoked."""

from dcs.auth.browser import SAFE_METHODS, SESSION_COOKIE, from_this_site
from dcs.auth.errors import (
    AccountExistsError,
    AccountNotFoundError,
    BadCredentialsError,
    GroupNotFoundError,
    InvalidGroupError,
    SignInPausedError,
    WeakPasswordError,
)
from dcs.auth.groups import Groups
from dcs.auth.guard import Guard
from dcs.auth.memberships.store import Group, group_names, groups_of
from dcs.auth.models import OPEN_ALL_WEEK, Account, Allowance, Calendar, NewAccount, Tenant
from dcs.auth.service import Identity
from dcs.auth.store import members

__all__ = [
    "OPEN_ALL_WEEK",
    "SAFE_METHODS",
    "SESSION_COOKIE",
    "Account",
    "AccountExistsError",
    "AccountNotFoundError",
    "Allowance",
    "BadCredentialsError",
    "Calendar",
    "Group",
    "GroupNotFoundError",
    "Groups",
    "Guard",
    "Identity",
    "InvalidGroupError",
    "NewAccount",
    "SignInPausedError",
    "Tenant",
    "WeakPasswordError",
    "from_this_site",
    "group_names",
    "groups_of",
    "members",
]
