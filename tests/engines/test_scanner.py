"""The contract of the scanner: what must be found is found, wherever it lies."""

import gzip
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from dcs.engines.scanner import (
    Scanner,
    ScannerAddressError,
    ScannerUnavailableError,
    Verdict,
    VerdictKind,
    scanner_for,
    worst,
)
from dcs.engines.scanner import clamd as clamd_module
from dcs.engines.scanner.clamd import ClamdScanner, judge
from dcs.engines.scanner.several import SeveralScanners
from dcs.engines.scanner.windows import OVERLAP, Windows
from dcs.engines.scanner.yara import WINDOW, YaraScanner
from tests.malware import EICAR

MIB = 1024 * 1024
with_clamd = pytest.mark.service("clamd")


def daemon(name: str = "STUDIO_TEST_CLAMD") -> ClamdScanner:
    return ClamdScanner.at(os.environ[name])


SCANNERS: Mapping[str, Callable[[], Scanner]] = {
    "yara": YaraScanner,
    "clamd": daemon,
    "clamd-tcp": lambda: daemon("STUDIO_TEST_CLAMD_TCP"),
    "clamd-default": lambda: daemon("STUDIO_TEST_CLAMD_DEFAULT"),
    "both": lambda: scanner_for(os.environ["STUDIO_TEST_CLAMD"]),
}


@pytest.fixture(
    params=[
        "yara",
        *(pytest.param(name, marks=with_clamd) for name in SCANNERS if name != "yara"),
    ]
)
def scanner(request: pytest.FixtureRequest) -> Scanner:
    return SCANNERS[request.param]()


def scan_stream(scanner: Scanner, *chunks: bytes) -> Verdict:
    scan = scanner.begin()
    for chunk in chunks:
        scan.feed(chunk)
    return scan.finish()


def test_ordinary_text_is_clean(scanner: Scanner, tmp_path: Path) -> None:
    path = tmp_path / "clean.csv"
    path.write_text("name,formula\nPowerShell basics,=A1+B1\ncmd,-2.5\n")
    assert scanner.scan(path) == Verdict(VerdictKind.CLEAN)
    assert scan_stream(scanner, path.read_bytes()) == Verdict(VerdictKind.CLEAN)


def test_a_file_without_bytes_is_clean(scanner: Scanner, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    assert scanner.scan(path) == Verdict(VerdictKind.CLEAN)


@pytest.mark.parametrize(
    "offset",
    [0, 1, 5_000, WINDOW - 34, WINDOW - 1, WINDOW, WINDOW + OVERLAP - 34, 2 * WINDOW - 10],
)
def test_the_test_string_is_found_anywhere_also_across_windows(
    scanner: Scanner, tmp_path: Path, offset: int
) -> None:
    path = tmp_path / "infected.csv"
    path.write_bytes(b"x" * offset + EICAR + b"\n1,2,3\n")
    verdict = scanner.scan(path)
    assert verdict.kind is VerdictKind.INFECTED
    assert "EICAR" in (verdict.threat or "")
    content = path.read_bytes()
    pieces = [content[at : at + 70_001] for at in range(0, len(content), 70_001)]
    assert scan_stream(scanner, *pieces) == verdict


@with_clamd
@pytest.mark.parametrize("offset", [-34, -1, 0])
def test_clamd_finds_what_lies_across_two_of_its_windows(
    monkeypatch: pytest.MonkeyPatch, offset: int
) -> None:
    monkeypatch.setattr(clamd_module, "WINDOW", 3 * MIB)
    for name in ("STUDIO_TEST_CLAMD", "STUDIO_TEST_CLAMD_TCP"):
        content = bytes(2 * 3 * MIB + offset) + EICAR + bytes(2 * MIB)
        assert scan_stream(daemon(name), content).kind is VerdictKind.INFECTED


@pytest.mark.parametrize(
    ("content", "threat"),
    [
        (b"MZ\x90\x00....!This program cannot be run in DOS mode.\r\n", "Windows_Executable"),
        (b"a,b\n1,=cmd|'/c calc'!A0\n", "Spreadsheet_Command_Formula"),
        (b"note\npowershell.exe -nop -enc " + b"QUJD" * 20, "PowerShell_Encoded_Command"),
    ],
)
def test_known_tricks_are_found(tmp_path: Path, content: bytes, threat: str) -> None:
    path = tmp_path / "trick.csv"
    path.write_bytes(content)
    assert YaraScanner().scan(path).threat == threat


def test_a_file_that_cannot_be_read_is_not_clean(scanner: Scanner, tmp_path: Path) -> None:
    assert scanner.scan(tmp_path / "missing").kind is VerdictKind.ERROR


def test_a_scanner_names_what_it_knows_and_stays_with_it(scanner: Scanner) -> None:
    assert scanner.revision == scanner.revision
    assert scanner.revision.startswith(("yara-x ", "ClamAV "))


def test_other_rules_are_another_revision(tmp_path: Path) -> None:
    from dcs.engines.scanner.yara import RULES

    source = (RULES / "malware.yar").read_text()
    (tmp_path / "malware.yar").write_text(source + "\n// changed\n")
    assert YaraScanner(tmp_path).revision != YaraScanner().revision


@pytest.mark.parametrize("source", ["rule nothing { condition: false }", "rule broken {"])
def test_rules_that_miss_the_test_string_are_not_used(tmp_path: Path, source: str) -> None:
    (tmp_path / "some.yar").write_text(source)
    with pytest.raises(ScannerUnavailableError):
        YaraScanner(tmp_path)


def test_published_files_are_clean(real_data: Mapping[str, Path]) -> None:
    scanner = YaraScanner()
    verdicts = {name: scanner.scan(path).kind for name, path in real_data.items()}
    assert set(verdicts.values()) == {VerdictKind.CLEAN}, verdicts


def sparse(path: Path, size: int) -> Path:
    with path.open("wb") as target:
        target.seek(size)
        target.write(EICAR)
    return path


def whole_file(name: str, path: Path) -> bytes:
    """Ask a daemon the naive way: one descriptor, the whole file."""
    address = os.environ[name].removeprefix("clamd://")
    with socket.socket(socket.AF_UNIX) as peer, path.open("rb") as source:
        peer.connect(address)
        peer.sendall(b"zFILDES\0")
        socket.send_fds(peer, [b"\0"], [source.fileno()])
        return peer.recv(4096)


@with_clamd
def test_the_end_of_a_large_file_is_scanned_where_clamd_alone_would_pass_it(
    tmp_path: Path,
) -> None:
    path = sparse(tmp_path / "large.csv", 120 * MIB)
    assert whole_file("STUDIO_TEST_CLAMD_DEFAULT", path).endswith(b": OK\0")
    verdict = daemon("STUDIO_TEST_CLAMD_DEFAULT").scan(path)
    assert verdict == Verdict(VerdictKind.INFECTED, "Studio.Test.EICAR.UNOFFICIAL")


@with_clamd
def test_what_a_small_archive_unfolds_to_is_scanned_where_clamd_alone_would_pass_it(
    tmp_path: Path,
) -> None:
    content = bytes(150 * MIB) + EICAR
    path = tmp_path / "small.csv.gz"
    path.write_bytes(gzip.compress(content, 1))
    assert whole_file("STUDIO_TEST_CLAMD_DEFAULT", path).endswith(b": OK\0")
    verdict = scan_stream(daemon("STUDIO_TEST_CLAMD_DEFAULT"), content)
    assert verdict.kind is VerdictKind.INFECTED


@with_clamd
def test_a_window_beyond_clamds_stream_length_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clamd_module, "WINDOW", 300 * MIB)
    scan = daemon("STUDIO_TEST_CLAMD_DEFAULT_TCP").begin()
    for _ in range(120):
        scan.feed(bytes(MIB))
    assert scan.finish().kind in {VerdictKind.TOO_LARGE, VerdictKind.ERROR}


@with_clamd
def test_a_window_beyond_clamds_limits_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clamd_module, "WINDOW", 300 * MIB)
    scan = daemon().begin()
    for _ in range(270):
        scan.feed(bytes(MIB))
    verdict = scan.finish()
    assert verdict.kind is VerdictKind.TOO_LARGE
    assert (verdict.threat or "").startswith("Heuristics.Limits.Exceeded")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"stream: OK\0", VerdictKind.CLEAN),
        (b"fd[10]: OK\0", VerdictKind.CLEAN),
        (b"stream: OK", VerdictKind.ERROR),
        (b"stream: OK\n", VerdictKind.ERROR),
        (b"OK\0", VerdictKind.ERROR),
        (b"", VerdictKind.ERROR),
        (b"stream: Excluded\0", VerdictKind.ERROR),
        (b"stream: Empty file\0", VerdictKind.ERROR),
        (b"stream: NOT OK\0", VerdictKind.ERROR),
        (b"stream: OK FOUND\0", VerdictKind.INFECTED),
        (b"fd[7]: Win.Test.EICAR_HDB-1 FOUND\0", VerdictKind.INFECTED),
        (b"stream: Heuristics.OLE2.ContainsMacros FOUND\0", VerdictKind.INFECTED),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", VerdictKind.TOO_LARGE),
        (b"stream: Heuristics.Limits.Exceeded FOUND\0", VerdictKind.TOO_LARGE),
        (b"stream: Heuristics.Encrypted.Zip FOUND\0", VerdictKind.ERROR),
        (b"INSTREAM size limit exceeded. ERROR\0", VerdictKind.TOO_LARGE),
        (b"stream: Can't allocate memory ERROR\0", VerdictKind.ERROR),
        (b"UNKNOWN COMMAND\0", VerdictKind.ERROR),
        (b"stream: \xff\xfe FOUND\0", VerdictKind.ERROR),
    ],
)
def test_only_an_exact_ok_of_clamd_is_clean(answer: bytes, kind: VerdictKind) -> None:
    assert judge(answer).kind is kind


@pytest.mark.parametrize("address", ["clamd:///nowhere/clamd.sock", "clamd://127.0.0.1:1"])
def test_a_daemon_that_is_absent_calls_nothing_clean(tmp_path: Path, address: str) -> None:
    path = tmp_path / "clean.csv"
    path.write_text("a\n1\n")
    both = scanner_for(address)
    assert both.scan(path).kind is VerdictKind.ERROR
    assert scan_stream(both, b"a\n1\n").kind is VerdictKind.ERROR
    assert scan_stream(both).kind is VerdictKind.ERROR
    assert scan_stream(both, EICAR).kind is VerdictKind.INFECTED
    with pytest.raises(ScannerUnavailableError):
        _ = both.revision


@contextmanager
def peer_that(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """Lend the address of a server that treats one connection as badly as *answer* does."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()
        finally:
            thread.join(10)


def test_a_daemon_that_never_answers_calls_nothing_clean() -> None:
    over = threading.Event()

    def silent(connection: socket.socket) -> None:
        over.wait(10)
        connection.recv(1)

    with peer_that(silent) as address:
        verdict = scan_stream(ClamdScanner(address, seconds=0.2), b"a,b\n")
        over.set()
    assert verdict.kind is VerdictKind.ERROR


@pytest.mark.parametrize("said", [b"", b"stream: O", b"stream: OK"])
def test_a_daemon_that_hangs_up_too_early_calls_nothing_clean(said: bytes) -> None:
    def short(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(said)

    with peer_that(short) as address:
        assert scan_stream(ClamdScanner(address, seconds=5), b"a").kind is VerdictKind.ERROR


def test_what_answers_like_no_clamav_has_no_revision() -> None:
    with (
        peer_that(lambda connection: connection.sendall(b"220 mail.example.org\0")) as address,
        pytest.raises(ScannerUnavailableError),
    ):
        _ = ClamdScanner(address, seconds=5).revision


@pytest.mark.parametrize(
    "address",
    ["", "clam", "clamd:", "clamd://", "clamd://host", "clamd://host:x", "http://h:1", "/run/x"],
)
def test_an_address_that_names_no_scanner_is_refused(address: str) -> None:
    with pytest.raises(ScannerAddressError):
        scanner_for(address)


def test_without_an_address_the_embedded_rules_scan() -> None:
    assert isinstance(scanner_for(None), YaraScanner)
    assert isinstance(scanner_for("yara"), YaraScanner)
    assert isinstance(scanner_for("clamd://127.0.0.1:3310"), SeveralScanners)


def test_the_worst_verdict_wins() -> None:
    verdicts = [Verdict(kind) for kind in VerdictKind]
    assert worst(verdicts).kind is VerdictKind.INFECTED
    assert worst(verdicts[:1]).kind is VerdictKind.CLEAN
    assert worst([Verdict(VerdictKind.CLEAN), Verdict(VerdictKind.ERROR)]).kind is VerdictKind.ERROR
    assert worst([]).kind is VerdictKind.UNSCANNED


@pytest.mark.parametrize("piece", [1, 7, 999, 100_000, 1_000_000])
def test_windows_cover_every_byte_and_overlap(piece: int) -> None:
    content = os.urandom(300_000)
    windows = Windows(100_000)
    cut = [
        window
        for at in range(0, len(content), piece)
        for window in windows.add(content[at : at + piece])
    ]
    cut += windows.rest()
    assert [len(window) for window in cut] == [100_000, 100_000 + OVERLAP, 100_000 + OVERLAP]
    assert cut[0] + b"".join(window[OVERLAP:] for window in cut[1:]) == content
