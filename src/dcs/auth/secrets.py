"""
Secrets: how tokens and sessions are made, and how passwords are kept.

A token is 256 random bits, so its plain SHA-256 can be stored: there is
nothing to guess. A password can be guessed, so it is kept with argon2id in
the parameters OWASP gives as a minimum (19 MiB, 2 passes, 1 lane), and two
at a time at most, or signing in would be a way to exhaust the memory.
"""

import asyncio
import functools
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from dcs.auth.errors import WeakPasswordError

TOKEN_PREFIX = "dcs_pat_"  # noqa: S105  # a marker, by which leaked tokens are found
MIN_PASSWORD, MAX_PASSWORD = 12, 1024

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_slots = ThreadPoolExecutor(2, thread_name_prefix="dcs-password")


def new_token() -> str:
    """Make a bearer token; it is shown once and never stored."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def new_session_secret() -> str:
    """Make the value of a session cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is stored instead of a token or session secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def hash_password(password: str) -> str:
    """
    Return the argon2id form of *password*.

    Raises:
        WeakPasswordError: Shorter than 12 or longer than 1,024 characters.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise WeakPasswordError(
            f"A password has {MIN_PASSWORD} to {MAX_PASSWORD:,} characters. Choose another."
        )
    return await asyncio.get_running_loop().run_in_executor(_slots, _hasher.hash, password)


async def password_matches(stored: str | None, password: str) -> bool:
    """Check a password; for an unknown account it takes the same time and is False."""
    if len(password) > MAX_PASSWORD:
        return False
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_slots, _matches, stored, password)


def _matches(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@functools.cache
def _nobodys_hash() -> str:
    """Return a hash no password has: checking it costs what checking a real one costs."""
    return _hasher.hash(secrets.token_hex(16))
