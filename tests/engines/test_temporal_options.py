"""How a Temporal cluster is named, and what is refused before anything connects."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from temporalio.service import TLSConfig

from dcs.core.errors import InvalidError
from dcs.engines.durable.temporal.options import TemporalOptions


@pytest.mark.parametrize(
    ("url", "address", "namespace"),
    [
        ("temporal://cluster:7000/approvals", "cluster:7000", "approvals"),
        ("temporal://cluster", "cluster:7233", "default"),
        ("temporal://10.0.0.1/", "10.0.0.1:7233", "default"),
        ("temporal://[::1]:7233/a.b-c", "[::1]:7233", "a.b-c"),
    ],
)
def test_an_address_names_the_cluster_and_the_namespace(
    url: str, address: str, namespace: str
) -> None:
    options = TemporalOptions.from_url(url)
    assert (options.address, options.namespace) == (address, namespace)
    assert options.queue == "data-approval-queue"
    assert (options.activities, options.workflow_tasks) == (100, 50)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "temporal://",
        "temporal:///default",
        "http://cluster:7233/default",
        "temporal://cluster:port/default",
        "temporal://cluster:99999/default",
        "temporal://me:secret@cluster/default",
        "temporal://cluster/a/b",
        "temporal://cluster/default?tls=true",
        "temporal://clu ster/default",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidError) as refused:
        TemporalOptions.from_url(url)
    assert "secret" not in refused.value.detail


@pytest.mark.parametrize(
    "wrong",
    [
        {"certificate": Path("c.pem")},
        {"key": Path("k.pem")},
        {"activities": 0},
        {"workflow_tasks": 1},
        {"version": "a b"},
    ],
)
def test_options_that_no_cluster_could_repair_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        TemporalOptions("cluster:7233", **wrong)


def test_an_api_key_is_never_sent_in_the_clear_nor_printed() -> None:
    options = TemporalOptions("cluster:7233", api_key=SecretStr("k" * 20))
    assert isinstance(options.tls_config(), TLSConfig)
    assert "kkk" not in repr(options)
    assert TemporalOptions("cluster:7233").tls_config() is False


def test_certificates_are_read_from_their_files(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.pem" for name in ("ca", "certificate", "key")}
    for name, path in files.items():
        path.write_text(name)
    options = TemporalOptions("cluster:7233", server_name="inner", **files)  # type: ignore[arg-type]
    tls = options.tls_config()
    assert isinstance(tls, TLSConfig)
    assert (tls.server_root_ca_cert, tls.client_cert, tls.client_private_key) == (
        b"ca",
        b"certificate",
        b"key",
    )
    assert tls.domain == "inner"
