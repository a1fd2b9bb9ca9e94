"""The routes of uploads: which protocol is spoken, and what each answers."""

from collections.abc import Awaitable, Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers

from dcs.api.access import TheActor, TheStudio
from dcs.api.bodies import announced_size, body_of
from dcs.api.problems import problem
from dcs.api.uploads import ietf, tus
from dcs.api.uploads.errors import (
    MalformedUploadError,
    UnsupportedVersionError,
    status_of,
    type_of,
)
from dcs.core.actor import Actor
from dcs.core.errors import DcsError
from dcs.ingestion import (
    Chunks,
    InconsistentLengthError,
    OffsetMismatchError,
    Progress,
    UploadCompleteError,
    UploadKind,
)
from dcs.studio import Studio

router = APIRouter(prefix="/api/v1/uploads", tags=["uploads"])

Answer = Awaitable[Response]
TOO_LARGE = 413


@router.options("")
@router.options("/{upload}")
async def options(studio: TheStudio, actor: TheActor) -> Response:
    """Say which protocols are spoken and within which limits, before the first byte."""
    bounds = await studio.uploads.gate.bounds(actor.tenant)
    return Response(
        status_code=204, headers={**tus.about_server(bounds), **ietf.about_server(bounds)}
    )


@router.post("", status_code=201)
async def create(studio: TheStudio, actor: TheActor, request: Request) -> Response:
    """Begin an upload, with or without its first bytes, or join the parts of one."""
    if tus.is_tus(request.headers):
        return await _answer(studio, actor, request, _create_tus(studio, actor, request))
    return await _answer(studio, actor, request, _create_ietf(studio, actor, request))


@router.head("/{upload}")
async def show(studio: TheStudio, actor: TheActor, request: Request, upload: str) -> Response:
    """Say how many bytes are kept, and end a request that is still in flight."""
    return await _answer(studio, actor, request, _show(studio, actor, request, upload))


@router.patch("/{upload}")
async def append(studio: TheStudio, actor: TheActor, request: Request, upload: str) -> Response:
    """Take the next bytes."""
    return await _answer(studio, actor, request, _append(studio, actor, request, upload))


@router.delete("/{upload}", status_code=204)
async def cancel(studio: TheStudio, actor: TheActor, request: Request, upload: str) -> Response:
    """End an upload and remove its bytes; what a complete one has become stays."""
    return await _answer(studio, actor, request, _cancel(studio, actor, request, upload))


async def _create_tus(studio: Studio, actor: Actor, request: Request) -> Response:
    tus.check_version(request.headers)
    new, parts = tus.new_upload(request.headers), tus.parts_of(request.headers)
    if parts is not None:
        ids = [tus.id_of(part) for part in parts]
        progress = await studio.uploads.join(actor, new, ids, parts)
        return Response(None, 201, {**_place(progress), **tus.about(progress), **_became(progress)})
    carries = _has_body(request.headers) or tus.is_labelled(request.headers)
    if carries:
        tus.check_media_type(request.headers)
    checksum = tus.checksum_of(request.headers)
    progress = await studio.uploads.create(actor, new)
    place = _place(progress)
    if not carries:
        return Response(None, 201, {**place, **tus.about(progress)})

    async def take() -> Response:
        chunks = Chunks(0, body_of(request), checksum)
        reached = await studio.uploads.append(actor, progress.upload.id, chunks)
        return Response(None, 201, {**place, **tus.about(reached), **_became(reached)})

    return await _answer(studio, actor, request, take(), place)


async def _create_ietf(studio: Studio, actor: Actor, request: Request) -> Response:
    last = ietf.completes(request.headers)
    if last is None:
        raise MalformedUploadError(
            "Send `Upload-Complete: ?0` or `?1`, or speak tus with `Tus-Resumable: 1.0.0`."
        )
    new = ietf.new_upload(request.headers, request.query_params, announced_size(request))
    checksum = ietf.checksum_of(request.headers)
    progress = await studio.uploads.create(actor, new)
    bounds = await studio.uploads.gate.bounds(actor.tenant)
    place = {**_place(progress), **ietf.limits(progress, bounds, studio.clock.now())}
    if not last and announced_size(request) == 0:
        return Response(None, 201, {**place, **ietf.about(progress)})

    async def take() -> Response:
        chunks = Chunks(0, body_of(request), checksum, last, new.length)
        return _taken(await studio.uploads.append(actor, progress.upload.id, chunks), 201, place)

    return await _answer(studio, actor, request, take(), place)


async def _append(studio: Studio, actor: Actor, request: Request, upload: str) -> Response:
    headers = request.headers
    if tus.is_tus(headers):
        tus.check_version(headers)
        tus.check_media_type(headers)
        checksum, length = tus.checksum_of(headers), tus.length_of(headers)
        chunks = Chunks(tus.offset_of(headers), body_of(request), checksum, None, length)
        return await _append_tus(studio, actor, request, upload, chunks)
    ietf.check_media_type(headers)
    last, offset = ietf.completes(headers), ietf.offset_of(headers)
    if last is None:
        raise MalformedUploadError("Say in Upload-Complete whether these bytes are the last.")
    checksum, length = ietf.checksum_of(headers), ietf.length_of(headers)
    size = announced_size(request)
    chunks = Chunks(offset, body_of(request), checksum, last, length, size)
    try:
        progress = await studio.uploads.append(actor, upload, chunks)
    except UploadCompleteError as error:
        if not _has_body(headers):
            raise
        raise InconsistentLengthError("The upload is complete and takes no more bytes.") from error
    bounds = await studio.uploads.gate.bounds(actor.tenant)
    return _taken(progress, 204, ietf.limits(progress, bounds, studio.clock.now()))


async def _append_tus(
    studio: Studio, actor: Actor, request: Request, upload: str, chunks: Chunks
) -> Response:
    try:
        progress = await studio.uploads.append(actor, upload, chunks)
    except UploadCompleteError:
        # A client that did not hear the last answer sends nothing more at the right offset.
        progress = await studio.uploads.show(actor, upload)
        if chunks.offset != progress.offset:
            raise OffsetMismatchError(progress.offset, chunks.offset) from None
        if _has_body(request.headers):
            raise
    return Response(None, 204, {**tus.about(progress), **_became(progress)})


async def _show(studio: Studio, actor: Actor, request: Request, upload: str) -> Response:
    if tus.is_tus(request.headers):
        tus.check_version(request.headers)
        progress = await studio.uploads.show(actor, upload)
        return Response(None, 200, {**tus.about(progress), **_became(progress)})
    progress = await studio.uploads.show(actor, upload)
    bounds = await studio.uploads.gate.bounds(actor.tenant)
    limits = ietf.limits(progress, bounds, studio.clock.now())
    return Response(None, 204, {**ietf.about(progress), **limits, **_became(progress)})


async def _cancel(studio: Studio, actor: Actor, request: Request, upload: str) -> Response:
    if tus.is_tus(request.headers):
        tus.check_version(request.headers)
    try:
        await studio.uploads.cancel(actor, upload)
    except UploadCompleteError:
        await studio.uploads.dismiss(actor, upload)
    return Response(None, 204)


def _taken(progress: Progress, status: int, extra: Mapping[str, str]) -> Response:
    """Answer bytes of the IETF's protocol: with the version they became, once complete."""
    headers = {**extra, **ietf.about(progress), **_became(progress)}
    if progress.version is None:
        return Response(None, status, headers)
    headers["Location"] = f"/api/v1/versions/{progress.version.id}"
    body = progress.version.to_json()
    return JSONResponse(body, 200 if progress.upload.duplicate else 202, headers)


def _place(progress: Progress) -> dict[str, str]:
    return {"Location": tus.UPLOADS + progress.upload.id}


def _became(progress: Progress) -> Mapping[str, str]:
    """Name the version an upload has become, also for those who missed the last answer."""
    upload = progress.upload
    if upload.version is None or upload.kind is UploadKind.PARTIAL:
        return {}
    return {"DCS-Version": upload.version, **ietf.digest_of(progress)}


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


async def _answer(
    studio: Studio,
    actor: Actor,
    request: Request,
    way: Answer,
    extra: Mapping[str, str] | None = None,
) -> Response:
    """Turn an error into the status, type and headers that the protocol prescribes."""
    try:
        return await way
    except DcsError as error:
        spoken = tus.is_tus(request.headers)
        status, headers, members = status_of(error, tus=spoken), dict(extra or {}), error.extra
        if (kind := type_of(error)) is not None:
            members = {**members, "type": kind}
        if isinstance(error, OffsetMismatchError):
            headers["Upload-Offset"] = str(error.expected)
            offsets = {"expected-offset": error.expected, "provided-offset": error.provided}
            members = {**members, **offsets}
        if isinstance(error, UnsupportedVersionError):
            headers["Tus-Version"] = tus.VERSION
        if "upload-complete" in members and not spoken:
            headers["Upload-Complete"] = "?1"
        if status == TOO_LARGE:
            bounds = await studio.uploads.gate.bounds(actor.tenant)
            headers |= ietf.about_server(bounds)
        answer = problem(request, status, error.code, error.detail, **members)
        answer.headers.update(headers)
        return answer
