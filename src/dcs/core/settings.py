"""
Settings: one frozen object, read from ``DCS_*`` variables and a ``dcs.toml`` below them.

An unknown ``DCS_*`` name is refused with the nearest known one, because a
misspelt setting that is silently ignored is a security hole with a delay.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from dcs.core.errors import InvalidError

MIB, GIB = 1024**2, 1024**3


class SettingsError(InvalidError):
    """A setting is unknown or has a value that cannot be used."""

    code = "invalid_settings"


class S3Settings(BaseModel):
    """How the object store in S3 is reached. Each field is a variable ``DCS_S3__<NAME>``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str | None = Field(
        default=None, description="Address of the service; AWS itself without it."
    )
    region: str = Field(default="us-east-1", description="Region that requests are signed for.")
    access_key: SecretStr | None = Field(
        default=None, description="Access key; without it AWS's own chain is asked."
    )
    secret_key: SecretStr | None = Field(
        default=None, description="Secret key that belongs to the access key."
    )
    session_token: SecretStr | None = Field(default=None, description="Token of temporary keys.")
    kms_key: str | None = Field(
        default=None, description="Encrypt every object with this key of the service (SSE-KMS)."
    )
    sse: Literal["AES256"] | None = Field(
        default=None, description="Encrypt every object with keys of the store (SSE-S3)."
    )
    part_size: int = Field(
        default=16 * MIB, ge=5 * MIB, description="Bytes that are sent to the store at once."
    )
    parallel: int = Field(default=10, ge=1, description="Parts of one upload on their way at once.")
    buffer: int = Field(
        default=32 * MIB,
        ge=5 * MIB,
        description="Bytes one upload may hold in memory; bounds the parts on their way.",
    )
    spool_bytes: int = Field(
        default=10 * GIB, ge=1, description="Bytes that local copies of objects may take."
    )
    patience_seconds: float = Field(
        default=40, gt=0, description="Seconds a request is repeated while the store is away."
    )


class FetchSettings(BaseModel):
    """From where the server fetches files. Each field is a variable ``DCS_FETCH__<NAME>``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="Let people import from https addresses.")
    ports: tuple[int, ...] = Field(default=(443,), description="Ports that may be connected to.")
    allowed_networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="Networks that may be reached although they are not public."
    )
    denied_networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="Networks that may never be reached, public or not."
    )


class RuleSettings(BaseModel):
    """What business rules of a data contract may use. Each field is a variable ``DCS_RULES__<NAME>``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule_seconds: float = Field(default=60, gt=0, description="Seconds one rule may take.")
    seconds: float = Field(
        default=300, gt=0, description="Seconds all rules of one file may take together."
    )
    memory: int = Field(
        default=512 * MIB,
        ge=64 * MIB,
        description="Bytes that rules may hold in memory; beyond them they spill.",
    )
    spill: int = Field(
        default=4 * GIB, ge=MIB, description="Bytes that rules may spill into the scratch folder."
    )


class TemporalSettings(BaseModel):
    """How a Temporal cluster is reached. Each field is a variable ``DCS_TEMPORAL__<NAME>``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue: str = Field(
        default="data-approval-queue", description="Task queue that workers take from."
    )
    api_key: SecretStr | None = Field(
        default=None, description="API key sent with every call; it implies TLS."
    )
    tls: bool = Field(default=False, description="Encrypt the connection.")
    ca: Path | None = Field(
        default=None,
        description="File of the authorities the cluster's certificate is checked against; those of the machine without it.",
    )
    certificate: Path | None = Field(
        default=None, description="File of the certificate this product shows to the cluster."
    )
    key: Path | None = Field(default=None, description="File of that certificate's private key.")
    server_name: str | None = Field(
        default=None, description="Name the cluster's certificate is for, if it is not the host."
    )
    activities: int = Field(
        default=100, ge=1, description="Activities a worker does at once, at most."
    )
    workflow_tasks: int = Field(
        default=50, ge=2, description="Workflow tasks a worker does at once, at most."
    )
    version: str | None = Field(
        default=None,
        description="Name of this worker's version; approvals stay with the version they began with. "
        "Without it any worker goes on with any.",
    )


class Settings(BaseSettings):
    """Everything an operator can choose. Each field is a variable ``DCS_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix="DCS_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        toml_file="dcs.toml",
    )

    environment: Literal["development", "production", "test"] = Field(
        default="development",
        description="Where this runs; `production` refuses demo accounts and sends cookies over HTTPS only.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important log event that is written."
    )
    data_dir: Path = Field(
        default=Path("dcs-data"),
        description="Folder of the embedded database, the objects and generated secrets.",
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port the server listens on.")
    database: SecretStr | None = Field(
        default=None,
        description="`postgresql://…` of the application's role; without it SQLite in the data folder.",
    )
    database_owner: SecretStr | None = Field(
        default=None,
        description="`postgresql://…` of the role that owns the tables; used by `dcs migrate` alone.",
    )
    objects: str | None = Field(
        default=None,
        description="`s3://bucket/prefix`, or `s3://dcs-{tenant}` for a bucket a tenant; without it files in the data folder.",
    )
    s3: S3Settings = Field(
        default=S3Settings(), description="How the object store in S3 is reached."
    )
    workflow: str | None = Field(
        default=None,
        description="`temporal://host:7233/namespace` of the cluster that hosts approvals; without it they live on rows of the database.",
    )
    temporal: TemporalSettings = Field(
        default=TemporalSettings(), description="How the Temporal cluster is reached."
    )
    fetch: FetchSettings = Field(
        default=FetchSettings(), description="From where the server fetches files."
    )
    max_file_size: int = Field(
        default=10 * GIB, ge=1, description="Largest file accepted, in bytes."
    )
    upload_idle_seconds: float = Field(
        default=60,
        gt=0,
        description="Seconds a sender may be silent before its request is ended; what came is kept.",
    )
    upload_hours: float = Field(
        default=24,
        gt=0,
        description="Hours after its last byte at which an unfinished upload is removed.",
    )
    max_open_uploads: int = Field(
        default=100, ge=1, description="Unfinished uploads one person may have."
    )
    session_hours: int = Field(
        default=12, ge=1, le=24 * 30, description="Hours after which a browser session ends."
    )
    virus_scan_enabled: bool = Field(
        default=True,
        description="Look for malware; without it every file's verdict is `unscanned`.",
    )
    scanner: str | None = Field(
        default=None,
        description="`clamd:///run/clamd.sock` or `clamd://127.0.0.1:3310` to ask ClamAV besides the rules that are built in.",
    )
    digest_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="Secret that digests of values in reports are keyed with; needed with PostgreSQL, "
        "else made once and kept in the data folder.",
    )
    validation_memory: int = Field(
        default=2 * GIB,
        ge=256 * 1024**2,
        description="Memory of the child that reads a file, in bytes.",
    )
    validation_seconds: int = Field(
        default=300, ge=1, description="Seconds one validation may take before it is ended."
    )
    rules: RuleSettings = Field(
        default=RuleSettings(), description="What business rules of a data contract may use."
    )
    name_detector: str | None = Field(
        default=None,
        description="A name detector of your own, `package.module:factory[:argument]`, or `installed` "
        "for the one an installed package announces; it looks at a sample of each column of texts.",
    )
    mail: str | None = Field(
        default=None,
        description="`smtp://user@host:587` (STARTTLS), `smtps://…` (TLS) or `smtp://127.0.0.1:25?tls=none`, with `ca=FILE` and "
        "`timeout=SECONDS` as options: where letters about notices go; without it notices stay in the inbox.",
    )
    mail_password: SecretStr | None = Field(
        default=None, description="Password of the mail server's user; sent over TLS only."
    )
    mail_from: str | None = Field(
        default=None, description="Address that letters come from; needed with a mail server."
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+$",
        description="Address under which people reach the studio; letters link to it.",
    )
    url: str = Field(
        default="http://127.0.0.1:8080",
        description="The server the command line and the SDK talk to.",
    )
    token: SecretStr | None = Field(
        default=None, description="The bearer token the command line and the SDK send."
    )
    failpoint: str | None = Field(
        default=None,
        description="Name of a place where the process kills itself; for durability tests.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, then the environment, then ``dcs.toml``."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """
    Read the settings of this process.

    Args:
        environ: The variables to check for unknown names; the process's own by default.
        overrides: Values that win over every source, such as command-line options.
            None means "not given".

    Raises:
        SettingsError: A ``DCS_*`` name is unknown, or a value has the wrong form. The
            message names the setting and never repeats its value.
    """
    _refuse_unknown(os.environ if environ is None else environ)
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # values are checked by pydantic
    except ValidationError as error:
        places = "; ".join(
            f"DCS_{'__'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors()
        )
        raise SettingsError(f"Settings cannot be used. {places}") from error


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {f"DCS_{name.upper()}" for name in Settings.model_fields}
    for name in environ:
        if name.startswith("DCS_") and name.split("__")[0] not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{name} is not a setting.{hint}")
