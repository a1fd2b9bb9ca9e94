"""Groups of your organisation: everybody sees them, admins change them."""

from typing import Any

from fastapi import APIRouter, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import GroupBody

router = APIRouter(prefix="/api/v1/groups", tags=["people"])


@router.get("")
async def find(studio: TheStudio, actor: TheActor) -> dict[str, Any]:
    """List the groups with how many belong to each, in the order of their names."""
    found = await studio.groups.find(actor.tenant)
    return {"items": [each.to_json() for each in found], "next": None}


@router.get("/{group}")
async def show(studio: TheStudio, actor: TheActor, group: str) -> dict[str, Any]:
    """Show a group and the accounts that belong to it."""
    found, accounts = await studio.groups.show(actor.tenant, group)
    listed = [
        {"id": each.id, "login": each.login, "kind": each.kind.value, "disabled": each.disabled}
        for each in accounts
    ]
    return {**found.to_json(), "accounts": listed}


@router.put("/{group}")
async def put(studio: TheStudio, actor: TheActor, group: str, body: GroupBody) -> dict[str, Any]:
    """Add a group, or say anew what it is for; who belongs to it stays."""
    return (await studio.groups.put(actor, group, body.description)).to_json()


@router.delete("/{group}", status_code=204)
async def remove(studio: TheStudio, actor: TheActor, group: str) -> Response:
    """Remove a group; nobody belongs to it any more."""
    await studio.groups.remove(actor, group)
    return Response(status_code=204)


@router.put("/{group}/members/{user}")
async def add_member(studio: TheStudio, actor: TheActor, group: str, user: str) -> dict[str, Any]:
    """Let somebody, by login or id, belong to a group from their next request on."""
    return (await studio.groups.add_member(actor, group, user)).to_json()


@router.delete("/{group}/members/{user}")
async def remove_member(
    studio: TheStudio, actor: TheActor, group: str, user: str
) -> dict[str, Any]:
    """Let somebody belong to a group no more."""
    return (await studio.groups.remove_member(actor, group, user)).to_json()
