"""Compare two versions of a dataset for people who may see the reports of both."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dcs.catalog import Catalog, Dataset, Version, VersionNotFoundError, version_resource
from dcs.core.actor import Actor
from dcs.core.errors import ForbiddenError, NotFoundError
from dcs.policy import Action, Permits
from dcs.validation.drift import Diff, Sketch, distance
from dcs.validation.errors import NothingToCompareError
from dcs.validation.sketches import Sketches


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Say what changed between versions, one decision for each of them."""

    catalog: Catalog
    permits: Permits
    sketches: Sketches

    async def readable(self, actor: Actor, dataset: str, number: int) -> tuple[Dataset, Version]:
        """
        Return a version whose report *actor* may see: one decision.

        Raises:
            VersionNotFoundError: There is none, or none the actor may know of.
            DeniedError: The actor may know of it, but not see what was found.
        """
        found = await self.catalog.find_numbered(actor.tenant, dataset, number)
        if found is None:
            raise VersionNotFoundError("There is no such version.")
        resource = version_resource(*found)
        await self.permits.require(actor, Action.REPORT, resource, VersionNotFoundError)
        return found

    async def diff(self, actor: Actor, dataset: str, before: int, now: int) -> Diff:
        """
        Return what changed from one version of a dataset to another.

        Raises:
            VersionNotFoundError: There is no such version, or none the actor may know of.
            DeniedError: The actor may not see the report of both.
            NothingToCompareError: One of them has no table.
        """
        _, previous = await self.readable(actor, dataset, before)
        _, current = await self.readable(actor, dataset, now)
        return await self._between(actor, previous, current)

    async def since_active(self, actor: Actor, version: Version) -> Diff | None:
        """
        Return what changed since the active version that *version* would replace.

        None where there is no such version, or nothing of the two that this
        actor may see and that can be compared.
        """
        active = await self.sketches.active_before(actor.tenant, version)
        if active is None:
            return None
        try:
            return await self.diff(actor, version.dataset, active.number, version.number)
        except (NotFoundError, ForbiddenError, NothingToCompareError):
            return None

    async def _between(self, actor: Actor, previous: Version, current: Version) -> Diff:
        before = await self._sketch(actor, previous)
        now = await self._sketch(actor, current)
        changed = await asyncio.to_thread(distance, before, now)
        ends = {"dataset": current.dataset, "from": _named(previous), "to": _named(current)}
        masked = {each.name for of in (previous, current) for each in of.columns if each.masked}
        shown = tuple(
            replace(each, histogram=None) if each.name in masked else each
            for each in changed.columns
        )
        return replace(changed, versions=ends, columns=shown)

    async def _sketch(self, actor: Actor, version: Version) -> Sketch:
        sketch = await self.sketches.of(actor.tenant, version)
        if sketch is None:
            raise NothingToCompareError(
                f"Version {version.number} has no table, so there is nothing to compare."
            )
        return sketch


def _named(version: Version) -> Mapping[str, Any]:
    return {"id": version.id, "number": version.number}
