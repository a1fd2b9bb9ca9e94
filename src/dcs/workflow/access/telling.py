"""Who is told of a request for access, and of what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dcs.catalog import find_dataset
from dcs.core.clock import rfc3339
from dcs.core.ids import UserId, new_id
from dcs.engines.database import Session
from dcs.policy import Grant, GranteeKind
from dcs.workflow.access.models import AccessRequest, RequestState
from dcs.workflow.notices import About, AboutKind, NoticeKind, Notices


@dataclass(frozen=True, slots=True)
class AccessTelling:
    """Tell the owner what waits for them, and whoever asked how it went."""

    notices: Notices

    def opened(self, session: Session, request: AccessRequest) -> None:
        """Ask the owner of the dataset; also again, once their question was answered."""
        dataset = find_dataset(session, request.dataset)
        if dataset is not None and dataset.owner != request.requester:
            more = {"requester": request.requester}
            self._add(session, request, dataset.owner, NoticeKind.ACCESS_REQUESTED, more)

    def moved(
        self, session: Session, by: str | None, request: AccessRequest, state: RequestState
    ) -> None:
        """Tell whoever asked that their request was decided, or that there is a question."""
        match state:
            case RequestState.OPEN:
                self.opened(session, request)
            case RequestState.ASKED_BACK if by is not None:
                kind, more = NoticeKind.ACCESS_QUESTION, {"by": by}
                self._add(session, request, request.requester, kind, more)
            case RequestState.APPROVED | RequestState.DENIED:
                kind, more = NoticeKind.ACCESS_DECIDED, {"outcome": state.value}
                self._add(session, request, request.requester, kind, more)
            case _:
                pass  # whoever withdrew knows; what was granted is told by `granted`

    def granted(self, session: Session, request: AccessRequest, until: datetime) -> None:
        """Tell whoever asked that they can read from now on."""
        more = {"until": rfc3339(until)}
        self._add(session, request, request.requester, NoticeKind.ACCESS_GRANTED, more)

    def revoked(self, session: Session, by: str, grant: Grant) -> None:
        """Tell whoever had a grant that it was taken back."""
        dataset = find_dataset(session, grant.dataset)
        if dataset is None or grant.grantee.kind is not GranteeKind.USER or grant.grantee.id == by:
            return
        about = About(AboutKind.GRANT, grant.id)
        data = {"dataset": dataset.name, "by": by}
        people = [UserId(grant.grantee.id)]
        self.notices.tell(
            session, people, NoticeKind.GRANT_REVOKED, about, data, f"{grant.id}:revoked"
        )

    def _add(
        self,
        session: Session,
        request: AccessRequest,
        recipient: UserId,
        kind: NoticeKind,
        more: Mapping[str, str],
    ) -> None:
        dataset = find_dataset(session, request.dataset)
        if dataset is None:
            return
        about = About(AboutKind.ACCESS_REQUEST, request.id)
        data = {"dataset": dataset.name, **more}
        # A question and its answer may come several times; each is news of its own.
        self.notices.tell(session, [recipient], kind, about, data, f"{request.id}:{new_id()}")
