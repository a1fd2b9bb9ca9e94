"""
Front doors that open quickly: what is heavy is imported when it is first asked for.

A child process that reads one hostile file enters a folder by its front door
like everybody else. Without this it would load the database's library first,
which costs it more than reading a small file does.
"""

import importlib
from collections.abc import Callable, Mapping


def opens(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """
    Return the ``__getattr__`` of a package (PEP 562).

    Args:
        package: The package's name.
        homes: The module inside the package by each name it shows but does not load.
    """

    def get(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{home}"), name)

    return get
