"""Health: liveness asks nothing, readiness asks everything this process needs."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dcs.core.clock import rfc3339

Check = Callable[[], Awaitable[None]]
"""A probe: returns when the thing answers, raises when it does not."""

PROBE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one dependency answered, and after how many milliseconds."""

    name: str
    healthy: bool
    latency_ms: float


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The state of this process and of each thing it needs."""

    at: datetime
    checks: tuple[CheckResult, ...]

    @property
    def healthy(self) -> bool:
        """Whether every check passed."""
        return all(check.healthy for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Return the report in the form monitors read."""
        return {
            "service": "dcs",
            "status": "healthy" if self.healthy else "unhealthy",
            "timestamp": rfc3339(self.at),
            "checks": [
                {"name": each.name, "healthy": each.healthy, "latency_ms": each.latency_ms}
                for each in self.checks
            ],
        }


async def run_checks(checks: Mapping[str, Check], at: datetime) -> HealthReport:
    """Run all *checks* side by side, each with a timeout of its own."""
    results = await asyncio.gather(*(_probe(name, check) for name, check in checks.items()))
    return HealthReport(at, tuple(results))


async def _probe(name: str, check: Check) -> CheckResult:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await check()
        healthy = True
    except Exception:  # noqa: BLE001  # whatever the probe raises, the dependency is not healthy
        healthy = False
    return CheckResult(name, healthy, round((time.perf_counter() - began) * 1000, 2))
