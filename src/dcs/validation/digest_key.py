"""The secret that digests of values are keyed with: one for each studio, from which each tenant has its own."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

SIZE = 32  # bytes


def kept_key(path: Path) -> bytes:
    """
    Return the secret in a file, made at the first call; only its owner may read it.

    Two processes that come first at once get the same one.
    """
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    if not path.exists():
        descriptor = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            target.write(secrets.token_bytes(SIZE))
            target.flush()
            os.fsync(target.fileno())
        try:
            os.link(made, path)  # whoever is second keeps the first one's
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_bytes()


def key_of(secret: bytes, owner: str) -> bytes:
    """Return the key of one tenant: no other tenant's digests can be compared with its own."""
    return hmac.digest(secret, b"digests of " + owner.encode(), hashlib.sha256)
