"""What one policy decision costs, in this process and without a cache."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from dcs.auth import OPEN_ALL_WEEK
from dcs.core.actor import Actor
from dcs.core.ids import TenantId, UserId
from dcs.engines.decisions.rego import load_rego
from dcs.policy import Action, Resource
from dcs.policy.inputs import input_document
from dcs.studio import policy_folder


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the median and the 99th percentile."""
    engine = load_rego(policy_folder())
    attributes = {"clearance": 2, "department": "sales", "employee": True}
    actor = Actor(UserId("u"), TenantId("acme"), "u", frozenset({"analyst"}), attributes=attributes)
    resource = Resource("version", "v", TenantId("acme"), dataset="d", owner="o", uploaded_by="o")
    document = input_document(actor, Action.READ, resource, datetime.now(UTC), OPEN_ALL_WEEK)
    times = []
    for _ in range(200 if quick else 3_000):
        began = time.perf_counter()
        engine.evaluate(document)
        times.append(time.perf_counter() - began)
    times.sort()
    middle, late = times[len(times) // 2], times[int(len(times) * 0.99)]
    yield (
        "policy decision, median / 99th percentile",
        f"{middle * 1e3:.2f} / {late * 1e3:.2f} ms",
        "1.2 / 5 ms",
    )
