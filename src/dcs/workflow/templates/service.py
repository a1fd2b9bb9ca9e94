"""The approval templates of each tenant: seen by everybody in it, set by its admins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dcs.audit import AuditTrail
from dcs.auth import group_names
from dcs.core.actor import Actor
from dcs.core.classification import Classification
from dcs.core.clock import Clock, rfc3339
from dcs.engines.database import Database, Session
from dcs.policy import Action, Permits, Resource
from dcs.workflow.templates import store
from dcs.workflow.templates.errors import ApprovalTemplateChangedError
from dcs.workflow.templates.models import ApprovalTemplate, built_in


@dataclass(frozen=True, slots=True)
class ChosenTemplate:
    """
    The template that holds for a classification.

    Attributes:
        revision: Counts the tenant's changes; 0 while there was none.
        set_by: Who made the last one; None where the built-in template holds.
    """

    classification: Classification
    template: ApprovalTemplate
    revision: int = 0
    set_by: str | None = None
    created_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return {
            "classification": self.classification.value,
            **self.template.to_json(),
            "revision": self.revision,
            "set_by": self.set_by,
            "created_at": None if self.created_at is None else rfc3339(self.created_at),
        }


def chosen(session: Session, classification: Classification) -> ChosenTemplate:
    """Return the template that holds for a classification in the session's tenant."""
    row = store.newest_template(session, classification)
    if row is None:
        return ChosenTemplate(classification, built_in(classification))
    if row.document is None:
        return ChosenTemplate(classification, built_in(classification), row.revision)
    template = ApprovalTemplate.from_json(row.document)
    return ChosenTemplate(classification, template, row.revision, row.set_by, row.created_at)


@dataclass(frozen=True, slots=True)
class ApprovalTemplates:
    """What each tenant chose for its approvals."""

    database: Database
    permits: Permits
    audit: AuditTrail
    clock: Clock

    async def find(self, actor: Actor) -> Sequence[ChosenTemplate]:
        """Return the template of every classification; whoever is asked may know how."""
        return await self.database.read(
            actor.tenant, lambda session: [chosen(session, each) for each in Classification]
        )

    async def get(self, actor: Actor, classification: Classification) -> ChosenTemplate:
        """Return the template of one classification."""
        return await self.database.read(actor.tenant, lambda s: chosen(s, classification))

    async def put(
        self,
        actor: Actor,
        classification: Classification,
        template: ApprovalTemplate,
        expected: int | None = None,
    ) -> ChosenTemplate:
        """
        Let versions of a classification be decided on by a template from now on.

        An approval that waits for votes goes on by the template it was asked by; the next
        vote finds that another one holds, and everybody is asked anew.

        Args:
            expected: The revision it replaces, 0 for none; None where that does not matter.

        Raises:
            ApprovalTemplateInvalidError: Nobody could follow it.
            ApprovalTemplateChangedError: Somebody else was faster.
            DeniedError: The actor may not.
        """

        def check(session: Session) -> None:
            template.check(group_names(session))

        return await self._keep(actor, classification, template.to_json(), expected, check)

    async def remove(
        self, actor: Actor, classification: Classification, expected: int | None = None
    ) -> ChosenTemplate:
        """Let the built-in template hold again; errors as of `put`."""
        return await self._keep(actor, classification, None, expected, lambda _: None)

    async def _keep(
        self,
        actor: Actor,
        classification: Classification,
        document: dict[str, Any] | None,
        expected: int | None,
        check: Callable[[Session], None],
    ) -> ChosenTemplate:
        resource = Resource("tenant", actor.tenant, actor.tenant)
        await self.permits.require(actor, Action.SET_APPROVAL_TEMPLATES, resource)

        def keep(session: Session) -> ChosenTemplate | None:
            check(session)
            row = store.newest_template(session, classification)
            before = 0 if row is None else row.revision
            now = self.clock.now()
            if expected not in (None, before) or not store.add_template(
                session, classification, before + 1, document, actor.id, now
            ):
                return None
            self._record(session, actor, classification, before + 1, document is None)
            return chosen(session, classification)

        kept = await self.database.write(actor.tenant, keep)
        if kept is None:
            raise ApprovalTemplateChangedError(
                "The template is of another revision now. Read it again, then repeat the change."
            )
        return kept

    def _record(
        self,
        session: Session,
        actor: Actor,
        classification: Classification,
        revision: int,
        removed: bool,
    ) -> None:
        self.audit.record(
            session,
            actor=actor.id,
            action="approval_template.removed" if removed else "approval_template.set",
            object_kind="tenant",
            object_id=actor.tenant,
            details={"classification": classification.value, "revision": revision},
        )
