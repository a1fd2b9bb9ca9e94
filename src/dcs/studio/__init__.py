"""
The composition root: settings in, wired services out.

The only folder that names an adapter, and the only one that may reach inside
another. Nothing connects before `open_studio` is entered, and everything it
opened is closed in reverse order when it is left.
"""

from dcs.studio.engines import digest_key, local_key, local_sandbox, policy_folder
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
