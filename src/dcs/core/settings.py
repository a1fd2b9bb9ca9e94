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

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from dcs.core.errors import InvalidError

GIB = 1024**3


class SettingsError(InvalidError):
    """A setting is unknown or has a value that cannot be used."""

    code = "invalid_settings"


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
    validation_memory: int = Field(
        default=2 * GIB,
        ge=256 * 1024**2,
        description="Memory of the child that reads a file, in bytes.",
    )
    validation_seconds: int = Field(
        default=300, ge=1, description="Seconds one validation may take before it is ended."
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
