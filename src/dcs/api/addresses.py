"""Where letters go: your own address, and those of others for admins."""

from typing import Any

from fastapi import APIRouter

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import EmailBody

router = APIRouter(prefix="/api/v1", tags=["accounts"])


@router.put("/me/email")
async def put_own(studio: TheStudio, actor: TheActor, body: EmailBody) -> dict[str, Any]:
    """Let your letters go to this address; null lets them go nowhere."""
    return {"email": await studio.addresses.put(actor, body.email)}


@router.put("/users/{user}/email")
async def put(studio: TheStudio, actor: TheActor, user: str, body: EmailBody) -> dict[str, Any]:
    """Let the letters of an account, by login or id, go to this address."""
    return {"email": await studio.addresses.put(actor, body.email, user)}
