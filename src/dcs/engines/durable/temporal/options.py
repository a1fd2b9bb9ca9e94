"""How a Temporal cluster is reached, and how much a worker takes at once."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from temporalio.service import TLSConfig

from dcs.core.errors import InvalidError

PORT = 7233
QUEUE = "data-approval-queue"
DEPLOYMENT = "dcs"


@dataclass(frozen=True, slots=True)
class TemporalOptions:
    """
    Everything a connection and a worker are made from; no secret prints.

    Attributes:
        address: ``host:port`` of the cluster's front end.
        namespace: Where the workflows live.
        queue: The task queue that workers take from.
        api_key: Sent with every call, and only over TLS.
        tls: Encrypt the connection; an API key or a certificate implies it.
        ca: File of the authorities the cluster's certificate is checked
            against; those of the machine without it.
        certificate: File of the certificate this client shows.
        key: File of its private key.
        server_name: The name the cluster's certificate is for, if it is not the host.
        activities: Activities a worker does at once, at most.
        workflow_tasks: Workflow tasks a worker does at once, at most.
        version: What this release of the worker is called. With it, a process
            stays with the version it was started by, and the cluster has to be
            told which version new ones begin with; without it any worker goes on with any.
    """

    address: str
    namespace: str = "default"
    queue: str = QUEUE
    api_key: SecretStr | None = None
    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    server_name: str | None = None
    activities: int = 100
    workflow_tasks: int = 50
    version: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no cluster could repair."""
        if (self.certificate is None) != (self.key is None):
            raise InvalidError("Give the certificate and its key, or neither.")
        if self.activities < 1 or self.workflow_tasks < 2:
            raise InvalidError("A worker does at least one activity and two workflow tasks.")
        if self.version is not None and not re.fullmatch(r"[A-Za-z0-9_.+-]{1,100}", self.version):
            raise InvalidError("A version is made of letters, digits and . _ + -")

    @classmethod
    def from_url(cls, url: str, **settings: Any) -> "TemporalOptions":
        """
        Read ``temporal://host:7233/namespace``; port and namespace may be left out.

        Raises:
            InvalidError: It is no such address.
        """
        wrong = InvalidError("Temporal is named as temporal://host:7233/namespace.")
        try:
            parts = urlsplit(url)
            port = parts.port or PORT
        except ValueError:
            raise wrong from None
        namespace = parts.path.strip("/") or "default"
        host = parts.hostname or ""
        if (
            parts.scheme != "temporal"
            or parts.query
            or parts.fragment
            or parts.username is not None
            or not re.fullmatch(r"[A-Za-z0-9_.:-]+", host)
            or not re.fullmatch(r"[A-Za-z0-9_.-]+", namespace)
        ):
            raise wrong
        shown = f"[{host}]" if ":" in host else host
        return cls(f"{shown}:{port}", namespace, **settings)

    def tls_config(self) -> TLSConfig | bool:
        """Return how the connection is encrypted; False if it is not."""
        files = (self.ca, self.certificate, self.key)
        if not (self.tls or self.api_key or self.server_name or any(files)):
            return False
        ca, certificate, key = (None if each is None else each.read_bytes() for each in files)
        return TLSConfig(
            server_root_ca_cert=ca,
            domain=self.server_name,
            client_cert=certificate,
            client_private_key=key,
        )
