"""HTTP API, one file per resource; every route declares who may call it."""

from dcs.api.access import SESSION_COOKIE, current_actor, from_this_site, public, this_studio
from dcs.api.app import create_api

__all__ = [
    "SESSION_COOKIE",
    "create_api",
    "current_actor",
    "from_this_site",
    "public",
    "this_studio",
]
