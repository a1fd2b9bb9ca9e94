"""The words of notices as a tenant wants them: seen, and changed by its admins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dcs.audit import AuditTrail
from dcs.core.actor import Actor
from dcs.core.clock import Clock, rfc3339
from dcs.engines.database import Database, Session
from dcs.policy import Action, Permits, Resource
from dcs.workflow.notices import store
from dcs.workflow.notices.errors import NoticeKindNotFoundError, TemplateChangedError
from dcs.workflow.notices.models import NoticeKind
from dcs.workflow.notices.store import TemplateRevision
from dcs.workflow.notices.texts import DEFAULTS, Wording
from dcs.workflow.notices.wording import check_wording


@dataclass(frozen=True, slots=True)
class NoticeTemplate:
    """The words of one kind of notice: the tenant's, or those that come with the product."""

    kind: NoticeKind
    wording: Wording
    chosen: TemplateRevision | None = None

    @property
    def revision(self) -> int:
        """How often the tenant has changed the words."""
        return 0 if self.chosen is None else self.chosen.revision

    def to_json(self) -> Mapping[str, Any]:
        """Return the template as the API shows it."""
        return {
            "kind": self.kind.value,
            "subject": self.wording.subject,
            "body": self.wording.body,
            "placeholders": list(DEFAULTS[self.kind].placeholders),
            "revision": self.revision,
            "set_by": None if self.chosen is None else self.chosen.set_by,
            "created_at": None if self.chosen is None else rfc3339(self.chosen.created_at),
        }


@dataclass(frozen=True, slots=True)
class NoticeTemplates:
    """The words of every kind of notice in each tenant."""

    database: Database
    permits: Permits
    audit: AuditTrail
    clock: Clock

    async def find(self, actor: Actor) -> Sequence[NoticeTemplate]:
        """Return the words of every kind."""
        await self._require(actor)
        chosen = await self.database.read(actor.tenant, store.templates)
        return [_template(kind, chosen.get(kind)) for kind in NoticeKind]

    async def get(self, actor: Actor, kind: str) -> NoticeTemplate:
        """
        Return the words of one kind.

        Raises:
            NoticeKindNotFoundError: No notice is of this kind.
            DeniedError: The actor may not see them.
        """
        await self._require(actor)
        known = _kind(kind)
        chosen = await self.database.read(actor.tenant, lambda s: store.get_template(s, known))
        return _template(known, chosen)

    async def put(
        self, actor: Actor, kind: str, wording: Wording, expected: int | None = None
    ) -> NoticeTemplate:
        """
        Put notices of a kind into other words from now on, also those that are there.

        Args:
            expected: The revision they replace, 0 for the product's own; None where that
                does not matter.

        Raises:
            NoticeKindNotFoundError: No notice is of this kind.
            InvalidTemplateError: Not every notice of the kind can be put into them.
            TemplateChangedError: Somebody else was faster.
            DeniedError: The actor may not.
        """
        await self._require(actor)
        known = _kind(kind)
        check_wording(known, wording)

        def keep(session: Session) -> TemplateRevision | None:
            now = store.get_template(session, known)
            number = 0 if now is None else now.revision
            new = TemplateRevision(
                known, number + 1, wording.subject, wording.body, actor.id, self.clock.now()
            )
            if expected not in (None, number) or not store.keep_template(session, new):
                return None
            self._record(session, actor, new)
            return new

        kept = await self.database.write(actor.tenant, keep)
        if kept is None:
            raise TemplateChangedError(
                "The text is of another revision now. Read it again, then repeat the change."
            )
        return _template(known, kept)

    def _record(self, session: Session, actor: Actor, new: TemplateRevision) -> None:
        text = f"{new.subject}\n{new.body}"
        self.audit.record(
            session,
            actor=actor.id,
            action="notice_template.set",
            object_kind="tenant",
            object_id=actor.tenant,
            details={
                "kind": new.kind.value,
                "revision": new.revision,
                "sha256": sha256(text.encode()).hexdigest(),
            },
        )

    async def _require(self, actor: Actor) -> None:
        resource = Resource("tenant", actor.tenant, actor.tenant)
        await self.permits.require(actor, Action.SET_NOTICE_TEMPLATES, resource)


def _kind(text: str) -> NoticeKind:
    try:
        return NoticeKind(text)
    except ValueError as error:
        raise NoticeKindNotFoundError("No notice is of this kind.") from error


def _template(kind: NoticeKind, chosen: TemplateRevision | None) -> NoticeTemplate:
    wording = DEFAULTS[kind].wording
    if chosen is not None:
        wording = Wording(chosen.subject, chosen.body)
    return NoticeTemplate(kind, wording, chosen)
