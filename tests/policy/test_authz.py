"""The shipped policy, rule by rule: who may do what, and why not."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dcs.auth import Calendar
from dcs.core.actor import ActorKind
from dcs.core.classification import Classification
from dcs.core.ids import TenantId
from dcs.policy import GRANTABLE, Action, AuditLevel, Resource
from tests.policy.conftest import Ask, someone, something

READS = [Action.PREVIEW, Action.READ, Action.DOWNLOAD]
PUBLIC, INTERNAL, CONFIDENTIAL, SECRET = Classification
ANALYST = {"roles": ("analyst",)}
TRAINED = {"gdpr_training_until": "2026-12-31T00:00:00Z"}


def analyst(**attributes: object):
    return someone(roles=("analyst",), attributes={"clearance": 3, **attributes})


@pytest.mark.parametrize("action", list(Action))
def test_another_tenants_things_are_never_allowed_whatever_the_action(
    ask: Ask, action: Action
) -> None:
    stranger = someone(
        tenant="globex",
        roles=("producer", "steward", "analyst", "auditor", "admin"),
        attributes={"clearance": 3, **TRAINED},
    )
    decision = ask(stranger, action, something(owner="u1", uploaded_by="u1"))
    assert not decision.allow
    assert "other_tenant" in decision.deny
    assert decision.clear_tags == frozenset()


@pytest.mark.parametrize("level", list(Classification))
@pytest.mark.parametrize("clearance", [0, 1, 2, 3])
def test_a_reader_needs_the_clearance_of_the_classification(
    ask: Ask, level: Classification, clearance: int
) -> None:
    reader = someone(**ANALYST, attributes={"clearance": clearance})
    decision = ask(reader, Action.READ, something(classification=level))
    assert decision.allow is (clearance >= level.level)
    assert ("clearance_too_low" in decision.deny) is (clearance < level.level)


@pytest.mark.parametrize("clearance", ["3", None, True, [3], ..., {"n": 3}])
def test_a_clearance_that_is_not_a_number_is_none(ask: Ask, clearance: object) -> None:
    reader = someone(**ANALYST, attributes={"clearance": clearance})
    assert "clearance_too_low" in ask(reader, Action.READ, something()).deny


@pytest.mark.parametrize("action", READS)
@pytest.mark.parametrize(
    "status", ["receiving", "inspecting", "validating", "validated", "checking", "awaiting_approval",
               "activating", "quarantined", "returned", "rejected", "cancelled", "failed", "ACTIVE", "none", ""]
)  # fmt: skip
def test_nothing_is_read_by_others_before_it_is_active(
    ask: Ask, action: Action, status: str
) -> None:
    decision = ask(analyst(**TRAINED), action, something(status=status))
    assert decision.deny == ("not_active",)


def test_its_uploader_and_reviewers_may_preview_it_before_and_nothing_more(ask: Ask) -> None:
    waiting = something(status="awaiting_approval", uploaded_by="u1", requester="u1")
    assert ask(someone(), Action.PREVIEW, waiting).allow
    assert not ask(someone(), Action.READ, waiting).allow
    steward = someone(id="u2", roles=("steward",))
    assert ask(steward, Action.PREVIEW, waiting).allow
    assert not ask(steward, Action.READ, waiting).allow
    assert not ask(steward, Action.DOWNLOAD, waiting).allow


@pytest.mark.parametrize("level", [CONFIDENTIAL, SECRET])
def test_confidential_data_stays_in_its_department(ask: Ask, level: Classification) -> None:
    theirs = something(classification=level, department="research")
    assert ask(analyst(), Action.READ, theirs).deny == ("other_department",)
    assert ask(
        analyst(department=...), Action.READ, something(classification=level, department=None)
    ).deny == ("other_department",)
    assert ask(analyst(), Action.READ, something(classification=level)).allow


def test_the_department_limits_reads_and_not_votes(ask: Ask) -> None:
    waiting = something(
        classification=CONFIDENTIAL, department="research", status="awaiting_approval"
    )
    steward = someone(roles=("steward",), attributes={"clearance": 2, "department": "governance"})
    assert ask(steward, Action.APPROVE, waiting).allow
    assert ask(steward, Action.PREVIEW, waiting).allow
    active = something(classification=CONFIDENTIAL, department="research")
    assert "other_department" in ask(steward, Action.PREVIEW, active).deny


def test_nobody_decides_on_their_own_request(ask: Ask) -> None:
    steward = someone(roles=("steward",))
    waiting = something(status="awaiting_approval")
    assert ask(steward, Action.APPROVE, waiting).allow
    own = something(status="awaiting_approval", requester="u1")
    assert ask(steward, Action.APPROVE, own).deny == ("own_request",)
    unknown = something(status="awaiting_approval", requester=None)
    assert ask(steward, Action.APPROVE, unknown).deny == ("own_request",)


def test_voting_needs_the_role(ask: Ask) -> None:
    for role in ("producer", "consumer", "analyst", "auditor", "admin"):
        assert not ask(
            someone(roles=(role,)), Action.APPROVE, something(status="awaiting_approval")
        ).allow


@pytest.mark.parametrize("contains", [True, None])
def test_personal_data_leaves_only_with_trained_people(ask: Ask, contains: bool | None) -> None:
    personal = something(contains_personal_data=contains)
    assert ask(analyst(), Action.DOWNLOAD, personal).deny == ("training_required",)
    assert ask(analyst(**TRAINED), Action.DOWNLOAD, personal).allow
    assert ask(analyst(), Action.READ, personal).allow
    assert ask(analyst(), Action.DOWNLOAD, something()).allow


@pytest.mark.parametrize(
    "until", ["2026-03-03T11:59:59Z", "yesterday", "", 9e18, None, "2027-01-01"]
)
def test_a_training_that_has_ended_or_cannot_be_read_is_none(ask: Ask, until: object) -> None:
    decision = ask(
        analyst(gdpr_training_until=until), Action.DOWNLOAD, something(contains_personal_data=True)
    )
    assert decision.deny == ("training_required",)


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        (datetime(2026, 3, 3, 8, 59, tzinfo=UTC), True),  # 9:59 in Vienna
        (datetime(2026, 3, 3, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 16, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 3, 17, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 7, 12, 0, tzinfo=UTC), False),  # Saturday
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), False),  # Monday already, but night
    ],
)
def test_data_leaves_in_working_hours_of_the_tenants_own_zone(
    ask: Ask, moment: datetime, open_now: bool
) -> None:
    vienna = Calendar("Europe/Vienna")
    decision = ask(analyst(), Action.DOWNLOAD, something(), now=moment, calendar=vienna)
    assert ("outside_working_hours" not in decision.deny) is open_now
    robot = someone(**ANALYST, kind=ActorKind.SERVICE)
    assert ask(robot, Action.DOWNLOAD, something(), now=moment, calendar=vienna).allow
    assert ask(analyst(), Action.READ, something(), now=moment, calendar=vienna).allow


@pytest.mark.parametrize(
    "action",
    [Action.SET_GROUPS, Action.SET_CALENDAR, Action.SET_ABSENCES, Action.SET_EMAIL],
)
def test_people_and_their_calendar_are_looked_after_by_admins_alone(
    ask: Ask, action: Action
) -> None:
    here = Resource("tenant", "acme", TenantId("acme"))
    for role in ("producer", "steward", "consumer", "analyst", "auditor", ""):
        assert ask(someone(roles=(role,)), action, here).codes == ("no_grant",)
    assert ask(someone(roles=("admin",)), action, here).allow


@pytest.mark.parametrize(
    ("holiday", "open_now"),
    [
        (date(2026, 3, 3), False),
        (date(2026, 3, 2), True),
        (date(2026, 3, 4), True),
    ],
)
def test_no_data_leaves_on_a_holiday(ask: Ask, holiday: date, open_now: bool) -> None:
    closed = Calendar(holidays=(holiday,))
    decision = ask(analyst(), Action.DOWNLOAD, something(), calendar=closed)
    assert ("outside_working_hours" not in decision.deny) is open_now
    assert ask(analyst(), Action.READ, something(), calendar=closed).allow


def test_a_holiday_is_a_day_of_the_tenants_own_zone(ask: Ask) -> None:
    """At 23:30 UTC of the 2nd it is the 3rd in Tokyo."""
    moment = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    tokyo = Calendar("Asia/Tokyo", (1, 2, 3, 4, 5), 0, 24, (date(2026, 3, 3),))
    decision = ask(analyst(), Action.DOWNLOAD, something(), now=moment, calendar=tokyo)
    assert "outside_working_hours" in decision.deny
    utc = replace(tokyo, timezone="UTC")
    assert ask(analyst(), Action.DOWNLOAD, something(), now=moment, calendar=utc).allow


def test_a_calendar_that_cannot_be_read_is_closed(ask: Ask) -> None:
    broken = Calendar("Nowhere/Land")
    assert (
        "outside_working_hours"
        in ask(analyst(), Action.DOWNLOAD, something(), calendar=broken).deny
    )


def grant(**changes: object) -> dict[str, object]:
    whole = {
        "id": "g1",
        "tenant": "acme",
        "dataset": "d1",
        "grantee": {"kind": "user", "id": "u1"},
        "actions": ["read"],
        "columns": None,
        "expires_ns": 1_900_000_000_000_000_000,
        "revoked": False,
        **changes,
    }
    return {key: value for key, value in whole.items() if value is not ...}


def granted(**changes: object):
    return something(classification=CONFIDENTIAL, department="research", grants=[grant(**changes)])


def cleared(**changes: object):
    return someone(attributes={"clearance": 2}, **changes)


def test_a_grant_opens_the_data_to_whom_it_names(ask: Ask) -> None:
    decision = ask(cleared(), Action.READ, granted())
    assert decision.allow
    assert decision.grant == ("grant:g1",)


@pytest.mark.parametrize(
    "changes",
    [
        {"grantee": {"kind": "user", "id": "u2"}},
        {"grantee": {"kind": "group", "id": "u1"}},
        {"grantee": {"kind": "tenant", "id": "acme"}},
        {"grantee": {"id": "u1"}},
        {"grantee": None},
        {"grantee": "u1"},
        {"tenant": "globex"},
        {"dataset": "d2"},
        {"actions": ["preview"]},
        {"actions": "read"},
        {"expires_ns": 1_600_000_000_000_000_000},
        {"expires_ns": "never"},
        {"revoked": True},
        {"revoked": None},
        {"id": None},
        {"columns": ...},
        {"columns": "email"},
        {"columns": True},
    ],
    ids=str,
)
def test_a_grant_counts_for_nobody_and_nothing_else(ask: Ask, changes: dict[str, object]) -> None:
    assert not ask(cleared(), Action.READ, granted(**changes)).allow


def test_one_persons_grant_does_not_open_it_to_their_colleagues(ask: Ask) -> None:
    assert not ask(cleared(id="u2"), Action.READ, granted()).allow


def test_a_groups_grant_counts_for_its_members(ask: Ask) -> None:
    to_group = granted(grantee={"kind": "group", "id": "night-shift"})
    assert ask(cleared(groups=("night-shift",)), Action.READ, to_group).allow
    assert not ask(cleared(), Action.READ, to_group).allow


def test_a_grant_does_not_replace_clearance_or_activation(ask: Ask) -> None:
    assert "clearance_too_low" in ask(someone(), Action.READ, granted()).deny
    waiting = something(grants=[grant()], status="awaiting_approval")
    assert "not_active" in ask(cleared(), Action.READ, waiting).deny


def test_whoever_reads_by_a_grant_gets_the_columns_it_names(ask: Ask) -> None:
    assert ask(cleared(), Action.READ, granted()).columns is None
    assert ask(cleared(), Action.READ, granted(columns=["b", "a"])).columns == {"a", "b"}
    both = something(
        classification=CONFIDENTIAL,
        department="research",
        grants=[grant(columns=["a"]), grant(id="g2", columns=["b"])],
    )
    assert ask(cleared(), Action.READ, both).columns == {"a", "b"}
    one_whole = [grant(columns=["a"]), grant(id="g2")]
    whole = something(classification=CONFIDENTIAL, department="research", grants=one_whole)
    assert ask(cleared(), Action.READ, whole).columns is None


def test_another_reason_to_read_shows_all_columns_unless_the_grant_stands_in_for_it(
    ask: Ask,
) -> None:
    part = [grant(columns=["a"])]
    analysts = someone(**ANALYST, attributes={"clearance": 3})
    assert ask(analysts, Action.READ, something(grants=part)).columns is None
    own = something(classification=CONFIDENTIAL, grants=part)
    assert ask(analysts, Action.READ, own).columns is None
    theirs = something(classification=CONFIDENTIAL, department="research", grants=part)
    decision = ask(analysts, Action.READ, theirs)
    assert decision.grant == ("grant:g1", "role:analyst")
    assert decision.columns == {"a"}


def test_a_part_of_the_columns_gives_no_report(ask: Ask) -> None:
    may = granted(actions=["report", "list"], columns=["a"])
    assert not ask(cleared(), Action.REPORT, may).allow
    assert ask(cleared(), Action.LIST, may).allow
    assert ask(cleared(), Action.REPORT, granted(actions=["report"])).allow


def test_a_denied_request_gives_no_column(ask: Ask) -> None:
    assert ask(cleared(), Action.READ, granted(revoked=True)).columns == frozenset()


def asked(**changes: object):
    """Return an access request of u1 for somebody else's data of another department."""
    defaults = {"kind": "access_request", "requester": "u1", "classification": CONFIDENTIAL}
    return something(**{**defaults, "department": "research", **changes})


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (Action.REQUEST_ACCESS, {"producer", "steward", "consumer", "analyst"}),
        (Action.DECIDE_ACCESS, {"steward"}),
        (Action.REVOKE_GRANT, {"steward"}),
        (Action.SEE_GRANTS, {"steward", "auditor", "admin"}),
    ],
)
def test_roles_ask_decide_revoke_and_see(ask: Ask, action: Action, roles: set[str]) -> None:
    everybody = {"producer", "steward", "consumer", "analyst", "auditor", "admin", "unknown", ""}
    kind = "dataset" if action is Action.REQUEST_ACCESS else "access_request"
    resource = asked(kind=kind, requester="u2")
    assert {
        role for role in everybody if ask(someone(roles=(role,)), action, resource).allow
    } == roles


def test_an_owner_decides_revokes_and_sees_without_any_role(ask: Ask) -> None:
    theirs = asked(owner="u1", requester="u2")
    for action in (Action.DECIDE_ACCESS, Action.REVOKE_GRANT, Action.SEE_GRANTS):
        assert ask(someone(), action, theirs).grant == ("owner",)
        assert ask(someone(id="u3"), action, theirs).deny == ()
        assert not ask(someone(id="u3"), action, theirs).allow


@pytest.mark.parametrize("requester", ["u1", None, 1, ""])
def test_nobody_decides_on_their_own_access_even_as_its_owner(ask: Ask, requester: object) -> None:
    decider = someone(roles=("steward",))
    decision = ask(decider, Action.DECIDE_ACCESS, asked(owner="u1", requester=requester))
    assert decision.allow is (requester == "")
    assert ("own_request" in decision.deny) is (requester != "")


@pytest.mark.parametrize("kind", ["access_request", "grant"])
def test_whoever_asked_sees_it_and_ends_no_grant(ask: Ask, kind: str) -> None:
    assert ask(someone(), Action.SEE_GRANTS, asked(kind=kind)).grant == ("requester",)
    assert not ask(someone(), Action.REVOKE_GRANT, asked(kind=kind)).allow
    assert not ask(someone(), Action.SEE_GRANTS, asked(kind="dataset")).allow
    assert not ask(someone(id="u2"), Action.SEE_GRANTS, asked(kind=kind)).allow


def test_only_whoever_asked_goes_on_with_a_request(ask: Ask) -> None:
    assert ask(someone(), Action.REQUEST_ACCESS, asked()).allow
    assert ask(someone(), Action.REQUEST_ACCESS, asked(status="none")).allow
    for role in ("steward", "consumer", "admin"):
        other = someone(id="u2", roles=(role,))
        assert ask(other, Action.REQUEST_ACCESS, asked()).deny == ("not_your_request",)


def test_what_may_not_be_found_or_is_not_active_cannot_be_asked_for(ask: Ask) -> None:
    consumer = someone(roles=("consumer",), attributes={"clearance": 2})
    dataset = asked(kind="dataset", requester=None)
    assert ask(consumer, Action.REQUEST_ACCESS, dataset).allow
    secret = asked(kind="dataset", requester=None, classification=SECRET)
    assert ask(consumer, Action.REQUEST_ACCESS, secret).deny == ("clearance_too_low",)
    waiting = asked(kind="dataset", requester=None, status="none")
    assert ask(consumer, Action.REQUEST_ACCESS, waiting).deny == ("not_active",)


@pytest.mark.parametrize("action", sorted(set(Action) - GRANTABLE))
def test_no_grant_gives_a_say_in_access(ask: Ask, action: Action) -> None:
    every = grant(actions=[each.value for each in Action])
    resource = asked(kind="version", requester="u2", grants=[every])
    assert ask(cleared(), Action.READ, resource).allow
    assert not ask(cleared(), action, resource).allow


@pytest.mark.parametrize("clearance", [0, 1, 2, 3, 4])
def test_personal_data_is_clear_from_clearance_three(ask: Ask, clearance: int) -> None:
    reader = someone(**ANALYST, attributes={"clearance": clearance})
    clear = ask(reader, Action.READ, something(classification=PUBLIC)).clear_tags
    assert bool(clear) is (clearance >= 3)
    assert "UNKNOWN_TAG" not in clear


def test_internal_data_is_for_employees(ask: Ask) -> None:
    assert ask(someone(), Action.READ, something()).grant == ("internal",)
    for value in (False, None, "true", 1, ...):
        assert not ask(someone(attributes={"employee": value}), Action.READ, something()).allow


def test_confidential_data_is_for_its_department_and_its_owner(ask: Ask) -> None:
    theirs = something(classification=CONFIDENTIAL)
    assert ask(cleared(), Action.READ, theirs).grant == ("department",)
    own = something(classification=CONFIDENTIAL, owner="u1")
    assert ask(cleared(), Action.READ, own).grant == ("department", "owner")


def test_people_find_what_they_would_have_to_ask_for_unless_it_is_secret(ask: Ask) -> None:
    consumer = someone(roles=("consumer",), attributes={"clearance": 0})
    assert ask(consumer, Action.LIST, something(classification=CONFIDENTIAL)).allow
    assert not ask(consumer, Action.LIST, something(classification=SECRET)).allow
    assert not ask(consumer, Action.REPORT, something(classification=CONFIDENTIAL)).allow
    assert not ask(consumer, Action.LIST, something(status="validating")).allow


@pytest.mark.parametrize("role", ["steward", "auditor", "admin"])
def test_those_who_oversee_see_what_is_not_active_yet(ask: Ask, role: str) -> None:
    overseer = someone(roles=(role,), attributes={"clearance": 0})
    hidden = something(status="validating", classification=SECRET)
    assert ask(overseer, Action.LIST, hidden).allow
    assert ask(overseer, Action.REPORT, hidden).allow


def test_a_legal_hold_keeps_everything_as_it_is(ask: Ask) -> None:
    owner = someone(roles=("producer",))
    assert ask(owner, Action.UPLOAD, something(owner="u1")).allow
    for action in (Action.UPLOAD, Action.SET_CONTRACT, Action.SET_RETENTION):
        assert ask(owner, action, something(owner="u1", legal_hold=True)).deny == ("legal_hold",)


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (Action.AUDIT_READ, {"auditor", "admin"}),
        (Action.AUDIT_VERIFY, {"auditor", "admin"}),
        (Action.METRICS, {"admin"}),
        (Action.CREATE, {"producer", "admin"}),
        (Action.UPLOAD, {"producer"}),
        (Action.SET_RETENTION, {"producer"}),
        (Action.SET_DEFAULT_RETENTION, {"admin"}),
        (Action.APPROVE, {"steward"}),
        (Action.CANCEL, {"admin"}),
        (Action.EXPEDITE, {"steward", "admin"}),
        (Action.COMMENT, {"steward", "admin"}),
    ],
)
def test_roles_give_exactly_their_actions(ask: Ask, action: Action, roles: set[str]) -> None:
    everybody = {"producer", "steward", "consumer", "analyst", "auditor", "admin", "unknown", ""}
    resource = something(status="awaiting_approval")
    assert {
        role for role in everybody if ask(someone(roles=(role,)), action, resource).allow
    } == roles


def test_every_denial_and_every_read_is_fully_audited(ask: Ask) -> None:
    assert ask(someone(), Action.READ, something()).audit is AuditLevel.FULL
    assert (
        ask(someone(), Action.LIST, something(tenant=TenantId("globex"))).audit is AuditLevel.FULL
    )
    assert ask(someone(roles=("consumer",)), Action.LIST, something()).audit is AuditLevel.BASIC
