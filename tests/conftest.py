"""What every test may ask for."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the loop the product runs on."""
    return "asyncio"
