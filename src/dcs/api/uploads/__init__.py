"""
Uploads: one resource, two open protocols for files that take several requests.

tus 1.0 with its extensions creation, creation-with-upload,
creation-defer-length, checksum, concatenation, expiration and termination,
and the IETF's Resumable Uploads for HTTP (draft 12). A request is of tus if
it carries ``Tus-Resumable``, of the IETF's if it does not.
"""

from dcs.api.uploads.middleware import TusHeader
from dcs.api.uploads.routes import router

__all__ = ["TusHeader", "router"]
