"""
Compiled loops over raw Arrow buffers: written in Python, built once, loaded in milliseconds.

A kernel is a plain function over NumPy arrays. `build` compiles all of them
with Numba into one file of machine code for this processor; `load` maps that
file through LLVM's linker alone. So a child process that judges a file spends
50 ms on it instead of the 700 ms that importing Numba and its cache takes,
and nothing in it unpickles anything (decision 15).
"""

from dcs.validation.kernels.build import built
from dcs.validation.kernels.load import Kernel, use
from dcs.validation.kernels.marks import compiled, kernel

use(built)

__all__ = ["Kernel", "built", "compiled", "kernel", "use"]
