"""Put the API together: routes, errors and what every request passes."""

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import Scope

import dcs
from dcs.api import (
    access_requests,
    approval_templates,
    approvals,
    audit,
    comparing,
    datasets,
    health,
    imports,
    notices,
    problems,
    quarantine,
    recognizers,
    reports,
    tenants,
    uploads,
    versions,
)
from dcs.api.middleware import BodyLimit, HeaderLimit, Observed, SecurityHeaders
from dcs.studio import Studio


def create_api(studio: Studio) -> FastAPI:
    """Build the application that serves the API of an open studio."""
    app = FastAPI(
        title="Data Collaboration Studio",
        version=dcs.__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Observed, metrics=studio.metrics),
            Middleware(SecurityHeaders, https=studio.settings.environment == "production"),
            Middleware(HeaderLimit),
            Middleware(BodyLimit, exempt=_is_upload),
            Middleware(uploads.TusHeader),
        ],
    )
    app.state.studio = studio
    problems.install(app)
    for part in (
        health,
        datasets,
        versions,
        reports,
        comparing,
        uploads,
        approvals,
        access_requests,
        quarantine,
        approval_templates,
        notices,
        recognizers,
        imports,
        tenants,
        audit,
    ):
        app.include_router(part.router)
    return app


def _is_upload(scope: Scope) -> bool:
    """Say whether a request streams a file, whose own limit is the setting for files."""
    parts: list[str] = scope["path"].strip("/").split("/")
    if parts[:3] == ["api", "v1", "uploads"]:
        return bool(scope["method"] in {"POST", "PATCH"})
    to_versions = parts[:3] == ["api", "v1", "datasets"] and parts[4:] == ["versions"]
    return to_versions and bool(scope["method"] == "PUT")
