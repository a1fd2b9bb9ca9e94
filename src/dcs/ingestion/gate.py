"""What may come in: asked before the first byte, and again before the last one counts."""

from dataclasses import dataclass

from dcs.auth import Identity
from dcs.catalog import Catalog, Dataset
from dcs.core.actor import Actor
from dcs.core.ids import TenantId
from dcs.engines.objects import FileTooLargeError
from dcs.ingestion.errors import StorageFullError
from dcs.ingestion.filenames import safe_filename, supported_extension
from dcs.policy import Action


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    What a tenant may send now.

    Attributes:
        max_size: Bytes of the largest file.
        formats: Names of the formats it accepts; None for all there are.
        storage_left: Bytes it may still keep; None where nothing limits them.
    """

    max_size: int
    formats: tuple[str, ...] | None
    storage_left: int | None

    @property
    def most(self) -> int:
        """Bytes of the largest file that would be kept now."""
        left = self.max_size if self.storage_left is None else self.storage_left
        return min(self.max_size, max(left, 0))


@dataclass(frozen=True, slots=True)
class Gate:
    """The conditions under which a file is taken in."""

    identity: Identity
    catalog: Catalog
    max_bytes: int

    async def bounds(self, tenant: TenantId) -> Bounds:
        """Return what a tenant may send: the stricter of its own and the installation's limits."""
        allowance = (await self.identity.tenant(tenant)).allowance
        own = self.max_bytes if allowance.max_file_size is None else allowance.max_file_size
        left = None
        if allowance.max_storage is not None:
            left = allowance.max_storage - await self.catalog.stored_bytes(tenant)
        return Bounds(min(own, self.max_bytes), allowance.formats, left)

    async def admit(
        self, actor: Actor, dataset: str, filename: str, size: int | None
    ) -> tuple[Dataset, Bounds]:
        """
        Return the dataset a file may go to, and within which bounds.

        Args:
            actor: Who sends.
            dataset: Its id or name.
            filename: What the sender calls the file.
            size: Bytes of the whole file, where they are known.

        Raises:
            UnsupportedFormatError: The file's ending is not one the tenant accepts.
            DatasetNotFoundError: No such dataset, or none the actor may know of.
            DeniedError: The actor may not add versions to it.
            FileTooLargeError: The file is larger than allowed.
            StorageFullError: The tenant may not keep that much more.
        """
        bounds = await self.bounds(actor.tenant)
        supported_extension(safe_filename(filename), bounds.formats)
        found = await self.catalog.dataset_for(actor, dataset, Action.UPLOAD)
        check_size(bounds, size or 0)
        return found, bounds


def check_size(bounds: Bounds, size: int) -> None:
    """Raise unless a file of *size* bytes fits within the bounds."""
    if size > bounds.max_size:
        raise FileTooLargeError(
            f"The file is larger than the {bounds.max_size:,} bytes allowed here.", too_large=True
        )
    if bounds.storage_left is not None and size > bounds.storage_left:
        raise StorageFullError(
            "Your organisation keeps as much as it may. Ask an admin for more room.",
            too_large=True,
        )
