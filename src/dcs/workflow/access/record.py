"""Put on record what happens to requests and grants, and tell those concerned; never what a person wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
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


MOST_TOLD = 20  # differences in one event; the list of drift has them all


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
        self.telling.granted(session, request, grant)

    def revoked(self, session: Session, actor: Actor, grant: Grant) -> None:
        """Record that a grant was taken back."""
        self._grant(session, actor, grant, "revoked")
        self.telling.revoked(session, actor.id, grant)

    def extended(self, session: Session, actor: Actor | None, grant: Grant) -> None:
        """Record that a grant ends later now; without an actor it was asked for and approved."""
        self._grant(session, actor, grant, "extended")
        self.telling.extended(session, grant)

    def expired(self, session: Session, grant: Grant) -> None:
        """Record that a grant's time is over."""
        self._grant(session, None, grant, "expired")
        self.telling.expired(session, grant)

    def ends_soon(self, session: Session, grant: Grant) -> None:
        """Tell whoever has a grant that it ends soon."""
        self.telling.ends_soon(session, grant)

    def drifted(
        self, session: Session, grant: Grant, run: int, found: Sequence[Mapping[str, Any]]
    ) -> None:
        """Record where what was given and what policy allows have come to differ."""
        more = {"count": len(found), "new": list(found[:MOST_TOLD])}
        self._grant(session, None, grant, "drifted", more)
        self.telling.drifted(session, grant, run, len(found))

    def _grant(
        self,
        session: Session,
        actor: Actor | None,
        grant: Grant,
        what: str,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        details = {"dataset": grant.dataset, "grantee": grant.grantee.id, **more}
        self._note(session, actor, ("grant", grant.id), what, what, details)

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
