"""Absences: who is away, and who stands in for them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import AbsenceBody
from dcs.auth import Absence, NewAbsence
from dcs.core.ids import TenantId
from dcs.studio import Studio

router = APIRouter(prefix="/api/v1/absences", tags=["people"])


@router.get("")
async def find(
    studio: TheStudio,
    actor: TheActor,
    account: Annotated[str | None, Query(max_length=100, description="A login or id.")] = None,
) -> dict[str, Any]:
    """List your absences that are not over, and those in which you stand in; admins see others'."""
    found = await studio.absences.find(actor, account)
    standing_in = await studio.absences.standing_in(actor)
    return {
        "items": await _shown(studio, actor.tenant, found),
        "next": None,
        "standing_in": await _shown(studio, actor.tenant, standing_in),
    }


@router.post("", status_code=201)
async def add(studio: TheStudio, actor: TheActor, body: AbsenceBody) -> dict[str, Any]:
    """Say that you are away, and who stands in; admins may say it of others."""
    new = NewAbsence(body.starts, body.ends, body.deputy, body.account)
    [shown] = await _shown(studio, actor.tenant, [await studio.absences.add(actor, new)])
    return shown


@router.delete("/{absence}", status_code=204)
async def remove(studio: TheStudio, actor: TheActor, absence: str) -> Response:
    """End an absence at once, or let it not begin."""
    await studio.absences.remove(actor, absence)
    return Response(status_code=204)


async def _shown(
    studio: Studio, tenant: TenantId, found: Sequence[Absence]
) -> list[dict[str, Any]]:
    """Return absences with the logins behind their ids, for people to read."""
    logins = await studio.identity.logins(tenant) if found else {}
    return [
        {
            **each.to_json(),
            "account_login": logins.get(each.account),
            "deputy_login": logins.get(each.deputy),
        }
        for each in found
    ]
