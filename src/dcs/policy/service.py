"""
Ask policy, keep the answer on record, and obey it.

There is one way to a permission, and it is `require`: it decides, writes the
decision into the audit trail, and only then returns. A policy that cannot be
asked, or answers nonsense, is a denial.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from dcs.audit import AuditTrail
from dcs.auth import Identity
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.errors import NotFoundError
from dcs.engines.database import Database, Session
from dcs.engines.decisions import COMPLIANCE, DecisionEngine
from dcs.observability import Metrics
from dcs.policy.channels import GRANTABLE
from dcs.policy.compliance import Compliance, ComplianceFacts, read_compliance
from dcs.policy.errors import DeniedError, HiddenError
from dcs.policy.grants import Grants
from dcs.policy.inputs import input_document, read_answer
from dcs.policy.models import Action, AuditLevel, Decision, Resource
from dcs.policy.reasons import explain

THREADS = 2  # each holds an interpreter of its own


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="dcs-policy")


@dataclass(frozen=True, slots=True)
class Permits:
    """The one door through which every permission comes."""

    engine: DecisionEngine
    database: Database
    audit: AuditTrail
    identity: Identity
    clock: Clock
    metrics: Metrics
    virus_scan: bool = True
    _pool: ThreadPoolExecutor = field(default_factory=_threads)

    async def decide(self, actor: Actor, action: Action, resource: Resource) -> Decision:
        """Ask policy without acting on the answer: for lists, and for showing what is possible."""
        now = self.clock.now()
        calendar = (await self.identity.tenant(actor.tenant)).calendar
        resource = await self._with_grants(actor, action, resource)
        document = input_document(actor, action, resource, now, calendar, self.virus_scan)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._pool, self.engine.evaluate, document)
        decision = read_answer(answer, action, self.engine.revision, now)
        self.metrics.decisions.labels(action.value, str(decision.allow).lower()).inc()
        return decision

    async def require(
        self,
        actor: Actor,
        action: Action,
        resource: Resource,
        missing: Callable[[str], NotFoundError] = HiddenError,
    ) -> Decision:
        """
        Return the decision that allows *action*, on record, or raise.

        Args:
            actor: Who wants to act.
            action: What they want to do.
            resource: What it is about.
            missing: The error for a thing the actor may not even know of.

        Raises:
            NotFoundError: By *missing*: the thing is another tenant's, or hidden.
            DeniedError: The actor may know of it but not do this; with reasons.
            UnavailableError: Policy could not be asked.
        """
        decision = await self.decide(actor, action, resource)
        if decision.audit is AuditLevel.FULL:
            await self._record(actor, decision, resource)
        if decision.allow:
            return decision
        if await self._may_know(actor, action, resource, decision):
            raise DeniedError(
                "Policy does not allow this.",
                reasons=[explain(code) for code in decision.codes],
                codes=decision.codes,
                decision_id=decision.id,
            )
        raise missing("There is no such thing, or you may not know of it.")

    async def complies(self, facts: ComplianceFacts) -> Compliance:
        """
        Return what the rules that need no person say of a version.

        Raises:
            PolicyFailedError: They gave no usable answer.
        """
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(
            self._pool, self.engine.evaluate, facts.document(), COMPLIANCE
        )
        return read_compliance(answer)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    async def _with_grants(self, actor: Actor, action: Action, resource: Resource) -> Resource:
        """Return the resource with what is given of its dataset now: an end counts at once."""
        if resource.dataset is None or action not in GRANTABLE:
            return resource
        given = await Grants(self.database).naming(actor, resource.dataset)
        return replace(resource, grants=tuple(each.fact() for each in given))

    async def _may_know(
        self, actor: Actor, action: Action, resource: Resource, decision: Decision
    ) -> bool:
        if "other_tenant" in decision.deny or "malformed_request" in decision.deny:
            return False
        if action is Action.LIST:
            return False
        if resource.kind == "tenant":
            return True
        return (await self.decide(actor, Action.LIST, resource)).allow

    async def _record(self, actor: Actor, decision: Decision, resource: Resource) -> None:
        """Write the decision into the record of the actor's tenant, where it was asked."""

        def record(session: Session) -> None:
            self.audit.record(
                session,
                actor=actor.id,
                action=decision.action.value,
                object_kind=resource.kind,
                object_id=resource.id,
                outcome="allowed" if decision.allow else "denied",
                reasons=decision.codes,
                details=_details(decision),
            )

        await self.database.write(actor.tenant, record)


def _details(decision: Decision) -> dict[str, Any]:
    return {"decision": decision.id, "policy": decision.revision[:16]}
