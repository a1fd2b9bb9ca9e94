"""The people of an organisation: groups, calendar, absences and addresses."""

from collections.abc import Sequence
from typing import Any

from dcs.sdk.connection import Connection, Json, path_of


class People:
    """Who belongs together, when the organisation works, and who is away."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def groups(self) -> list[Json]:
        """Return the groups with how many belong to each, in the order of their names."""
        items: list[Json] = self._connection.json("GET", "/api/v1/groups")["items"]
        return items

    def group(self, name: str) -> Json:
        """Return a group and the ``accounts`` that belong to it."""
        return self._connection.json("GET", path_of("groups", name))

    def set_group(self, name: str, description: str = "") -> Json:
        """Add a group, or say anew what it is for; who belongs to it stays."""
        path = path_of("groups", name)
        return self._connection.json("PUT", path, json={"description": description})

    def remove_group(self, name: str) -> None:
        """Remove a group; nobody belongs to it any more."""
        self._connection.send("DELETE", path_of("groups", name))

    def add_member(self, group: str, user: str) -> Json:
        """Let somebody, by login or id, belong to a group."""
        return self._connection.json("PUT", path_of("groups", group, "members", user))

    def remove_member(self, group: str, user: str) -> Json:
        """Let somebody belong to a group no more."""
        return self._connection.json("DELETE", path_of("groups", group, "members", user))

    def calendar(self) -> Json:
        """Return ``timezone``, ``weekdays``, ``opens``, ``closes``, ``holidays`` and ``revision``."""
        return self._connection.json("GET", "/api/v1/calendar")

    def set_calendar(
        self,
        timezone: str,
        weekdays: Sequence[int],
        opens: int,
        closes: int,
        holidays: Sequence[Json] = (),
        expected: int | None = None,
    ) -> Json:
        """
        Change when the organisation works.

        Args:
            timezone: An IANA name.
            weekdays: 1 for Monday to 7 for Sunday.
            opens: The first open hour.
            closes: The hour at which the day ends, up to 24.
            holidays: Each with ``day`` (YYYY-MM-DD) and ``name``.
            expected: The revision it replaces; without it whatever is there.
        """
        headers = {} if expected is None else {"If-Match": f'"{expected}"'}
        body = {
            "timezone": timezone,
            "weekdays": list(weekdays),
            "opens": opens,
            "closes": closes,
            "holidays": list(holidays),
        }
        return self._connection.json("PUT", "/api/v1/calendar", json=body, headers=headers)

    def absences(self, account: str | None = None) -> Json:
        """
        Return your absences as ``items``, and those in which you stand in as ``standing_in``.

        Args:
            account: The login or id of somebody else; for admins.
        """
        query = {} if account is None else {"account": account}
        return self._connection.json("GET", "/api/v1/absences", params=query)

    def add_absence(self, starts: str, ends: str, deputy: str, account: str | None = None) -> Json:
        """
        Say that somebody is away.

        Args:
            starts: A day (YYYY-MM-DD), or an instant (RFC 3339).
            ends: The last day, or the instant of coming back.
            deputy: The login or id of who stands in.
            account: Who is away; without it you. For admins.
        """
        body: dict[str, Any] = {"starts": starts, "ends": ends, "deputy": deputy}
        named = {} if account is None else {"account": account}
        return self._connection.json("POST", "/api/v1/absences", json={**body, **named})

    def remove_absence(self, absence: str) -> None:
        """End an absence at once, or let it not begin."""
        self._connection.send("DELETE", path_of("absences", absence))

    def set_email(self, address: str | None, user: str | None = None) -> str | None:
        """
        Let letters go to *address*; None lets them go nowhere.

        Args:
            address: One plain address.
            user: Somebody else's login or id; for admins.
        """
        path = "/api/v1/me/email" if user is None else path_of("users", user, "email")
        kept: str | None = self._connection.json("PUT", path, json={"email": address})["email"]
        return kept
