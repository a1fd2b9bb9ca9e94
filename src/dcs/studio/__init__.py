"""
The composition root: settings in, wired services out.

The only folder that names an adapter, and the only one that may reach inside
another. Nothing connects before `open_studio` is entered, and everything it
opened is closed in reverse order when it is left.
"""

from typing import TYPE_CHECKING

from dcs.core.doors import opens

if TYPE_CHECKING:
    from dcs.studio.engines import digest_key, policy_folder
    from dcs.studio.local import local_key, local_sandbox
    from dcs.studio.opening import migrate_database, open_studio
    from dcs.studio.services import Studio

__all__ = [
    "Studio",
    "digest_key",
    "local_key",
    "local_sandbox",
    "migrate_database",
    "open_studio",
    "policy_folder",
]

_LATER = {
    "Studio": "services",
    "digest_key": "engines",
    "local_key": "local",
    "local_sandbox": "local",
    "migrate_database": "opening",
    "open_studio": "opening",
    "policy_folder": "engines",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
