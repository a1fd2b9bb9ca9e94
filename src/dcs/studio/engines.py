"""The adapters that the settings name; nothing connects before it is asked something."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import dcs
from dcs.core.clock import Clock
from dcs.core.settings import Settings, SettingsError
from dcs.engines.database import Database
from dcs.engines.fetch import Fetcher
from dcs.engines.fetch.addresses import AddressRule
from dcs.engines.fetch.https import HttpsFetcher
from dcs.engines.fetch.resuming import ResumingFetcher
from dcs.engines.mail import Mail, MailAddressError
from dcs.engines.objects import ObjectStore
from dcs.engines.objects.directory import DirectoryStore
from dcs.validation.digest_key import kept_key

if TYPE_CHECKING:
    from dcs.engines.durable.temporal.engine import TemporalEngine
    from dcs.engines.objects.s3 import S3Options


def open_database(settings: Settings) -> Database:
    """Return the database that the settings name, with its tables at this release."""
    if settings.database is None:
        from dcs.engines.database.sqlite import SqliteDatabase

        return SqliteDatabase(settings.data_dir / "dcs.sqlite")
    from dcs.engines.database.postgres import PostgresDatabase

    return PostgresDatabase(settings.database.get_secret_value())


def fetchers(settings: Settings) -> dict[str, Fetcher]:
    """Return what fetches files, by the scheme of their addresses."""
    found: dict[str, Fetcher] = {}
    if settings.fetch.enabled:
        fetch = settings.fetch
        rule = AddressRule(allowed=fetch.allowed_networks, denied=fetch.denied_networks)
        https = HttpsFetcher(
            max_bytes=settings.max_file_size, rule=rule, ports=frozenset(fetch.ports)
        )
        found["https"] = ResumingFetcher(https)
    if settings.objects is not None:
        from dcs.engines.fetch.s3 import S3Fetcher
        from dcs.engines.objects.s3.bucket import Connection

        connection = Connection(_s3_options(settings))
        found["s3"] = S3Fetcher(
            lambda name: connection.bucket(name, make=False), settings.max_file_size
        )
    return found


def _s3_options(settings: Settings) -> "S3Options":
    """Return how S3 is reached; only where the address of an object store is set."""
    from dcs.engines.objects.s3 import S3Options

    chosen = settings.s3.model_dump(exclude={"patience_seconds"})
    patience = timedelta(seconds=settings.s3.patience_seconds)
    spool = settings.data_dir / "spool"
    return S3Options.from_url(settings.objects or "", patience=patience, spool=spool, **chosen)


def open_objects(settings: Settings) -> ObjectStore:
    """
    Return the object store that the settings name.

    Raises:
        SettingsError: It needs a package that is not installed.
    """
    if settings.objects is None:
        return DirectoryStore(settings.data_dir)
    try:
        from dcs.engines.objects.s3 import S3Store
    except ImportError as error:
        raise SettingsError(
            "Objects in S3 need `pip install 'data-collaboration-studio[s3]'`."
        ) from error
    return S3Store(_s3_options(settings))


def open_mail(settings: Settings, clock: Clock) -> Mail:
    """
    Return what takes letters; nothing connects before the first one.

    Raises:
        SettingsError: The mail server's address, or the sender's, cannot be used.
    """
    if settings.mail is None:
        from dcs.engines.mail.kept import KeptMail

        return KeptMail()
    from dcs.engines.mail.server import MailServer
    from dcs.engines.mail.smtp import SmtpMail

    secret = settings.mail_password
    password = None if secret is None else secret.get_secret_value()
    try:
        return SmtpMail(MailServer.at(settings.mail, settings.mail_from, password), clock)
    except MailAddressError as error:
        raise SettingsError(error.detail) from error


async def open_temporal(settings: Settings) -> "TemporalEngine | None":
    """
    Return the cluster that hosts approvals, once it has answered; None where rows do.

    Raises:
        SettingsError: It needs a package that is not installed.
        UnavailableError: The cluster did not answer; the text says which.
    """
    if settings.workflow is None:
        return None
    try:
        from dcs.engines.durable.temporal.engine import connect
        from dcs.engines.durable.temporal.options import TemporalOptions
    except ImportError as error:
        raise SettingsError(
            "Temporal needs `pip install 'data-collaboration-studio[temporal]'`."
        ) from error
    chosen = settings.temporal.model_dump()
    return await connect(TemporalOptions.from_url(settings.workflow, **chosen))


def policy_folder() -> Path:
    """Return the folder of the policy: packaged with the product, or of its source."""
    package = Path(dcs.__file__).parent
    packaged = package / "policy" / "rego"
    return packaged if packaged.is_dir() else package.parents[1] / "policies"


def digest_key(settings: Settings) -> bytes:
    """
    Return the secret that digests are keyed with.

    Raises:
        SettingsError: Several processes may share the database, and nobody gave them one.
    """
    if settings.digest_key is not None:
        return settings.digest_key.get_secret_value().encode()
    if settings.database is not None:
        raise SettingsError(
            "DCS_DIGEST_KEY is needed with PostgreSQL: one secret of 32 characters or more for all "
            "processes. Make one with: openssl rand -hex 32"
        )
    return kept_key(settings.data_dir / "digest.key")
