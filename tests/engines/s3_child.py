"""A process for the tests to kill: it uploads and tells each offset that it was promised."""

import asyncio
import os
import sys
from pathlib import Path

from pydantic import SecretStr

from dcs.core.failpoints import arm
from dcs.core.ids import TenantId
from dcs.engines.objects.s3 import S3Options, S3Store

CHUNK = 400_000


def content(number: int) -> bytes:
    """Return the chunk of this number."""
    return number.to_bytes(8, "big") * (CHUNK // 8)


async def main(bucket: str, endpoint: str, spool: str, point: str, chunks: int) -> None:
    """Go on with the upload where it ends, and publish it when it is long enough."""
    store = S3Store(
        S3Options(
            bucket,
            endpoint=endpoint,
            access_key=SecretStr(os.environ["CHILD_KEY"]),
            secret_key=SecretStr(os.environ["CHILD_SECRET"]),
            part_size=5 * 1024**2,
            buffer=10 * 1024**2,
            spool=Path(spool),
        )
    )
    arm(point or None)
    tenant = TenantId("acme")
    async with store.resume(tenant, "upload") as turn:
        data = b"".join(content(number) for number in range(chunks))
        while turn.offset < len(data):
            await turn.write(data[turn.offset : turn.offset + CHUNK])
            if turn.offset % 3 == 0 or turn.offset == len(data):
                print(await turn.flush(), flush=True)  # noqa: T201 - the parent reads it
        stored = await store.publish(await turn.seal())
    print(stored.sha256, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5], int(sys.argv[5])))
