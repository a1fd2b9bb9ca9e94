"""What an approval is bound to: what the people who decide have before them, as it is at one moment."""

from dataclasses import dataclass

from dcs.catalog import find_version
from dcs.core.ids import VersionId
from dcs.engines.database import Session
from dcs.validation import Reports
from dcs.workflow.state import Binding
from dcs.workflow.templates import chosen


@dataclass(frozen=True, slots=True)
class Bindings:
    """
    Tell what a version's approval would be about.

    Attributes:
        policy: The revision of the rules that are in force.
    """

    reports: Reports
    policy: str

    def now(self, session: Session, version_id: str) -> Binding | None:
        """Return it as the running transaction sees it; None if there is no such version."""
        found = find_version(session, VersionId(version_id))
        if found is None:
            return None
        dataset, version = found
        return Binding(
            sha256=version.sha256,
            classification=dataset.classification.value,
            contract=dataset.contract,
            report=self.reports.digest(session, version.id),
            policy=self.policy,
            template=chosen(session, dataset.classification).revision,
        )
