"""The secret behind digests: made once, private, shared where several processes need the same."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from dcs.core.settings import Settings, SettingsError
from dcs.studio import digest_key
from dcs.validation.digest_key import SIZE, kept_key, key_of


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "digest.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: kept_key(path), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) == SIZE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["digest.key"]


def test_every_tenant_has_a_key_of_its_own() -> None:
    assert key_of(b"secret", "acme") != key_of(b"secret", "globex")
    assert key_of(b"secret", "acme") == key_of(b"secret", "acme")


def test_processes_that_share_a_database_need_one_secret(tmp_path: Path) -> None:
    shared = Settings(data_dir=tmp_path, database=SecretStr("postgresql://u@h/d"))
    with pytest.raises(SettingsError, match="DCS_DIGEST_KEY is needed with PostgreSQL"):
        digest_key(shared)
    given = shared.model_copy(update={"digest_key": SecretStr("x" * 32)})
    assert digest_key(given) == b"x" * 32


def test_one_process_keeps_its_secret_in_the_data_folder(tmp_path: Path) -> None:
    assert digest_key(Settings(data_dir=tmp_path)) == (tmp_path / "digest.key").read_bytes()
