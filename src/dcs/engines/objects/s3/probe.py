"""What an S3 service really does, found out at the start instead of believed."""

import secrets
from dataclasses import asdict, dataclass

import structlog

from dcs.core.errors import UnavailableError
from dcs.engines.objects import ObjectNotFoundError
from dcs.engines.objects.s3.bucket import Bucket, RefusedError
from dcs.engines.objects.s3.options import S3Options

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """
    What the store does.

    Attributes:
        reads_own_writes: An object is there, whole, once its write was answered.
        lists_own_writes: And a list shows it.
        joins_parts: An object can be made of copies of others.
        lists_parts: Unfinished joins can be found and ended.
        refuses_overwriting: A conditional write has an effect. Nothing here relies on it.
        encryption: What the store says it encrypts with; None if it says nothing.
        checks_sha256: The store repeats the SHA-256 of what it was given.
    """

    reads_own_writes: bool
    lists_own_writes: bool
    joins_parts: bool
    lists_parts: bool
    refuses_overwriting: bool
    encryption: str | None
    checks_sha256: bool


async def probe(bucket: Bucket, options: S3Options, folder: str) -> Capabilities:
    """
    Try everything on objects of a folder of its own, which is empty afterwards.

    Raises:
        UnavailableError: Something is missing that no upload can do without,
            or the encryption that was asked for does not take place.
    """
    place = f"{folder}/{secrets.token_hex(8)}"
    try:
        found = await _try(bucket, options, place)
    finally:
        await bucket.remove_folder(place)
    log.info("object_store_probed", **asdict(found))
    _require(found, options)
    return found


async def _try(bucket: Bucket, options: S3Options, place: str) -> Capabilities:
    key = f"{place}/one"
    await bucket.put(key, b"first")
    await bucket.put(key, b"second")
    listed = [entry.size async for entry in bucket.entries(place)]
    joins, lists = await _try_parts(bucket, options, key, f"{place}/two")
    answer = await _answer(bucket, options, f"{place}/three")
    return Capabilities(
        reads_own_writes=await _read(bucket, key) == b"second",
        lists_own_writes=listed == [len(b"second")],
        joins_parts=joins,
        lists_parts=lists,
        refuses_overwriting=await _refuses(bucket, key),
        encryption=answer.get("ServerSideEncryption"),
        checks_sha256=bool(answer.get("ChecksumSHA256")),
    )


async def _try_parts(
    bucket: Bucket, options: S3Options, source: str, target: str
) -> tuple[bool, bool]:
    """Join a part, and find an unfinished join and end it."""
    try:
        begun = await bucket.call("create_multipart_upload", Key=target, **options.encryption)
        known = {"Key": target, "UploadId": begun["UploadId"]}
        part = await bucket.call(
            "upload_part_copy",
            PartNumber=1,
            CopySource={"Bucket": bucket.name, "Key": source},
            **known,
        )
        tag = part["CopyPartResult"]["ETag"]
        found = await bucket.pages("list_multipart_uploads", "Uploads", Prefix=target)
        await bucket.call(
            "complete_multipart_upload",
            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]},
            **known,
        )
        left = await bucket.call("create_multipart_upload", Key=f"{target}-left")
        await bucket.call("abort_multipart_upload", Key=f"{target}-left", UploadId=left["UploadId"])
    except RefusedError as refusal:
        log.warning("object_store_refused", reason=refusal.reason)
        return False, False
    joined = await _read(bucket, target) == await _read(bucket, source)
    return joined, known["UploadId"] in [upload["UploadId"] for upload in found]


async def _answer(bucket: Bucket, options: S3Options, key: str) -> dict[str, str]:
    """Return what the store says of an object it has just been given."""
    try:
        return await bucket.call(
            "put_object", Key=key, Body=b"x", ChecksumAlgorithm="SHA256", **options.encryption
        )
    except RefusedError:
        return await bucket.call("put_object", Key=key, Body=b"x", **options.encryption)


async def _refuses(bucket: Bucket, key: str) -> bool:
    try:
        await bucket.call("put_object", Key=key, Body=b"third", IfNoneMatch="*")
    except RefusedError:
        return True
    return False


async def _read(bucket: Bucket, key: str) -> bytes | None:
    try:
        return await bucket.get(key)
    except ObjectNotFoundError:
        return None


def _require(found: Capabilities, options: S3Options) -> None:
    missing = [
        text
        for text, there in (
            ("reading what was just written", found.reads_own_writes),
            ("listing what was just written", found.lists_own_writes),
            ("joining an object of copies of others", found.joins_parts),
            ("listing unfinished joins", found.lists_parts),
        )
        if not there
    ]
    wanted = options.encryption.get("ServerSideEncryption")
    if wanted is not None and found.encryption != wanted:
        missing.append(f"encryption with {wanted}")
    if missing:
        raise UnavailableError(
            f"The object store lacks {', '.join(missing)}. Use another store or other settings."
        )
