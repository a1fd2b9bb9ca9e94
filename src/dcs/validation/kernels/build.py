"""Compile all kernels for this processor into one file, once; run as a process of its own."""

import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dcs.validation.kernels.load import TYPES, Kernel, KernelError

# Where kernels are defined; the text and tables of everything beside them name the built file.
MODULES = (
    "dcs.validation.personal.kernels.cells",  # the longest first, since modules are compiled side by side
    "dcs.validation.personal_names.tagging",
    "dcs.validation.personal_columns.kernels.cells",
    *(
        f"dcs.validation.kernels.{name}"
        for name in ("cells", "values", "formats", "hashing", "counting", "splitting", "numbers")
    ),
    "dcs.validation.personal_names.features",
    "dcs.validation.personal_names.tokens",
)
BUILD_SECONDS = 120
FOLDER = "data-collaboration-studio"


@cache
def built() -> Path:
    """
    Return the file with this release's kernels for this processor, building it if it is missing.

    It lies in the user's cache folder (``XDG_CACHE_HOME``), or where that cannot
    be written in a private folder below the system's temporary one. Building takes
    seconds and happens once; whoever comes meanwhile waits for the same build.

    Raises:
        KernelError: It could not be built.
    """
    name = f"kernels-{fingerprint()}.o"
    for folder in _folders():
        if (folder / name).is_file():
            return folder / name
    for folder in _folders():
        if os.access(folder, os.W_OK):
            return _build_once(folder / name)
    raise KernelError("No folder for compiled kernels can be written; set XDG_CACHE_HOME.")


def fingerprint() -> str:
    """Name this release's kernels, the compiler's release and this processor in twenty characters."""
    import llvmlite.binding as llvm

    known = hashlib.sha256()
    folders = {_source(module).parent for module in MODULES}
    sources = (each for folder in folders for each in folder.iterdir())
    for source in sorted(each for each in sources if each.suffix in {".py", ".bin"}):
        known.update(source.read_bytes())
    features = llvm.get_host_cpu_features().flatten()
    for part in (version("numba"), version("llvmlite"), llvm.get_host_cpu_name(), features):
        known.update(part.encode() + b"\0")
    return known.hexdigest()[:20]


def compile_all(target: Path) -> None:
    """Compile every kernel into *target*, on all processors; it appears whole or not at all."""
    with ProcessPoolExecutor(min(len(MODULES), os.cpu_count() or 1)) as pool:
        objects = [each for found in pool.map(_compile_module, MODULES) for each in found]
    index, code = [], b""
    for name, symbol, machine_code in objects:
        index.append((name, symbol, len(code), len(machine_code)))
        code += machine_code
    body = json.dumps(index).encode() + b"\n" + code
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(body + hashlib.sha256(body).digest())
    Path(file.name).replace(target)


def _compile_module(module: str) -> list[tuple[str, str, bytes]]:
    """Compile the kernels of one module; in a process of its own."""
    with _compiling():
        found = vars(importlib.import_module(module)).values()
        return [
            _compile(each)
            for each in found
            if isinstance(each, Kernel) and each.python.__module__ == module
        ]


def _folders() -> list[Path]:
    """Return the folders a built file may be in, those that exist or can be made."""
    private = Path(tempfile.gettempdir()) / f"{FOLDER}-{os.getuid()}"
    wanted = [private]
    if home := os.environ.get("XDG_CACHE_HOME") or _home():
        wanted.insert(0, Path(home) / FOLDER)
    usable = []
    for folder in wanted:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        if folder.stat().st_uid == os.getuid() and not folder.stat().st_mode & 0o022:
            usable.append(folder)
    return usable


def _home() -> str | None:
    """Return the user's cache folder; None for a user without a home, as in some containers."""
    home = os.path.expanduser("~")
    return None if home.startswith("~") else os.path.join(home, ".cache")


def _build_once(target: Path) -> Path:
    with (target.parent / "building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_file():
            command = [sys.executable, "-m", "dcs.validation.kernels", str(target)]
            done = subprocess.run(  # noqa: S603  # our own module
                command, capture_output=True, timeout=BUILD_SECONDS, check=False
            )
            if done.returncode != 0:
                raise KernelError(f"Kernels were not built: {done.stderr.decode()[-500:]}")
    return target


@contextmanager
def _compiling() -> Iterator[None]:
    """Let `compiled` really compile while the block runs."""
    import numba

    from dcs.validation.kernels import marks

    marks.compiler = numba.njit(nogil=True, error_model="numpy")
    try:
        yield
    finally:
        marks.compiler = None


def _compile(kernel: Kernel) -> tuple[str, str, bytes]:
    import numba

    types = tuple(_numba_type(each) for each in kernel.signature)
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    function = numba.njit(numba.int64(*types), nogil=True, error_model="numpy", **options)(
        kernel.python
    )
    [overload] = function.overloads.values()
    return kernel.name, overload.fndesc.llvm_func_name, overload.library._get_compiled_object()


def _numba_type(name: str) -> Any:
    import numba

    scalar = getattr(numba, np_name(name.removesuffix("[]")))
    return numba.types.Array(scalar, 1, "C") if name.endswith("[]") else scalar


def np_name(name: str) -> str:
    """Return NumPy's name of a type: ``u8`` is ``uint8``."""
    return str(TYPES[name].__name__)


def _source(module: str) -> Path:
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise KernelError(f"{module} is not installed as a file.")
    return Path(found.origin)
