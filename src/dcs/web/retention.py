"""How long versions of a dataset are to be kept: shown on its pages, and changed there."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dcs.catalog import LONGEST_RETENTION, Dataset, dataset_resource
from dcs.core.actor import Actor
from dcs.core.errors import InvalidError
from dcs.policy import Action
from dcs.studio import Studio
from dcs.web.access import TheActor, TheStudio, form_of

router = APIRouter()


class InvalidRetentionError(InvalidError):
    """A retention is a whole number of days, at most a hundred years."""

    code = "invalid_retention"


@dataclass(frozen=True, slots=True)
class Retention:
    """
    How long versions of a dataset are to be kept, as a page shows it.

    Attributes:
        days: None if neither the dataset nor its tenant says it.
        own: Whether the dataset says it itself.
    """

    days: int | None
    own: bool
    may_change: bool


async def retention_of(studio: Studio, actor: Actor, dataset: Dataset) -> Retention:
    """Return how long a dataset's versions are to be kept, and whether *actor* may change it."""
    tenant = await studio.identity.tenant(actor.tenant)
    own = dataset.retention_days is not None
    decision = await studio.permits.decide(actor, Action.SET_RETENTION, dataset_resource(dataset))
    days = dataset.retention_days if own else tenant.retention_days
    return Retention(days, own, decision.allow)


@router.post("/datasets/{name}/retention")
async def change(request: Request, studio: TheStudio, actor: TheActor, name: str) -> Response:
    """Change how long versions of a dataset are to be kept, and show the dataset."""
    days = (await form_of(request)).get("days", "").strip()
    await studio.catalog.set_retention(actor, name, _days(days) if days else None)
    return RedirectResponse(f"/datasets/{name}", status_code=303)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LONGEST_RETENTION):
        raise InvalidRetentionError(f"Give a whole number of days, 1 to {LONGEST_RETENTION:,}.")
    return int(text)
