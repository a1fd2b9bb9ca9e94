"""What those do who look after an organisation: the quarantine, its limits, its sources."""

from typing import Any

from dcs.sdk.connection import Connection, Json, path_of


class Administration:
    """The administration of the organisation of whoever is signed in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def quarantine(self) -> list[Json]:
        """Return the files in quarantine that you may look after, newest first."""
        items: list[Json] = self._connection.json("GET", "/api/v1/quarantine")["items"]
        return items

    def release(self, version: str, reason: str) -> Json:
        """Let a file in quarantine go on; the reason stays with it."""
        path = path_of("quarantine", version, "release")
        return self._connection.json("POST", path, json={"reason": reason})

    def discard(self, version: str, reason: str) -> Json:
        """Remove a file in quarantine; the reason stays with it."""
        path = path_of("quarantine", version, "discard")
        return self._connection.json("POST", path, json={"reason": reason})

    def tenant(self, tenant: str) -> Json:
        """Return your organisation and what it may send."""
        return self._connection.json("GET", path_of("tenants", tenant))

    def change_tenant(self, tenant: str, **limits: Any) -> Json:
        """
        Change ``max_file_size``, ``max_storage``, ``supported_formats`` or ``retention_days``.

        None ends a limit, and leaves the retention to each dataset.
        """
        return self._connection.json("PATCH", path_of("tenants", tenant), json=limits)

    def recognizers(self, revision: int | None = None) -> tuple[int, str]:
        """
        Return what your organisation knows of its personal data: the revision, and its document.

        Args:
            revision: An earlier one; without it the one in force.
        """
        query = {} if revision is None else {"revision": revision}
        answer = self._connection.send("GET", path_of("personal-data", "recognizers"), params=query)
        return int(answer.headers["etag"].strip('"')), answer.text

    def set_recognizers(self, document: bytes, expected: int | None = None) -> Json:
        """
        Judge the next files by other recognizers, thresholds and suppressions (YAML or JSON).

        Args:
            expected: The revision they replace, 0 for none; without it whatever is there.
        """
        headers = {} if expected is None else {"If-Match": f'"{expected}"'}
        path = path_of("personal-data", "recognizers")
        return self._connection.json("PUT", path, content=document, headers=headers)

    def recognizer_revisions(self) -> list[Json]:
        """Return the revisions, newest first."""
        path = path_of("personal-data", "recognizers", "revisions")
        items: list[Json] = self._connection.json("GET", path)["items"]
        return items

    def notice_templates(self) -> list[Json]:
        """Return the words of every kind of notice, with the placeholders each can show."""
        items: list[Json] = self._connection.json("GET", "/api/v1/notice-templates")["items"]
        return items

    def set_notice_template(
        self, kind: str, subject: str, body: str, expected: int | None = None
    ) -> Json:
        """
        Tell notices of a kind in other words, with placeholders such as ``$dataset``.

        Args:
            expected: The revision they replace, 0 for none; without it whatever is there.
        """
        headers = {} if expected is None else {"If-Match": f'"{expected}"'}
        path = path_of("notice-templates", kind)
        wording = {"subject": subject, "body": body}
        return self._connection.json("PUT", path, json=wording, headers=headers)

    def approval_templates(self) -> list[Json]:
        """Return how versions of each classification are decided on; revision 0 is built in."""
        items: list[Json] = self._connection.json("GET", "/api/v1/approval-templates")["items"]
        return items

    def set_approval_template(
        self, classification: str, template: Json, expected: int | None = None
    ) -> Json:
        """
        Decide on versions of a classification by a template from now on.

        Args:
            template: ``levels`` with ``L1`` and ``L2``, ``business_hours``, ``contract_required``
                and ``attestations``; what is left out is as it is built in.
            expected: The revision it replaces, 0 for none; without it whatever is there.
        """
        headers = {} if expected is None else {"If-Match": f'"{expected}"'}
        path = path_of("approval-templates", classification)
        return self._connection.json("PUT", path, json=template, headers=headers)

    def remove_approval_template(self, classification: str) -> Json:
        """Let the built-in template of a classification hold again."""
        return self._connection.json("DELETE", path_of("approval-templates", classification))

    def sources(self) -> list[Json]:
        """Return the places in S3 from which people may import."""
        items: list[Json] = self._connection.json("GET", "/api/v1/imports/sources")["items"]
        return items

    def add_source(self, address: str) -> Json:
        """Let people import from a place such as ``s3://bucket/prefix``."""
        return self._connection.json("POST", "/api/v1/imports/sources", json={"address": address})

    def remove_source(self, source: str) -> None:
        """Take a place off the list."""
        self._connection.send("DELETE", path_of("imports", "sources", source))
