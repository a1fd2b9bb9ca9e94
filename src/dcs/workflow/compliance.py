"""
The check that needs no person: gather the facts, let the rules decide.

Nothing is decided here. What breaks a rule, what is only shown to those who
decide and what the requester has to attest first is said by
``policies/compliance.rego``.
"""

from dataclasses import dataclass

from dcs.auth import Identity
from dcs.catalog import Dataset, Version
from dcs.core.classification import Classification
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.ingestion import Inspector
from dcs.policy import Compliance, ComplianceFacts, FoundPersonalData, Permits
from dcs.validation import Report, Reports
from dcs.workflow import store
from dcs.workflow.state import State
from dcs.workflow.templates import chosen


@dataclass(frozen=True, slots=True)
class Requirements:
    """
    What a template wants of a version before people are asked.

    Attributes:
        attestations: Sentences that the requester has to attest.
    """

    contract_required: bool = False
    attestations: tuple[str, ...] = ()


def requirements(session: Session, classification: Classification) -> Requirements:
    """Return what the template of the session's tenant wants of data of this classification."""
    template = chosen(session, classification).template
    return Requirements(template.contract_required, template.attestations)


@dataclass(frozen=True, slots=True)
class ComplianceCheck:
    """Hold a version against the rules that need no person."""

    database: Database
    inspector: Inspector
    reports: Reports
    identity: Identity
    permits: Permits

    async def check(self, tenant: TenantId, dataset: Dataset, version: Version) -> Compliance:
        """
        Return what the rules say of a version as everything is now.

        Raises:
            PolicyFailedError: They gave no usable answer; nobody is asked then.
        """
        return await self.permits.complies(await self.facts(tenant, dataset, version))

    async def facts(self, tenant: TenantId, dataset: Dataset, version: Version) -> ComplianceFacts:
        """Gather what the rules look at."""
        owner = await self.identity.account(tenant, dataset.owner)
        document = await self.reports.document(tenant, version)
        report = None if document is None else Report.from_json(document)
        wanted = await self.database.read(tenant, lambda s: requirements(s, dataset.classification))
        return ComplianceFacts(
            classification=dataset.classification,
            malware=version.malware,
            released=version.released_by is not None,
            scanned_here=self.inspector.scan,
            contract=version.contract is not None,
            contract_required=wanted.contract_required,
            judged_by_contract=report is not None and report.contract is not None,
            failed_promises=0 if report is None else len(report.broken_promises),
            personal_data=None if report is None else _found(report),
            dataset_retention=dataset.retention_days,
            tenant_retention=(await self.identity.tenant(tenant)).retention_days,
            owner_active=owner is not None and not owner.disabled,
            attestations=wanted.attestations,
            attested=await self._attested(tenant, version),
        )

    async def _attested(self, tenant: TenantId, version: Version) -> tuple[str, ...]:
        """Return what the requester attested when they last asked for the approval."""
        row = await self.database.read(tenant, lambda s: store.approval_of(s, version.id))
        return () if row is None else State.from_json(row.state).attested


def _found(report: Report) -> tuple[FoundPersonalData, ...]:
    """Return each sort of finding once, however many columns have it."""
    sorts = {
        FoundPersonalData(each.tier, each.declared, bool(each.excluded), each.classification)
        for each in report.personal_data
    }
    return tuple(sorted(sorts, key=repr))
