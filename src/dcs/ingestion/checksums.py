"""Checksums of single requests: what was sent is kept only if it is what its sender hashed."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dcs.core.errors import InvalidError

ALGORITHMS: Mapping[str, str] = {"sha1": "sha1", "sha256": "sha256"}
"""Names of the algorithms, as tus spells them. SHA-1 is demanded by the protocol; it guards
against accidents on the way, not against people."""


class UnknownChecksumError(InvalidError):
    """The checksum's algorithm is not known, or its value has the wrong length."""

    code = "unknown_checksum"


@dataclass(frozen=True, slots=True)
class Checksum:
    """The hash of one request's bytes, as its sender worked it out."""

    algorithm: str
    digest: bytes

    @classmethod
    def of(cls, algorithm: str, digest: bytes) -> "Checksum":
        """
        Return the checksum, if it can be checked.

        Raises:
            UnknownChecksumError: It cannot.
        """
        if algorithm not in ALGORITHMS:
            raise UnknownChecksumError(f"Use one of the checksums {', '.join(ALGORITHMS)}.")
        if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
            raise UnknownChecksumError("The checksum's length does not fit its algorithm.")
        return cls(algorithm, digest)

    def running(self) -> Any:
        """Return a hash to be fed with the request's bytes."""
        return hashlib.new(self.algorithm, usedforsecurity=False)

    def fits(self, running: Any) -> bool:
        """Say whether the bytes that were fed are those the sender hashed."""
        return hmac.compare_digest(running.digest(), self.digest)
