"""People through the client: groups, calendar, absences and one's own address."""

from datetime import UTC, datetime, timedelta

import pytest

from dcs.sdk import Client, ConflictProblem, ForbiddenProblem, NotFoundProblem
from tests.sdk.conftest import Served


def test_an_admin_looks_after_groups_and_the_calendar(served: Served) -> None:
    with Client(served.url, served.token("admin")) as client:
        people = client.people
        people.set_group("odd name", "for tests")
        assert people.add_member("odd name", "steward")["members"] == 1
        assert [each["login"] for each in people.group("odd name")["accounts"]] == ["steward"]
        assert people.remove_member("odd name", "steward")["members"] == 0
        assert [each["name"] for each in people.groups()] == ["odd name"]
        people.remove_group("odd name")
        with pytest.raises(NotFoundProblem):
            people.group("odd name")
        before = people.calendar()["revision"]
        holiday = {"day": "2026-12-25", "name": "Christmas"}
        kept = people.set_calendar("UTC", [1, 2], 0, 24, [holiday], before)
        assert (kept["holidays"], kept["weekdays"]) == ([holiday], [1, 2])
        with pytest.raises(ConflictProblem):
            people.set_calendar("UTC", [1, 2], 0, 24, [], before)


def test_everybody_looks_after_their_own(served: Served) -> None:
    with Client(served.url, served.token("steward")) as client:
        people = client.people
        starts = datetime.now(UTC) + timedelta(hours=1)
        ends = starts + timedelta(days=2)
        made = people.add_absence(starts.isoformat(), ends.isoformat(), "steward2")
        assert people.absences()["items"] == [made]
        people.remove_absence(made["id"])
        assert people.absences() == {"items": [], "next": None, "standing_in": []}
        with pytest.raises(ForbiddenProblem):
            people.absences("producer")
        assert people.set_email("s@example.org") == "s@example.org"
        assert client.whoami()["attributes"]["email"] == "s@example.org"
        assert people.set_email(None) is None
