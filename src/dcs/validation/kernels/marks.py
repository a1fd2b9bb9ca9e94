"""Mark what is compiled: `kernel` for entry points, `compiled` for what they call."""

from collections.abc import Callable
from typing import Any, TypeVar

from dcs.validation.kernels.load import Kernel

Function = TypeVar("Function", bound=Callable[..., Any])

# Set by `build` in its own process before the kernels' modules are imported.
compiler: Callable[[Any], Any] | None = None


def compiled(function: Function) -> Function:
    """Mark a function that kernels call; outside the builder it stays plain Python."""
    return function if compiler is None else compiler(function)


def kernel(signature: str) -> Callable[[Callable[..., Any]], Kernel]:
    """
    Mark an entry point.

    Args:
        signature: The types of its arguments, separated by spaces: ``i64``, ``f64``,
            or arrays in one dimension such as ``u8[]``, ``i32[]``. Every kernel
            returns one ``i64``.
    """
    return lambda function: Kernel(function.__name__, tuple(signature.split()), function)
