"""What it costs to take in a file from elsewhere: fetched over https, or kept in S3."""

import asyncio
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network
from os import environ
from pathlib import Path

import trustme

from benchmarks.sending import LINE, MIB, UPLOADS, put, tus_and_back, write_lines
from benchmarks.subjects import Ours
from benchmarks.watching import cpu_of
from dcs.core.ids import TenantId
from dcs.engines.fetch.addresses import AddressRule
from dcs.engines.fetch.https import HttpsFetcher
from dcs.engines.objects.directory import DirectoryStore
from dcs.engines.objects.s3 import S3Options
from tests.buckets import buckets

GB = 1e9
BLOCK = LINE * (MIB // len(LINE))


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield both figures; they have no bound."""
    size = (200 if quick else 1000) * 1_000_000
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        yield "fetching over https, SHA-256, write", _fetched(folder, size), ""
        yield "single PUT into S3 (versitygw)", _into_s3(folder, size), ""


def _fetched(folder: Path, size: int) -> str:
    """Fetch in a process of its own; return what it used beyond the same for one byte."""
    with _origin(folder) as port:
        used = [_fetch_in_child(folder, port, wanted) for wanted in (1, size, size, size)]
    return f"{(sorted(used[1:])[1] - used[0]) / size * GB:.2f} CPU s/GB"


def _fetch_in_child(folder: Path, port: int, size: int) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = "from benchmarks.fetching import fetch; fetch()"
    arguments = [str(folder / "objects"), str(folder / "ca.pem"), str(port), str(size)]
    root = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, cwd=root)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fetch() -> None:
    """Fetch as the server does; the arguments are the process's own."""
    folder, authority, port, size = sys.argv[1:]
    context = ssl.create_default_context(cafile=authority)
    rule = AddressRule(allowed=(ip_network("127.0.0.1/32"),))
    fetcher = HttpsFetcher(
        max_bytes=10**11, rule=rule, ports=frozenset({int(port)}), context=context
    )

    async def run() -> None:
        store = DirectoryStore(Path(folder))
        url = f"https://127.0.0.1:{port}/{size}"
        async with fetcher.open(url) as remote, store.stage(TenantId("acme")) as staging:
            async for chunk in remote.chunks:
                await staging.write(chunk)
            assert (await staging.seal()).size == int(size)

    asyncio.run(run())


@contextmanager
def _origin(folder: Path) -> Iterator[int]:
    """Serve as many bytes over TLS as the path says, in a thread."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context), daemon=True).start()
        yield listening.getsockname()[1]


def _serve(listening: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):  # the listening socket is closed when the block ends
        while True:
            connection, _ = listening.accept()
            with context.wrap_socket(connection, server_side=True) as tls:
                size = int(tls.recv(65_536).split()[1][1:])
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n"
                tls.sendall(head.encode())
                for start in range(0, size, len(BLOCK)):
                    tls.sendall(BLOCK[: size - start])


def _into_s3(folder: Path, size: int) -> str:
    if "STUDIO_TEST_S3_ENDPOINT" not in environ:
        return "not measured: no S3 service is running (`tools/services/versitygw.sh start`)"
    file, small = folder / "large.csv", folder / "small.csv"
    write_lines(file, size)
    write_lines(small, MIB)
    with buckets(folder, prefix="") as lent:
        ours = Ours(folder / "template", _settings(lent.options))
        with ours.serve(folder / "server") as running, running.sender() as sender:
            tus_and_back(sender, UPLOADS, small, concat="partial")
            before = cpu_of(running.pid)
            put(sender, file)
            used = cpu_of(running.pid) - before
        shutil.rmtree(folder / "server")
    return f"{used / size * GB:.2f} CPU s/GB"


def _settings(options: S3Options) -> dict[str, str]:
    assert options.access_key
    assert options.secret_key
    return {
        "DCS_OBJECTS": f"s3://{options.bucket}",
        "DCS_S3__ENDPOINT": options.endpoint or "",
        "DCS_S3__ACCESS_KEY": options.access_key.get_secret_value(),
        "DCS_S3__SECRET_KEY": options.secret_key.get_secret_value(),
    }
