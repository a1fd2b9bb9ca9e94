"""
Deliver the rows that failed one check, each whole, as its reader may see any row.

Whoever asks needs two permissions, each its own decision: to see what was
found, and to see rows. Before a version is active its uploader and reviewers
may look at as many rows as one read has; whoever may read it later reads or
downloads them like all others.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from dcs.catalog import Status
from dcs.core.actor import Actor
from dcs.policy import Channel, Decision
from dcs.sharing.errors import ColumnNotGivenError
from dcs.sharing.formats import Format
from dcs.sharing.service import READ_ROWS, Delivery, channel_of
from dcs.validation import Comparisons, Failing

MOST_ROWS = 1_000_000  # row numbers of one answer; they are held in memory


@dataclass(frozen=True, slots=True)
class FailedRows:
    """
    The rows that failed one check, on their way.

    Attributes:
        failed: How many failed the check.
        complete: Whether no row behind these failed it.
    """

    decision: Decision
    masked: Mapping[str, str]
    failed: int
    complete: bool
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class FailingDelivery:
    """Deliver failing rows by the way that all rows go."""

    delivery: Delivery
    failing: Failing
    comparisons: Comparisons

    async def read(
        self,
        actor: Actor,
        dataset: str,
        number: int,
        check: str,
        form: Format,
        after: int,
        limit: int | None,
    ) -> FailedRows:
        """
        Begin to deliver the rows that failed a check.

        Args:
            check: The check's id in the version's report.
            after: Only rows behind this one, to go on where an answer ended.
            limit: The most rows. Up to 1,000 it is a read, otherwise a download; of a
                version that is not active never more than 1,000 leave.

        Raises:
            VersionNotFoundError: There is none, or none the actor may know of.
            CheckNotFoundError: The report has no such check.
            DeniedError: Policy does not let the actor see the report, or rows.
            NothingToReadError: The file could not be read, so there are no rows.
            ColumnNotGivenError: The actor was given a part of the columns only.
        """
        _, asked = await self.comparisons.readable(actor, dataset, number)
        most = min(limit or MOST_ROWS, MOST_ROWS)
        channel = channel_of(most)
        if asked.status is not Status.ACTIVE:
            channel, most = Channel.PREVIEW, min(most, READ_ROWS)
        permitted = await self.delivery.permitted(actor, dataset, number, channel)
        if permitted.shown != permitted.version.columns:
            # Which rows fail a check tells of the columns it is about, shown or not.
            raise ColumnNotGivenError(
                "You were given a part of the columns, and failing rows tell of all of them.",
                decision_id=permitted.decision.id,
            )
        version, table = permitted.version, await self.delivery.table(permitted)
        found = await self.failing.rows(version, check, after, most)
        chunks = self.delivery.stream(version, table, form, None, None, found.rows)
        return FailedRows(permitted.decision, permitted.masks, found.failed, found.complete, chunks)
