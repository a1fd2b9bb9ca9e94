"""Load built kernels and call them with NumPy arrays; the lock of the interpreter is let go meanwhile."""

import ctypes
import hashlib
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

TYPES: dict[str, Any] = {
    "u8": np.uint8,
    "i8": np.int8,
    "i32": np.int32,
    "i64": np.int64,
    "u64": np.uint64,
    "f32": np.float32,
    "f64": np.float64,
}
_SCALARS = {"i64": ctypes.c_int64, "f64": ctypes.c_double, "u64": ctypes.c_uint64}
_ARRAY = (  # how Numba passes an array: owner, parent, items, bytes of one, data, shape, stride
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_int64,
    ctypes.c_int64,
    ctypes.c_void_p,
    ctypes.c_int64,
    ctypes.c_int64,
)
DIGEST = 32


class KernelError(RuntimeError):
    """A kernel could not be loaded, or raised; it means a mistake of ours, not of the data."""


class Kernel:
    """
    One compiled function.

    Attributes:
        name: The function's name.
        signature: The types of its arguments.
        python: The function itself, as written; the same results, slowly.
    """

    def __init__(self, name: str, signature: tuple[str, ...], python: Callable[..., Any]) -> None:
        self.name = name
        self.signature = signature
        self.python = python
        self._native: Any = None
        self._arrays = tuple(
            np.dtype(TYPES[each[:-2]]) if each.endswith("[]") else None for each in signature
        )

    def __call__(self, *arguments: Any) -> int:
        """
        Run it on arrays that are contiguous and of exactly the types it was declared with.

        Raises:
            KernelError: An argument has another type, or the function raised.
        """
        if self._native is None:
            self._native = _library().function(self)
        passed: list[Any] = []
        for kind, given in zip(self._arrays, arguments, strict=True):
            if kind is None:
                passed.append(given)
                continue
            if given.dtype != kind or given.ndim != 1 or not given.flags.c_contiguous:
                raise KernelError(f"{self.name} needs a contiguous array of {kind}")
            size = kind.itemsize
            address = given.__array_interface__["data"][0]
            passed += [None, None, given.size, size, address, given.size, size]
        result, error = ctypes.c_int64(), ctypes.c_void_p()
        if self._native(ctypes.byref(result), ctypes.byref(error), *passed) != 0:
            raise KernelError(f"{self.name} raised")
        return result.value

    @property
    def prototype(self) -> Any:
        """The C type of the function in Numba's calling convention."""
        arguments: list[Any] = []
        for each in self.signature:
            arguments += _ARRAY if each.endswith("[]") else [_SCALARS[each]]
        return ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *arguments)


class Library:
    """All kernels of one built file, linked into this process."""

    def __init__(self, path: Path) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        # Arrays belong to the caller and kernels allocate nothing, so nothing is ever let go of.
        unused = ctypes.cast(ctypes.CDLL(None).abort, ctypes.c_void_p).value
        linked = llvm.JITLibraryBuilder().add_current_process()
        linked.import_symbol("NRT_MemInfo_call_dtor", unused)
        symbols: dict[str, str] = {}
        for name, symbol, code in read(path):
            linked.add_object_img(code).export_symbol(symbol)
            symbols[name] = symbol
        self._linker = llvm.create_lljit_compiler()
        self._linked = linked.link(self._linker, "kernels")  # keeps the code in memory
        self._addresses = {name: self._linked[symbol] for name, symbol in symbols.items()}

    def function(self, kernel: Kernel) -> Any:
        """Return a kernel's native function."""
        if kernel.name not in self._addresses:
            raise KernelError(f"{kernel.name} is not in the built file")
        return kernel.prototype(self._addresses[kernel.name])


def read(path: Path) -> list[tuple[str, str, bytes]]:
    """
    Return name, symbol and object code of every kernel in a built file.

    Raises:
        KernelError: It was cut or changed, or others than its owner may write to it.
    """
    status = path.stat()
    if status.st_uid not in (os.getuid(), 0) or status.st_mode & 0o022:
        raise KernelError(f"{path} may be written by others")
    content = path.read_bytes()
    body = content[:-DIGEST]
    if hashlib.sha256(body).digest() != content[-DIGEST:]:
        raise KernelError(f"{path} is damaged")
    line, _, code = body.partition(b"\n")
    return [
        (name, symbol, code[start : start + size]) for name, symbol, start, size in json.loads(line)
    ]


_lock = threading.Lock()
_locate: Callable[[], Path] | None = None
_loaded: Library | None = None


def use(locate: Callable[[], Path]) -> None:
    """Say where this process finds its built file; asked when the first kernel is called."""
    global _locate
    _locate = locate


def _library() -> Library:
    global _loaded
    with _lock:
        if _loaded is None:
            if _locate is None:
                raise KernelError("Nobody said where the built kernels are.")
            _loaded = Library(_locate())
        return _loaded
