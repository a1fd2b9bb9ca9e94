"""
An S3 bucket as the object store: whole objects under their hash, uploads as small objects.

What is finished lies under its SHA-256 and came there in one atomic step, a
server-side copy. What is on its way is a row of ordinary objects, *segments*,
and a small object that says which of them count: any process can go on from
there, and nothing depends on what S3 services do differently. The reasons
are in ``decisions/0012-unfinished-uploads-are-objects.md``.
"""

from dcs.engines.objects.s3.options import S3Options
from dcs.engines.objects.s3.probe import Capabilities
from dcs.engines.objects.s3.store import S3Store

__all__ = ["Capabilities", "S3Options", "S3Store"]
