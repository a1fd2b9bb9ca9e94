"""Every store function, called for another tenant with this tenant's own keys, finds nothing."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import dcs
from dcs.audit import AuditTrail
from dcs.auth import Absence, Allowance, Calendar, NewAccount
from dcs.auth import store as auth
from dcs.auth.absences import store as absences
from dcs.catalog import NewDataset, Status, StoredContract, Version
from dcs.catalog import store as catalog
from dcs.core.classification import Classification
from dcs.core.clock import ManualClock
from dcs.core.ids import DatasetId, TenantId, UploadId, UserId, VersionId
from dcs.engines.database import Database, Session
from dcs.ingestion import Upload, UploadKind, UploadState
from dcs.ingestion import store as uploads
from dcs.ingestion.importing import store as importing
from dcs.ingestion.importing.models import Import, ImportState
from dcs.policy import Channel, Grant, Grantee, GranteeKind
from dcs.policy.grants import store as grants
from dcs.sharing import store as sharing
from dcs.validation import store as validation
from dcs.validation.recognizers import store as recognizers
from dcs.validation.recognizers.store import RecognizersRevision
from dcs.workflow import About, AboutKind, Notice, NoticeKind
from dcs.workflow import store as workflow
from dcs.workflow.access import AccessRequest
from dcs.workflow.access import store as access
from dcs.workflow.access.drift import Check, Drift
from dcs.workflow.access.drift import store as drift
from dcs.workflow.access.models import RequestState
from dcs.workflow.hosting import store as hosting
from dcs.workflow.notices import store as notices
from dcs.workflow.notices.store import TemplateRevision
from dcs.workflow.templates import store as templates

pytestmark = pytest.mark.anyio

ACME, GLOBEX = TenantId("acme"), TenantId("globex")
NOW = ManualClock().now()
USER, DATASET, VERSION = UserId("u1"), DatasetId("d1"), VersionId("v1")

CLOSED = Calendar(holidays=(NOW.date(),))

UPLOAD = Upload(
    UploadId("o1"), ACME, DATASET, USER, UploadKind.WHOLE, UploadState.OPEN, "f.csv", "", (), 1, None, False, True,
    False, NOW, NOW,
)  # fmt: skip

NOTICE = Notice("n1", USER, NoticeKind.COMMENTED, About(AboutKind.APPROVAL, "a1"), {}, NOW)
DRIFT = Drift("g1", Channel.ROWS, USER, True, False, ("clearance_too_low",), NOW)
TEMPLATE = TemplateRevision(NoticeKind.COMMENTED, 1, "x", "y", USER, NOW)

# What each parameter of a store function is given: keys that exist in ACME.
GIVEN: dict[str, Any] = {
    "user": USER, "login": "paula", "name_or_id": "orders", "dataset_id": DATASET, "version_id": VERSION,
    "version": VERSION, "number": 1, "sha256": "a" * 64, "contract_id": "c1", "digest": "f" * 64, "approval_id": "a1",
    "level": "L1", "state": "closed", "limit": 50, "after": "", "text": "", "before": None, "object_id": "v1",
    "uploaded_by": None, "classification": None, "kind": "token", "key": "k" * 64, "name": "laptop", "now": NOW, "failures": 3,
    "revision": "new", "upload_id": "o1", "import_id": "i1", "source_id": "s1", "at": NOW, "reason": "x", "size": 1, "duplicate": False,
    "allowance": Allowance(1), "paused_until": NOW, "password": "x", "document": {}, "deadline": NOW, "lock": False, "expires": None,
    "recipient": USER, "unread": True, "notice_id": "n1", "about": NOTICE.about, "outcome": "sent",
    "ended_since": NOW - timedelta(days=1), "grant_ids": ["g1"], "found": [], "run": 9,
    "grant_id": "g1", "request_id": "r1", "by": USER, "groups": ["g"],
    "account": USER, "group": "night-shift", "calendar": Calendar("Asia/Tokyo"), "days": [],
    "words_id": "w1", "event": {"x": 1},
    "absence_id": "b1", "deputy": UserId("u2"), "address": "p@example.org",
    "dataset": DATASET, "digests": ["e" * 64], "below": 9, "rows": [],
}  # fmt: skip
# These add rows of the caller's own tenant, from arguments that name no other row.
ADDING = {
    "add_tenant", "add_account", "add_token", "point", "add_dataset", "add_version", "add_contract", "add_blob",
    "keep_report", "keep_view", "add_approval", "add_vote", "put_request", "append", "add_upload", "add_import",
    "add_source", "keep_sketch", "keep_history", "add_revision",
    "add_comment", "add_notice", "add_letter", "keep_template",
    "add_grant", "add_access_request", "keep_check",
    "add_group", "join_groups", "add_member", "add_absence",
    "add_to_ledger", "add_words", "add_template",
}  # fmt: skip
# Where one name means another thing in another function.
APART: dict[str, dict[str, Any]] = {
    "set_retention": {"days": 7}, "set_default_retention": {"days": 7},
    "describe_group": {"text": "x"}, "calendar_revision": {"lock": True}, "set_calendar": {"revision": 7},
    "newest_template": {"classification": Classification.INTERNAL},
    "add_template": {"classification": Classification.INTERNAL, "revision": 2, "set_by": USER},
    "absences_of": {"after": NOW}, "absences_for": {"after": NOW},
    "add_revision": {"new": RecognizersRevision(2, "{}", "a" * 64, USER, NOW)}, "get_revision": {"revision": 1},
    "end_upload": {"state": UploadState.EXPIRED}, "touch_upload": {"expires": NOW}, "expire_part": {"upload_id": "o2"},
    "told": {"kind": NoticeKind.COMMENTED}, "get_template": {"kind": "commented"}, "put_into_letter": {"number": 2},
    "dismiss_upload": {"upload_id": "o3"},
    "change_access_request": {"state": "denied"}, "extend_grant": {"expires": ManualClock().now() + timedelta(days=1)},
    "change_upload": {"state": "x"}, "change_import": {"state": "x"},
}  # fmt: skip
NOTHING = ([], (), {}, set(), None, 0, False)


def seed(session: Session) -> None:
    """Fill every table of ACME."""
    auth.add_tenant(session, "Acme", CLOSED, NOW)
    auth.set_calendar(session, CLOSED, 1)
    auth.add_account(session, USER, NewAccount("paula", groups=("night-shift",)), "hash", NOW)
    auth.add_account(session, UserId("u2"), NewAccount("petra"), "hash", NOW)
    later = NOW + timedelta(days=1)
    absences.add_absence(session, Absence("b1", USER, NOW, later, UserId("u2"), NOW))
    auth.add_token(session, "t1", USER, "laptop", "k" * 64, NOW, None)
    catalog.add_blob(session, "a" * 64, 1, NOW)
    catalog.add_dataset(session, DATASET, NewDataset("orders"), USER, NOW)
    contract = StoredContract("c1", DATASET, "b" * 64, "x", NOW)
    catalog.add_contract(session, contract)
    catalog.add_version(
        session,
        Version(
            VERSION, ACME, DATASET, 1, Status.ACTIVE, "S", 1, None, "f.csv", 1, "a" * 64, USER, NOW
        ),
    )
    catalog.add_version(session, replace(catalog.get_version(session, VERSION), id="v2", number=2))
    catalog.change_version(session, VersionId("v2"), status="quarantined")
    validation.keep_report(session, VERSION, {"x": 1}, NOW)
    validation.keep_sketch(session, VERSION, {"x": 1}, NOW)
    point = {
        "dataset": DATASET, "version": VERSION, "number": 1, "digest": "e" * 64, "check_id": "c",
        "outcome": "PASSED", "observed": 0.0, "threshold": 0.0, "at": NOW,
    }  # fmt: skip
    validation.keep_history(session, VERSION, [point])
    recognizers.add_revision(session, RecognizersRevision(1, "{}", "a" * 64, USER, NOW))
    notices.add_notice(session, NOTICE, "k1")
    notices.add_letter(session, USER, 1, NOW)
    notices.put_into_letter(session, USER, "n1", 1)
    notices.keep_template(session, TEMPLATE)
    templates.add_template(session, Classification.INTERNAL, 1, {"x": 1}, USER, NOW)
    sharing.keep_view(session, "f" * 64, VERSION, "a" * 64, NOW)
    uploads.add_upload(session, UPLOAD)
    uploads.add_upload(session, replace(UPLOAD, id=UploadId("o2"), kind=UploadKind.PARTIAL))
    uploads.complete_upload(session, "o2", size=1, sha256="", version=None, duplicate=False)
    uploads.add_upload(session, replace(UPLOAD, id=UploadId("o3")))
    uploads.complete_upload(session, "o3", size=1, sha256="", version=VERSION, duplicate=False)
    importing.add_import(
        session,
        Import("i1", ACME, DATASET, USER, "https://x", ImportState.WAITING, True, False, NOW),
    )
    importing.add_source(session, "s1", "s3://b/p", USER, NOW)
    grantee = Grantee(GranteeKind.USER, USER)
    grants.add_grant(
        session, Grant("g1", ACME, DATASET, grantee, ("read",), None, None, USER, NOW, NOW)
    )
    asked = AccessRequest(
        "r1", DATASET, USER, "x", ("read",), None, 1, "a" * 64, RequestState.OPEN, NOW
    )
    access.add_access_request(session, asked)
    drift.replace_drift(session, "g1", [DRIFT], 1)
    drift.keep_check(session, Check(1, NOW))
    workflow.add_approval(
        session, id="a1", version=VERSION, dataset=DATASET, requester=USER, state={}, stage="S", progress=1, step=1,
        created_at=NOW,
    )  # fmt: skip
    workflow.put_request(session, "a1", "L1", "open", NOW)
    workflow.add_comment(session, id="m1", approval="a1", author=USER, text="x", at=NOW)
    hosting.add_to_ledger(session, "k" * 64, {"x": 1}, NOW)
    hosting.add_words(session, "w1", "a1", "x")
    workflow.add_vote(
        session,
        id="x1",
        approval="a1",
        level="L1",
        voter=USER,
        decision="approve",
        reason="",
        at=NOW,
    )


def store_functions() -> list[Callable[..., Any]]:
    found = []
    for module in pkgutil.walk_packages(dcs.__path__, "dcs."):
        if module.name.endswith(".store"):
            loaded = importlib.import_module(module.name)
            found += [
                function
                for name, function in inspect.getmembers(loaded, inspect.isfunction)
                if function.__module__ == module.name and not name.startswith("_")
            ]
    return found


def call(function: Callable[..., Any], session: Session) -> Any:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    values = {
        each.name: GIVEN[each.name]
        for each in parameters
        if each.kind is not inspect.Parameter.VAR_KEYWORD
        and (each.default is inspect.Parameter.empty or each.name in GIVEN)
    }
    if function.__name__ == "page":
        values["after"] = 0
    values |= APART.get(function.__name__, {})
    takes_columns = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters)
    if takes_columns and function.__name__ not in APART:
        values["stage" if "approval" in function.__name__ else "status"] = "X"
    return function(session, **values)


def everything(session: Session) -> dict[str, Any]:
    """Return all of a tenant's rows, to see that none of them has changed."""
    from dcs.engines.database import metadata

    return {
        name: sorted(map(repr, session.all(session.select(table))))
        for name, table in metadata.tables.items()
        if name != "outbox"
    }


# They belong to no tenant: one leads to it, the other is the beginning of another function's query.
APART_FROM_TENANTS = {"find", "may_sign_in"}
READING = [
    each
    for each in store_functions()
    if each.__name__ not in ADDING and each.__name__ not in APART_FROM_TENANTS
]


@pytest.mark.parametrize(
    "function", READING, ids=lambda each: f"{each.__module__.split('.')[1]}.{each.__name__}"
)
async def test_a_store_function_finds_and_changes_nothing_of_another_tenant(
    database: Database, function: Callable[..., Any]
) -> None:
    trail = AuditTrail(database, ManualClock())
    await database.write(ACME, seed)
    record = {"actor": "u1", "action": "x", "object_kind": "version", "object_id": "v1"}
    await database.write(ACME, lambda s: trail.record(s, **record))
    before = await database.read(ACME, everything)
    own = await database.write(ACME, lambda s: call(function, s))
    changed = await database.read(ACME, everything)
    found = await database.write(GLOBEX, lambda s: call(function, s))
    assert await database.read(ACME, everything) == changed
    if function.__name__ == "head":
        assert found[0] == 0
    elif function.__name__ == "next_number":
        assert found is None
    else:
        assert found in NOTHING, found
    assert (
        own not in NOTHING
        or changed != before
        or function.__name__ in {"forget_expired", "same_content"}
    )


def test_every_store_function_is_either_walked_or_adds_rows_of_its_own() -> None:
    names = {each.__name__ for each in store_functions()}
    assert names >= ADDING
    assert len(READING) >= 35
