"""How to reach the bucket, and how much memory, disk and patience an object store may take."""

import re
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from dcs.core.errors import InvalidError

MIB = 1024**2
SMALLEST = 5 * MIB
"""S3 copies no smaller part than this into an object, the last one apart."""


@dataclass(frozen=True, slots=True)
class S3Options:
    """
    Everything an `S3Store` is made from; no secret prints.

    Attributes:
        bucket: The bucket, or a template such as ``dcs-{tenant}`` for one a
            tenant; buckets of a template are made when first written to.
        prefix: What every key begins with.
        endpoint: Address of the service; None for AWS itself.
        region: Region that requests are signed for.
        access_key: None for the chain of AWS: environment, files, role.
        secret_key: Belongs to *access_key*.
        session_token: Belongs to temporary keys.
        kms_key: Encrypt every object with this key of the service (SSE-KMS).
        sse: Encrypt every object with keys of the store (SSE-S3).
        part_size: Bytes of a segment, at least 5 MiB; 10,000 make an object.
        parallel: Segments of one upload on their way at once, at most.
        buffer: Bytes one upload may hold in memory: the segment that fills
            and those on their way. 32 MiB are two segments of 16 MiB; ten in
            parallel take 176 MiB.
        spool: Folder for the copies that readers are lent; None for the
            machine's temporary folder.
        spool_bytes: Bytes all copies may take.
        patience: How long a request is repeated while the store is away.
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    session_token: SecretStr | None = None
    kms_key: str | None = None
    sse: Literal["AES256"] | None = None
    part_size: int = 16 * MIB
    parallel: int = 10
    buffer: int = 32 * MIB
    spool: Path | None = None
    spool_bytes: int = 10 * 1024 * MIB
    patience: timedelta = timedelta(seconds=40)

    def __post_init__(self) -> None:
        """Refuse what no request could repair."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*(\{tenant\})?[a-z0-9.-]*", self.bucket):
            raise InvalidError("A bucket is a name, or a template such as dcs-{tenant}.")
        if not re.fullmatch(r"([A-Za-z0-9_.-]+/)*", self.prefix) or ".." in self.prefix:
            raise InvalidError("A prefix is made of names, each followed by a slash.")
        if self.part_size < SMALLEST or self.parallel < 1 or self.buffer < self.part_size:
            raise InvalidError(
                "A part has at least 5 MiB, the buffer holds at least one part, "
                "and at least one is sent at a time."
            )
        if (self.access_key is None) != (self.secret_key is None):
            raise InvalidError("Give the access key and the secret key, or neither.")
        if self.kms_key and self.sse:
            raise InvalidError("Encrypt with kms_key or with sse, not with both.")

    @classmethod
    def from_url(cls, url: str, **settings: Any) -> "S3Options":
        """
        Read ``s3://bucket-or-template[/prefix]``; everything else comes from *settings*.

        Raises:
            InvalidError: It is no such address. The message does not repeat it.
        """
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
            raise InvalidError(
                "An object store in S3 is given as s3://bucket or s3://bucket/prefix."
            )
        path = parts.path.strip("/")
        return cls(parts.netloc, prefix=f"{path}/" if path else "", **settings)

    @property
    def in_flight(self) -> int:
        """Segments of one upload that may be on their way beside the one that fills."""
        return max(1, min(self.parallel, self.buffer // self.part_size - 1))

    @property
    def encryption(self) -> dict[str, str]:
        """The encryption as S3 calls it in a request."""
        if self.kms_key:
            return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key}
        return {"ServerSideEncryption": self.sse} if self.sse else {}

    @property
    def spool_folder(self) -> Path:
        """The folder for lent copies."""
        return self.spool or Path(tempfile.gettempdir()) / "dcs-spool"
