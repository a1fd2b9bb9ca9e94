"""
Where things lie in a bucket; every key is chosen here and by nobody else.

::

    {prefix}{tenant}/objects/{aa}/{sha256}         finished
    {prefix}{tenant}/uploads/{upload}/parts/…      segments of an upload
    {prefix}{tenant}/uploads/{upload}/turns/…      which of them count, one object a turn
    {prefix}{tenant}/staging/{id}/parts/…          segments of a stream of one request
"""

import re
from dataclasses import dataclass

from dcs.core.ids import TenantId
from dcs.engines.objects import InvalidKeyError

_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UPLOAD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
LONGEST_BUCKET = 63


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of buckets and keys, from a template and a prefix."""

    template: str
    prefix: str

    @property
    def per_tenant(self) -> bool:
        """Whether each tenant has a bucket of its own."""
        return "{tenant}" in self.template

    def bucket(self, tenant: TenantId) -> str:
        """Return the tenant's bucket."""
        _check(tenant)
        name = self.template.replace("{tenant}", tenant)
        if len(name) > LONGEST_BUCKET:
            raise InvalidKeyError("With this tenant's id the name of its bucket would be too long.")
        return name

    def tenant_of(self, bucket: str) -> TenantId | None:
        """Return whose bucket it is, or None where it is none of ours."""
        before, _, after = self.template.partition("{tenant}")
        tenant = bucket.removeprefix(before).removesuffix(after)
        fits = bucket == f"{before}{tenant}{after}" and _TENANT.fullmatch(tenant)
        return TenantId(tenant) if fits else None

    @staticmethod
    def is_tenant(name: str) -> bool:
        """Whether a folder's name can be a tenant's id."""
        return _TENANT.fullmatch(name) is not None

    def folder(self, tenant: TenantId, kind: str) -> str:
        """Return the folder of a tenant's objects, uploads or staging."""
        _check(tenant)
        return f"{self.prefix}{tenant}/{kind}"

    def object(self, tenant: TenantId, sha256: str) -> str:
        """Return the key of a finished object."""
        if not _SHA256.fullmatch(sha256):
            raise InvalidKeyError("An object is named by 64 hexadecimal digits.")
        return f"{self.folder(tenant, 'objects')}/{sha256[:2]}/{sha256}"

    def upload(self, tenant: TenantId, upload: str) -> str:
        """Return the folder of an unfinished upload."""
        if not _UPLOAD.fullmatch(upload):
            raise InvalidKeyError("An upload's id has letters, digits, hyphens and underscores.")
        return f"{self.folder(tenant, 'uploads')}/{upload}"


def _check(tenant: TenantId) -> None:
    if not _TENANT.fullmatch(tenant):
        raise InvalidKeyError("A tenant's id has lower-case letters, digits and hyphens.")
