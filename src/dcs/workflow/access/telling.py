"""Who is told of a request for access, and of what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcs.auth import members
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

    def granted(self, session: Session, request: AccessRequest, grant: Grant) -> None:
        """Tell whoever can read from now on: who asked, or everybody of their group."""
        more = {"until": rfc3339(grant.expires_at)}
        for each in holders(session, grant):
            self._add(session, request, each, NoticeKind.ACCESS_GRANTED, more)

    def revoked(self, session: Session, by: str, grant: Grant) -> None:
        """Tell whoever had a grant that it was taken back."""
        people = [each for each in holders(session, grant) if each != by]
        self._tell(session, people, NoticeKind.GRANT_REVOKED, grant, {"by": by}, "revoked")

    def extended(self, session: Session, grant: Grant) -> None:
        """Tell whoever has a grant that it ends later now."""
        self._tell_end(session, NoticeKind.GRANT_EXTENDED, grant)

    def ends_soon(self, session: Session, grant: Grant) -> None:
        """Tell whoever has a grant that it ends soon, once for each end."""
        self._tell_end(session, NoticeKind.GRANT_ENDS_SOON, grant)

    def expired(self, session: Session, grant: Grant) -> None:
        """Tell whoever had a grant that its time is over."""
        self._tell_end(session, NoticeKind.GRANT_EXPIRED, grant)

    def drifted(self, session: Session, grant: Grant, run: int, count: int) -> None:
        """Tell the owner that what they gave is not what policy allows."""
        dataset = find_dataset(session, grant.dataset)
        if dataset is not None:
            more = {"count": count}
            kind, news = NoticeKind.GRANT_DRIFTED, f"drifted:{run}"
            self._tell(session, [dataset.owner], kind, grant, more, news)

    def _tell_end(self, session: Session, kind: NoticeKind, grant: Grant) -> None:
        until = rfc3339(grant.expires_at)
        news = f"{kind.value}:{until}"
        self._tell(session, holders(session, grant), kind, grant, {"until": until}, news)

    def _tell(
        self,
        session: Session,
        people: Sequence[UserId],
        kind: NoticeKind,
        grant: Grant,
        more: Mapping[str, str | int],
        news: str,
    ) -> None:
        dataset = find_dataset(session, grant.dataset)
        if dataset is not None:
            about, data = About(AboutKind.GRANT, grant.id), {"dataset": dataset.name, **more}
            self.notices.tell(session, people, kind, about, data, f"{grant.id}:{news}")

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


def holders(session: Session, grant: Grant) -> Sequence[UserId]:
    """Return the accounts that have a grant: one, or every member of a group that may sign in."""
    if grant.grantee.kind is GranteeKind.USER:
        return [UserId(grant.grantee.id)]
    return members(session, grant.grantee.id)
