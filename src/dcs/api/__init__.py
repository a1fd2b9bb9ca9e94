"""HTTP API, one file per resource; every route declares who may call it."""

from dcs.api.access import current_actor, public
from dcs.api.app import create_api
from dcs.api.events import streams_of

__all__ = ["create_api", "current_actor", "public", "streams_of"]
