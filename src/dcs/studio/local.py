"""What the command line uses without a server and without a database."""

from dcs.core.settings import Settings
from dcs.engines.sandbox import Limits, Sandbox
from dcs.engines.sandbox.process import ProcessSandbox
from dcs.validation.digest_key import kept_key


def local_key() -> bytes:
    """Return what `dcs check` keys digests with: this person's own secret on this machine."""
    from dcs.validation.kernels import built

    return kept_key(built().with_name("digest.key"))


def local_sandbox(settings: Settings) -> tuple[Sandbox, Limits]:
    """Return what `dcs check` reads a file with: no server, no database."""
    limits = Limits(memory=settings.validation_memory, seconds=settings.validation_seconds)
    return ProcessSandbox(), limits
