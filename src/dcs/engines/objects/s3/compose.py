"""
One object of many segments, by copies inside the store.

The object appears under its hash in one step: with the single copy, or with
the completion of an upload in parts that nobody can read before. A process
that dies in between leaves parts that are invisible, and `recovery` removes
them.
"""

import asyncio
import json
from collections.abc import Sequence

from dcs.core.errors import UnavailableError
from dcs.core.failpoints import reach
from dcs.engines.objects.s3.bucket import Bucket, RefusedError
from dcs.engines.objects.s3.options import S3Options
from dcs.engines.objects.s3.segments import Segment

LARGEST_COPY = 5 * 1024**3
"""S3 copies no more than this in one step."""
COPIED_AT_ONCE = 1024**3
"""Bytes of a part of a larger copy."""


def describe(folder: str, segments: Sequence[Segment]) -> str:
    """Write down which segments make a sealed stream."""
    row = [[f"{folder}/{segment.name}", segment.size] for segment in segments]
    return json.dumps(row)


def described(place: str) -> list[Segment]:
    """Read what `describe` wrote; the names are whole keys."""
    return [Segment(key, size) for key, size in json.loads(place)]


async def compose(
    bucket: Bucket, options: S3Options, parts: Sequence[Segment], target: str, size: int
) -> None:
    """
    Make *target* of the segments, whole or not at all; if it is there already, it stays.

    Raises:
        UnavailableError: The store failed, or a segment is gone.
    """
    if await bucket.size(target) == size:
        return
    match parts:
        case []:
            await bucket.put(target, b"")
        case [only] if only.size <= LARGEST_COPY:
            await bucket.call(
                "copy_object",
                Key=target,
                CopySource={"Bucket": bucket.name, "Key": only.name},
                **options.encryption,
            )
        case _:
            await _join(bucket, options, parts, target, size)
    reach("objects.linked")
    if await bucket.size(target) != size:
        await bucket.remove([target])
        raise UnavailableError("The object store joined the parts wrongly. Send the file again.")


async def copy_object(
    bucket: Bucket, options: S3Options, source: str, target: str, size: int
) -> None:
    """Copy an object inside the store, whole or not at all, whatever its size."""
    whole = {"Bucket": bucket.name, "Key": source}
    if size <= LARGEST_COPY:
        await bucket.call("copy_object", Key=target, CopySource=whole, **options.encryption)
        return
    begun = await bucket.call("create_multipart_upload", Key=target, **options.encryption)
    upload, tags = begun["UploadId"], []
    try:
        for number, start in enumerate(range(0, size, COPIED_AT_ONCE), start=1):
            answer = await bucket.call(
                "upload_part_copy",
                Key=target,
                UploadId=upload,
                PartNumber=number,
                CopySource=whole,
                CopySourceRange=f"bytes={start}-{min(start + COPIED_AT_ONCE, size) - 1}",
            )
            tags.append(str(answer["CopyPartResult"]["ETag"]))
        await _complete(bucket, target, upload, tags, size)
    except BaseException:
        await asyncio.shield(_abort(bucket, target, upload))
        raise


async def _join(
    bucket: Bucket, options: S3Options, parts: Sequence[Segment], target: str, size: int
) -> None:
    begun = await bucket.call("create_multipart_upload", Key=target, **options.encryption)
    upload = begun["UploadId"]
    try:
        tags = await _copy_all(bucket, options, parts, target, upload)
        await _complete(bucket, target, upload, tags, size)
    except BaseException:
        await asyncio.shield(_abort(bucket, target, upload))
        raise


async def _copy_all(
    bucket: Bucket, options: S3Options, parts: Sequence[Segment], target: str, upload: str
) -> list[str]:
    """Copy the segments, a few at a time; return what the store calls each part."""
    slots = asyncio.Semaphore(options.parallel)

    async def copy(number: int, part: Segment) -> str:
        async with slots:
            answer = await bucket.call(
                "upload_part_copy",
                Key=target,
                UploadId=upload,
                PartNumber=number,
                CopySource={"Bucket": bucket.name, "Key": part.name},
            )
        return str(answer["CopyPartResult"]["ETag"])

    tasks = [asyncio.create_task(copy(number, part)) for number, part in enumerate(parts, start=1)]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def _complete(
    bucket: Bucket, target: str, upload: str, tags: Sequence[str], size: int
) -> None:
    row = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, start=1)]
    try:
        await bucket.call(
            "complete_multipart_upload", Key=target, UploadId=upload, MultipartUpload={"Parts": row}
        )
    except RefusedError:
        # Asked again after an answer that was lost, the store knows no such upload any more.
        if await bucket.size(target) != size:
            raise


async def _abort(bucket: Bucket, target: str, upload: str) -> None:
    try:
        await bucket.call("abort_multipart_upload", Key=target, UploadId=upload)
    except UnavailableError:
        return  # the error that led here is told; recovery and the lifecycle rule remove the parts
