"""How the checks of a dataset ended, version after version."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Row

from dcs.catalog import Catalog, Dataset, Version, version_resource
from dcs.core.actor import Actor
from dcs.core.clock import Clock, rfc3339
from dcs.engines.database import Database, Session
from dcs.policy import CHANNELS, Channel, Permits
from dcs.validation import store
from dcs.validation.models import Outcome, Report

WORST = (
    Outcome.FAILED,
    Outcome.WARN,
    Outcome.NOT_EVALUATED,
    Outcome.PASSED,
    Outcome.EXCLUDED,
)
VERSIONS = 100  # of a dataset whose outcomes are kept


@dataclass(frozen=True, slots=True)
class Point:
    """
    How one check ended for one version.

    Attributes:
        key: Of the check, the same for all versions and never long.
    """

    check: str
    key: str
    version: int
    outcome: Outcome
    observed: float | None
    threshold: float | None
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the point as the API shows it."""
        return {
            "check": self.check,
            "version": self.version,
            "outcome": self.outcome.value,
            "observed": self.observed,
            "threshold": self.threshold,
            "at": rfc3339(self.at),
        }


@dataclass(frozen=True, slots=True)
class History:
    """Keep the outcomes of checks, and show them to those who may see the reports."""

    database: Database
    catalog: Catalog
    permits: Permits
    clock: Clock

    def keep(self, session: Session, version: Version, report: Report) -> None:
        """
        Keep how each check ended, in the transaction of the report.

        Only the newest hundred versions of the dataset stay, so the table grows
        with the rules and not with the years.
        """
        now = self.clock.now()
        checks = {check.id: check for check in report.checks}
        rows = [
            {
                "dataset": version.dataset,
                "version": version.id,
                "number": version.number,
                "digest": digest_of(check.id),
                "check_id": check.id,
                "outcome": check.outcome.value,
                "observed": check.observed,
                "threshold": check.threshold,
                "at": now,
            }
            for check in checks.values()
        ]
        store.keep_history(session, version.id, rows)
        store.prune_history(session, version.dataset, version.number - VERSIONS + 1)

    async def points(
        self, actor: Actor, name: str, checks: Sequence[str]
    ) -> Mapping[str, Sequence[Point]]:
        """
        Return how each of these checks ended, the oldest version first.

        Only versions count whose reports the actor may see.
        """
        dataset, readable = await self._readable(actor, name)
        return await self._points(dataset, readable, checks)

    async def courses(self, actor: Actor, name: str, most: int) -> Sequence[Sequence[Point]]:
        """
        Return how the checks of the newest judged version went so far, each the oldest version first.

        Those that keep a file back come first; *most* checks at most.
        """
        dataset, readable = await self._readable(actor, name)
        latest = sorted(await self._latest(readable), key=lambda each: WORST.index(each.outcome))
        names = [each.check for each in latest[:most]]
        points = await self._points(dataset, readable, names)
        return [points[each] for each in names]

    async def _points(
        self, dataset: Dataset, readable: Sequence[Version], checks: Sequence[str]
    ) -> Mapping[str, Sequence[Point]]:
        if not readable or not checks:
            return {}
        digests = [digest_of(each) for each in checks]
        rows = await self.database.read(
            readable[0].tenant,
            lambda s: store.history_of(s, dataset.id, digests, VERSIONS * len(digests)),
        )
        numbers = {version.number for version in readable}
        found: dict[str, list[Point]] = {}
        for row in reversed(rows):
            if row.number in numbers:
                found.setdefault(row.check_id, []).append(_point(row))
        return found

    async def latest(self, actor: Actor, name: str) -> Sequence[Point]:
        """Return how every check of the newest judged version that the actor may see ended."""
        _, readable = await self._readable(actor, name)
        return await self._latest(readable)

    async def _latest(self, readable: Sequence[Version]) -> Sequence[Point]:
        for version in readable:
            rows = await self.database.read(
                version.tenant, partial(store.outcomes_of, version=version.id)
            )
            if rows:
                return sorted(map(_point, rows), key=lambda each: each.check)
        return []

    async def _readable(self, actor: Actor, name: str) -> tuple[Dataset, Sequence[Version]]:
        """Return the versions whose reports the actor may see, newest first, and keep that on record."""
        dataset = await self.catalog.dataset_for(actor, name, CHANNELS[Channel.CATALOG])
        found = []
        for version in await self.catalog.versions(actor, dataset.id):
            resource = version_resource(dataset, version)
            if (await self.permits.decide(actor, CHANNELS[Channel.REPORT], resource)).allow:
                found.append(version)
        if found:
            await self.permits.require(
                actor, CHANNELS[Channel.REPORT], version_resource(dataset, found[0])
            )
        return dataset, found


def digest_of(check: str) -> str:
    """Return the key of a check's id, which may be longer than an index takes."""
    return hashlib.sha256(check.encode()).hexdigest()


def _point(row: Row[Any]) -> Point:
    outcome = Outcome(row.outcome)
    return Point(row.check_id, row.digest, row.number, outcome, row.observed, row.threshold, row.at)
