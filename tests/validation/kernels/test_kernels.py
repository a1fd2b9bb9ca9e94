"""Kernels: built once, loaded without the compiler, and never from a file that others could change."""

import csv
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcs.validation.kernels import Kernel, build, built
from dcs.validation.kernels.load import KernelError, Library, read
from dcs.validation.kernels.splitting import IRREGULAR, find_ends, gather
from dcs.validation.kernels.words import ROOM

Columns = list[list[bytes]]


def split(block: bytes, width: int, *, compiled: bool = True) -> Columns | None:
    text = np.frombuffer(block + bytes(ROOM), np.uint8)
    ends = np.zeros(block.count(b",") + block.count(b"\n"), np.int32)
    sizes = np.zeros(width, np.int64)
    find, copy = (find_ends, gather) if compiled else (find_ends.python, gather.python)
    with np.errstate(over="ignore"):  # words are compared by wrapping around
        records = find(text, len(block), ord(","), ord('"'), width, ends, sizes)
        if records == IRREGULAR:
            return None
        bases = np.concatenate([[0], np.cumsum(sizes + ROOM)[:-1]]).astype(np.int64)
        starts = bases.copy()
        data = np.zeros(int(sizes.sum()) + width * ROOM, np.uint8)
        offsets = np.zeros(width * (records + 1), np.int32)
        copy(text, ends, records, ord('"'), 0, bases, data, offsets)
    columns = []
    for column in range(width):
        places = offsets[column * (records + 1) : (column + 1) * (records + 1)]
        cells = data[starts[column] :].tobytes()
        columns.append([cells[places[n] : places[n + 1]] for n in range(records)])
    return columns


cells = st.text(st.sampled_from('ab,"\n é'), max_size=6)


@settings(deadline=None)
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=8)),
       st.sampled_from(["\n", "\r\n"]), st.booleans())  # fmt: skip
def test_cells_are_split_as_another_reader_splits_them(
    rows: list[list[str]], line_end: str, always: bool
) -> None:
    target = io.StringIO()
    quoting = csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL
    csv.writer(target, lineterminator=line_end, quoting=quoting).writerows(rows)
    block = target.getvalue().encode()
    expected = [[cell.encode() for cell in column] for column in zip(*rows, strict=True)]
    assert split(block, len(rows[0])) == expected
    assert split(block, len(rows[0]), compiled=False) == expected


@pytest.mark.parametrize(
    "block",
    [b"a\n", b"a,b,c\n", b"a,b", b'"a,b\n', b'"a"b,c\n', b'"a" ,c\n', b"a,b\nc\n", b'a,"b"\r\r\n',
     b'"a"\r,b\n'],
)  # fmt: skip
def test_what_is_not_regular_is_not_split(block: bytes) -> None:
    assert split(block, 2) is None
    assert split(block, 2, compiled=False) is None


@settings(deadline=None)
@given(st.binary(max_size=40).map(lambda each: each.replace(b"\x00", b",") + b"\n"))
def test_any_bytes_end_alike_in_machine_code_and_in_python(block: bytes) -> None:
    assert split(block, 2) == split(block, 2, compiled=False)


def test_a_process_that_uses_kernels_does_not_import_the_compiler() -> None:
    program = (
        "import sys, numpy as np\n"
        "from dcs.validation.kernels.splitting import find_ends\n"
        "ends, sizes = np.zeros(2, np.int32), np.zeros(1, np.int64)\n"
        "assert find_ends(np.frombuffer(b'a\\n', np.uint8), 2, 44, 34, 1, ends, sizes) == 1\n"
        "assert 'numba' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_file_that_others_may_write_is_not_loaded(tmp_path: Path) -> None:
    copy = Path(shutil.copy(built(), tmp_path / "kernels.o"))
    copy.chmod(0o666)
    with pytest.raises(KernelError, match="written by others"):
        Library(copy)


def test_a_damaged_file_is_not_loaded(tmp_path: Path) -> None:
    content = bytearray(built().read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "kernels.o").write_bytes(content)
    (tmp_path / "kernels.o").chmod(0o600)
    with pytest.raises(KernelError, match="damaged"):
        read(tmp_path / "kernels.o")


@pytest.mark.parametrize(
    "array", [np.zeros(2, np.int64), np.zeros(4, np.int32)[::2], np.zeros((2, 2), np.int32)]
)
def test_an_array_of_another_kind_is_refused_before_it_is_read(array: np.ndarray) -> None:
    block = np.frombuffer(b"a\n", np.uint8)
    with pytest.raises(KernelError, match="contiguous array of int32"):
        find_ends(block, 2, 44, 34, 1, array, np.zeros(1, np.int64))


def test_a_kernel_that_was_not_built_is_named() -> None:
    unknown = Kernel("unheard_of", ("i64",), lambda each: each)
    with pytest.raises(KernelError, match="unheard_of is not in the built file"):
        unknown(1)


def test_a_user_without_a_home_gets_a_private_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(build.os.path, "expanduser", lambda path: path)
    [folder] = build._folders()
    assert folder.name == f"{build.FOLDER}-{os.getuid()}"
    assert folder.stat().st_mode & 0o077 == 0
