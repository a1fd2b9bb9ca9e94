"""Tenants: what an organisation may send and how long it keeps, set by its admins."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import TenantBody
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
    studio: TheStudio, actor: TheActor, tenant: str, body: TenantBody
) -> dict[str, Any]:
    """
    Change what your organisation may send, and how long it keeps what says nothing itself.

    Null leaves a limit to the installation, and the retention to each dataset.
    """
    found = await _own(studio, actor, tenant)
    given = body.model_dump(exclude_unset=True)
    if "retention_days" in given:
        await studio.set_default_retention(actor, given.pop("retention_days"))
    if "supported_formats" in given:
        formats = given.pop("supported_formats")
        given["formats"] = None if formats is None else tuple(formats)
    if given:
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
        "retention_days": tenant.retention_days,
        "limits": {
            "max_file_size": bounds.max_size,
            "supported_formats": sorted(
                set(FORMATS.values()) if bounds.formats is None else bounds.formats
            ),
            "storage_left": bounds.storage_left,
        },
    }
