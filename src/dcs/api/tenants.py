"""Tenants: what an organisation may send, set by its admins within the installation's limits."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import AllowanceBody
from dcs.auth import Tenant
from dcs.core.errors import NotFoundError
from dcs.ingestion import FORMATS

router = APIRouter(prefix="/api/v1/tenants", tags=["tenants"])


class TenantNotFoundError(NotFoundError):
    """There is no such tenant, or it is not yours."""

    code = "tenant_not_found"


@router.get("/{tenant}")
async def show(studio: TheStudio, actor: TheActor, tenant: str) -> dict[str, Any]:
    """Show your own organisation and what it may send."""
    return await _show(studio, await _own(studio, actor, tenant))


@router.patch("/{tenant}")
async def change(
    studio: TheStudio, actor: TheActor, tenant: str, body: AllowanceBody
) -> dict[str, Any]:
    """Change what your organisation may send; null leaves it to the installation's limits."""
    found = await _own(studio, actor, tenant)
    given = body.model_dump(exclude_unset=True)
    if "supported_formats" in given:
        formats = given.pop("supported_formats")
        given["formats"] = None if formats is None else tuple(formats)
    await studio.set_allowance(actor, replace(found.allowance, **given))
    return await _show(studio, await studio.identity.tenant(actor.tenant))


async def _own(studio: TheStudio, actor: TheActor, tenant: str) -> Tenant:
    if tenant != actor.tenant:
        raise TenantNotFoundError("There is no such tenant.")
    return await studio.identity.tenant(actor.tenant)


async def _show(studio: TheStudio, tenant: Tenant) -> dict[str, Any]:
    bounds = await studio.uploads.gate.bounds(tenant.id)
    return {
        "id": tenant.id,
        "name": tenant.name,
        "allowance": tenant.allowance.to_json(),
        "limits": {
            "max_file_size": bounds.max_size,
            "supported_formats": sorted(
                set(FORMATS.values()) if bounds.formats is None else bounds.formats
            ),
            "storage_left": bounds.storage_left,
        },
    }
