"""Ask the shipped policy a question in a few words."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from dcs.auth import OPEN_ALL_WEEK, Calendar
from dcs.core.actor import Actor, ActorKind
from dcs.core.classification import Classification
from dcs.core.ids import TenantId, UserId
from dcs.engines.decisions.rego import RegoEngine, load_rego
from dcs.policy import Action, Decision, Resource
from dcs.policy.inputs import input_document, read_answer
from dcs.studio import policy_folder

TUESDAY_NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
Ask = Callable[..., Decision]


def someone(**changes: Any) -> Actor:
    """Return an employee of sales in acme with clearance 1 and no role."""
    attributes = {
        "clearance": 1,
        "department": "sales",
        "employee": True,
        **changes.pop("attributes", {}),
    }
    return Actor(
        id=UserId(changes.pop("id", "u1")),
        tenant=TenantId(changes.pop("tenant", "acme")),
        login="someone",
        roles=frozenset(changes.pop("roles", ())),
        groups=frozenset(changes.pop("groups", ())),
        attributes={key: value for key, value in attributes.items() if value is not ...},
        kind=changes.pop("kind", ActorKind.PERSON),
        **changes,
    )


def something(**changes: Any) -> Resource:
    """Return an active INTERNAL version of sales in acme without personal data, somebody else's."""
    defaults: dict[str, Any] = {
        "kind": "version",
        "id": "v1",
        "tenant": TenantId("acme"),
        "dataset": "d1",
        "classification": Classification.INTERNAL,
        "status": "active",
        "department": "sales",
        "owner": "owner",
        "uploaded_by": "uploader",
        "requester": "uploader",
        "contains_personal_data": False,
        "malware": "clean",
    }
    return Resource(**{**defaults, **changes})


@pytest.fixture(scope="session")
def engine() -> RegoEngine:
    return load_rego(policy_folder())


@pytest.fixture
def ask(engine: RegoEngine) -> Ask:
    def decide(
        actor: Actor,
        action: Action,
        resource: Resource,
        *,
        now: datetime = TUESDAY_NOON,
        calendar: Calendar = OPEN_ALL_WEEK,
    ) -> Decision:
        document = input_document(actor, action, resource, now, calendar)
        return read_answer(engine.evaluate(document), action, engine.revision, now)

    return decide
