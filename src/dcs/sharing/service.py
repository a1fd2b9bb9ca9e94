"""
The only way to the rows: one decision, on record, then a table that shows what it allows.

Every channel comes through here with its action. The audit event is durable
before the first byte leaves, so a read that cannot be recorded does not happen.
"""

import asyncio
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dcs.catalog import Catalog, Column, Version, VersionNotFoundError, version_resource
from dcs.core.actor import Actor
from dcs.engines.objects import ObjectStore
from dcs.policy import Action, Decision, Permits, masked_columns
from dcs.sharing.errors import ColumnNotFoundError, ColumnNotGivenError
from dcs.sharing.formats import Format, first_rows, write_rows
from dcs.sharing.views import Views

READ_ROWS = 1_000  # up to here it is a read, beyond it a download
PREVIEW_ROWS = 50


@dataclass(frozen=True, slots=True)
class Delivered:
    """Rows on their way, with the decision that let them go."""

    decision: Decision
    masked: Mapping[str, str]
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as one reader may see them."""

    decision: Decision
    masked: Mapping[str, str]
    columns: tuple[Column, ...]
    rows: list[list[Any]]

    def to_json(self) -> dict[str, Any]:
        """Return the preview as the API shows it."""
        return {
            "columns": [each.to_json() for each in self.columns],
            "masked": dict(self.masked),
            "rows": self.rows,
            "decision_id": self.decision.id,
        }


@dataclass(frozen=True, slots=True)
class Permitted:
    """
    A version whose rows may go, and how.

    Attributes:
        masks: The method of every column that is masked.
        shown: The columns that may be delivered; the others do not leave at all.
    """

    version: Version
    decision: Decision
    masks: Mapping[str, str]
    shown: tuple[Column, ...]

    def refuse_others(self, columns: Sequence[str] | None) -> None:
        """Raise if a column is asked for that is not there, or not for this reader."""
        asked = frozenset(columns or ())
        if not asked <= {each.name for each in self.version.columns}:
            raise ColumnNotFoundError("The version does not have all of these columns.")
        if not asked <= {each.name for each in self.shown}:
            raise ColumnNotGivenError(
                "You were given other columns of this dataset. Leave `columns` out to read those.",
                decision_id=self.decision.id,
            )


@dataclass(frozen=True, slots=True)
class Delivery:
    """Deliver the rows of versions."""

    catalog: Catalog
    permits: Permits
    objects: ObjectStore
    views: Views

    async def read(
        self,
        actor: Actor,
        dataset: str,
        number: int,
        form: Format,
        columns: Sequence[str] | None,
        limit: int | None,
    ) -> Delivered:
        """
        Begin to deliver a version's rows.

        Args:
            columns: Which columns, in which order; all by default.
            limit: The most rows. Up to 1,000 it is a read, otherwise a download.

        Raises:
            VersionNotFoundError: There is none, or none the actor may know of.
            DeniedError: Policy says no, with its reasons.
            ColumnNotFoundError: A column the version does not have.
            ColumnNotGivenError: A column that the actor was not given.
        """
        action = Action.READ if limit is not None and limit <= READ_ROWS else Action.DOWNLOAD
        permitted = await self.permitted(actor, dataset, number, action)
        permitted.refuse_others(columns)
        table = await self.table(permitted)
        chunks = self.stream(permitted.version, table, form, columns, limit)
        return Delivered(permitted.decision, permitted.masks, chunks)

    async def preview(self, actor: Actor, dataset: str, number: int) -> Preview:
        """Return the first rows of a version, also before it is active for those who review it."""
        permitted = await self.permitted(actor, dataset, number, Action.PREVIEW)
        table = await self.table(permitted)
        async with self.objects.local_path(permitted.version.tenant, table) as path:
            _, rows = await asyncio.to_thread(first_rows, path, PREVIEW_ROWS)
        return Preview(permitted.decision, permitted.masks, permitted.shown, rows)

    async def table(self, permitted: Permitted) -> str:
        """Return the object with the columns that may be delivered, masked where they must be."""
        version, shown = permitted.version, permitted.shown
        part = None if shown == version.columns else [each.name for each in shown]
        return await self.views.table(version.tenant, version, permitted.masks, part)

    async def permitted(self, actor: Actor, name: str, number: int, action: Action) -> Permitted:
        """Return a version, the decision that lets its rows go, and how each column is shown."""
        found = await self.catalog.find_numbered(actor.tenant, name, number)
        if found is None:
            raise VersionNotFoundError("There is no such version.")
        dataset, version = found
        decision = await self.permits.require(
            actor, action, version_resource(dataset, version), VersionNotFoundError
        )
        shown = tuple(each for each in version.columns if decision.shows(each.name))
        columns = (each.mask for each in shown)
        return Permitted(version, decision, masked_columns(columns, decision.clear_tags), shown)

    async def stream(
        self,
        version: Version,
        table: str,
        form: Format,
        columns: Sequence[str] | None,
        limit: int | None,
        rows: Sequence[int] | None = None,
    ) -> AsyncIterator[bytes]:
        """Yield the rows of a table that was made for this reader; *rows* are picked by number."""
        async with self.objects.local_path(version.tenant, table) as path:
            written = write_rows(path, form, columns, limit, rows)
            try:
                while (chunk := await asyncio.to_thread(_next, written)) is not None:
                    yield chunk
            finally:
                await asyncio.to_thread(written.close)


def _next(rows: Generator[bytes, None, None]) -> bytes | None:
    return next(rows, None)
