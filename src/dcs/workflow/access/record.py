"""Put on record what happens to requests and grants, and tell those concerned; never what a person wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dcs.audit import AuditTrail
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.events import Event
from dcs.engines.database import Session
from dcs.engines.events import EventBus
from dcs.policy import Grant
from dcs.workflow.access.models import AccessRequest, RequestState
from dcs.workflow.access.telling import AccessTelling

NEWS = {
    RequestState.ASKED_BACK: "asked_back",
    RequestState.OPEN: "answered",
    RequestState.GRANTED: "granted",
}
"""What is told of a request's new state; every other one is a decision."""


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """The audit record, the news and the notices, all in the transaction of the change."""

    audit: AuditTrail
    events: EventBus
    telling: AccessTelling
    clock: Clock

    def opened(self, session: Session, actor: Actor, request: AccessRequest) -> None:
        """Record that somebody asked for access."""
        self._request(session, actor, request, "open", "opened")
        self.telling.opened(session, request)

    def moved(
        self, session: Session, actor: Actor | None, request: AccessRequest, state: RequestState
    ) -> None:
        """Record a request's step to *state*; without an actor it is the product's own."""
        self._request(session, actor, request, state.value, NEWS.get(state, "decided"))
        self.telling.moved(session, None if actor is None else actor.id, request, state)

    def granted(self, session: Session, request: AccessRequest, grant: Grant) -> None:
        """Record that what was approved is given now; it is the product's own step."""
        self.moved(session, None, request, RequestState.GRANTED)
        self.telling.granted(session, request, grant.expires_at)

    def grant(self, session: Session, actor: Actor, grant: Grant, what: str) -> None:
        """Record that a grant was ``revoked`` or ``extended``."""
        details = {"dataset": grant.dataset, "grantee": grant.grantee.id}
        self._note(session, actor, ("grant", grant.id), what, what, details)
        if what == "revoked":
            self.telling.revoked(session, actor.id, grant)

    def _request(
        self, session: Session, actor: Actor | None, request: AccessRequest, step: str, news: str
    ) -> None:
        details = {"dataset": request.dataset, "requester": request.requester}
        self._note(session, actor, ("access_request", request.id), step, news, details)

    def _note(
        self,
        session: Session,
        actor: Actor | None,
        thing: tuple[str, str],
        step: str,
        news: str,
        details: Mapping[str, Any],
    ) -> None:
        kind, name = thing
        self.audit.record(
            session,
            actor=None if actor is None else actor.id,
            action=f"{kind}.{step}",
            object_kind=kind,
            object_id=name,
            details=details,
        )
        told = Event(f"{kind}.{news}", session.tenant, name, self.clock.now(), details)
        self.events.publish(session, told)
