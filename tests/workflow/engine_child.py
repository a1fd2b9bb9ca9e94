"""A process that does the durable work its environment names, for the tests to kill."""

import asyncio

from dcs.core.settings import Settings
from dcs.studio import open_studio


async def main() -> None:
    """Work until killed."""
    async with open_studio(Settings()) as studio:
        print("working", flush=True)  # noqa: T201 - the parent reads it
        await studio.work()


if __name__ == "__main__":
    asyncio.run(main())
