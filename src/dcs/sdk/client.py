"""One connection to a server, with a method for each thing it can do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dcs.sdk.access import Access
from dcs.sdk.administration import Administration
from dcs.sdk.connection import Connection, Json, path_of
from dcs.sdk.following import Following, VersionEvent
from dcs.sdk.imports import ImportsOf
from dcs.sdk.patience import Patience
from dcs.sdk.rows import Rows
from dcs.sdk.uploads import SINGLE, Progress, Sending, UploadsOf, UploadState, send_at_once


class Client:
    """
    Talk to a Data Collaboration Studio.

    Every method raises a subclass of `dcs.sdk.Problem` when the server says no,
    and `ServerUnavailable` when it cannot be reached. Use it as a context
    manager, or call `close`.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        socket: str | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._connection = Connection(url, token, socket)
        self._uploads = UploadsOf(self._connection)
        self._imports = ImportsOf(self._connection)
        self.access = Access(self._connection)
        self.administration = Administration(self._connection)
        self._patience = patience or Patience()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def whoami(self) -> Json:
        """Return the account behind the token."""
        return self._connection.json("GET", "/api/v1/whoami")

    def ready(self) -> Json:
        """Return the server's readiness and that of each thing it needs."""
        return self._connection.json("GET", "/health/ready")

    def datasets(self, text: str = "") -> Iterator[Json]:
        """Yield every dataset you may know of, in the order of their names."""
        return self._connection.pages("/api/v1/datasets", {"q": text} if text else {})

    def dataset(self, name: str) -> Json:
        """Return one dataset by its id or name."""
        return self._connection.json("GET", path_of("datasets", name))

    def create_dataset(self, name: str, **fields: Any) -> Json:
        """Add a dataset; *fields* are ``classification``, ``description`` and so on."""
        given = {key: value for key, value in fields.items() if value is not None}
        return self._connection.json("POST", "/api/v1/datasets", json={"name": name, **given})

    def set_retention(self, dataset: str, days: int | None) -> Json:
        """Say how long versions of a dataset are to be kept; None for as long as its tenant says."""
        body = {"retention_days": days}
        return self._connection.json("PATCH", path_of("datasets", dataset), json=body)

    def set_contract(self, dataset: str, document: bytes) -> Json:
        """Let the dataset's next versions be judged by a data contract (ODCS, YAML or JSON)."""
        return self._connection.json(
            "PUT", path_of("datasets", dataset, "contract"), content=document
        )

    def contract(self, dataset: str, contract: str | None = None) -> str:
        """Return the dataset's data contract as it was given; by its id an earlier one."""
        path = ("contract",) if contract is None else ("contracts", contract)
        return self._connection.send("GET", path_of("datasets", dataset, *path)).text

    def contracts(self, dataset: str) -> list[Json]:
        """Return what is known of the data contracts the dataset has had, newest first."""
        items: list[Json] = self._connection.json("GET", path_of("datasets", dataset, "contracts"))[
            "items"
        ]
        return items

    def upload(
        self,
        dataset: str,
        file: Path,
        *,
        submit: bool = True,
        sensitive: bool = False,
        on_progress: Progress | None = None,
        resume: str | None = None,
        on_begun: Callable[[str], None] | None = None,
    ) -> Json:
        """
        Send a file as the next version of a dataset.

        The file is streamed; memory stays flat. When this returns, the server
        has it for good, and its hash is that of the file. A file of 8 MiB or
        more goes on by itself where a connection broke.

        Args:
            dataset: Its id or name.
            file: The file.
            submit: Ask for approval as soon as it is validated.
            sensitive: Ask for a second approver even where the rules do not.
            on_progress: Called with the number of bytes sent so far.
            resume: The address of an upload of this file that another process began.
            on_begun: Called with the address by which this upload can be resumed.
        """
        size = file.stat().st_size
        if resume is None and size < SINGLE:
            return send_at_once(
                self._connection,
                dataset,
                file,
                submit=submit,
                sensitive=sensitive,
                on_progress=on_progress,
            )
        if resume is None:
            url = self._uploads.begin(dataset, file.name, size, submit=submit, sensitive=sensitive)
            state = UploadState(url, 0, size)
        else:
            state = self.upload_state(resume)
        if on_begun is not None:
            on_begun(state.url)
        return Sending(self._uploads, file, state, self._patience, on_progress).run()

    def upload_state(self, url: str) -> UploadState:
        """Return how far an upload is, by its address; a request in flight for it ends."""
        return self._uploads.state(url)

    def cancel_upload(self, url: str) -> None:
        """End an upload that is not complete; the server removes its bytes."""
        self._uploads.cancel(url)

    def import_file(
        self,
        dataset: str,
        url: str,
        *,
        submit: bool = True,
        sensitive: bool = False,
        on_progress: Callable[[Json], None] | None = None,
        on_begun: Callable[[str], None] | None = None,
    ) -> Json:
        """
        Have the server fetch a file as the next version of a dataset, and wait for it.

        Args:
            url: ``https://…``, or ``s3://…`` within a place that an admin listed.
            on_progress: Called with the import (``received``, ``size``, ``state``) now and then.
            on_begun: Called with the import's id.
        """
        begun = self._imports.begin(dataset, url, submit=submit, sensitive=sensitive)
        if on_begun is not None:
            on_begun(begun["id"])
        return self._imports.follow(begun["id"], on_progress)

    def cancel_import(self, task: str) -> None:
        """End an import that has not ended; the server removes what has come."""
        self._imports.cancel(task)

    def versions(self, dataset: str) -> list[Json]:
        """Return a dataset's versions, newest first."""
        items: list[Json] = self._connection.json("GET", path_of("datasets", dataset, "versions"))[
            "items"
        ]
        return items

    def version(self, version: str) -> Json:
        """Return a version by its id."""
        return self._connection.json("GET", path_of("versions", version))

    def submit(self, version: str, attestations: Sequence[str] = ()) -> Json:
        """Ask for the approval of a draft or of what was returned; *attestations* are what you confirm."""
        found = self.version(version)
        path = path_of("datasets", found["dataset"], "versions", found["number"], "submit")
        body = {"attestations": list(attestations)}
        return self._connection.json("POST", path, json=body)

    def wait(
        self,
        version: str,
        *,
        seconds: float = 300,
        on_change: Callable[[Json], None] | None = None,
    ) -> Json:
        """
        Wait until a version needs somebody's decision or has ended.

        Args:
            version: Its id.
            seconds: The longest wait; afterwards the version is returned as it is.
            on_change: Called with the version at each status on its way, those of before first.
        """
        return Following(self._connection, version, None, self._patience).wait(seconds, on_change)

    def events(self, version: str, last_event_id: str | None = None) -> Iterator[VersionEvent]:
        """
        Yield what happens to a version: everything so far first, until its journey has ended.

        A connection that breaks is opened again; no event is lost or comes twice.

        Args:
            version: Its id.
            last_event_id: The last event you have seen; only those behind it are told.
        """
        return Following(self._connection, version, last_event_id, self._patience).events()

    def report(self, dataset: str, number: int) -> Json:
        """Return a version's validation report (``dcs.validation/v1``)."""
        return self._connection.json(
            "GET", path_of("datasets", dataset, "versions", number, "report")
        )

    def diff(self, dataset: str, before: int, now: int) -> Json:
        """Return what changed from one version of a dataset to another (``dcs.diff/v1``)."""
        path = path_of("datasets", dataset, "versions", before, "diff")
        return self._connection.json("GET", path, params={"to": now})

    def checks(self, dataset: str, check: str | None = None) -> Iterator[Json]:
        """Yield how a check ended, version after version; without one, how all ended last."""
        query = {} if check is None else {"id": check}
        return self._connection.pages(path_of("datasets", dataset, "checks"), query)

    def failing(
        self,
        dataset: str,
        number: int,
        check: str,
        *,
        after: int = 0,
        limit: int | None = None,
        format: str = "csv",  # noqa: A002  # the word of the interface
    ) -> Rows:
        """
        Begin to read the rows that failed a check of a version's report, as you may see them.

        Args:
            check: Its id in the report.
            after: Only rows behind this one, to go on where an answer ended.
            limit: The most rows; a million without it.
        """
        query: dict[str, Any] = {"check": check, "format": format, "after": after}
        if limit is not None:
            query["limit"] = limit
        path = path_of("datasets", dataset, "versions", number, "failing")
        return Rows(self._connection.open(path, params=query))

    def preview(self, dataset: str, number: int) -> Json:
        """Return a version's first rows as you may see them."""
        return self._connection.json(
            "GET", path_of("datasets", dataset, "versions", number, "preview")
        )

    def read(
        self,
        dataset: str,
        *,
        number: int | None = None,
        columns: Sequence[str] = (),
        limit: int | None = None,
        format: str = "csv",  # noqa: A002  # the word of the interface
    ) -> Rows:
        """
        Begin to read a version as you may see it; the active one by default.

        A refusal is raised here, before the first byte.
        """
        if number is None:
            number = self.dataset(dataset)["active_version"]
        query: dict[str, Any] = {"format": format}
        if columns:
            query["columns"] = ",".join(columns)
        if limit is not None:
            query["limit"] = limit
        path = path_of("datasets", dataset, "versions", number or 0, "data")
        return Rows(self._connection.open(path, params=query))

    def approvals(self, *, mine: bool = False) -> Iterator[Json]:
        """Yield approvals, newest first; *mine* only those that wait for your vote."""
        return self._connection.pages("/api/v1/approvals", {"mine": str(mine).lower()})

    def approval(self, approval: str) -> Json:
        """Return one approval with its levels, votes and history."""
        return self._connection.json("GET", path_of("approvals", approval))

    def vote(
        self,
        approval: str,
        level: str,
        decision: str,
        reason: str = "",
        masks: Mapping[str, str] | None = None,
    ) -> Json:
        """
        Decide on a level of an approval: ``approve``, ``return`` for changes or ``reject``.

        Args:
            masks: Columns that nobody is to see as they are: ``redact`` or ``partial`` by column.
        """
        body = {"level": level, "decision": decision, "reason": reason, "masks": dict(masks or {})}
        return self._connection.json("POST", path_of("approvals", approval, "votes"), json=body)

    def cancel(self, approval: str, reason: str = "") -> Json:
        """End an approval you asked for."""
        return self._connection.json(
            "POST", path_of("approvals", approval, "cancel"), json={"reason": reason}
        )

    def expedite(self, approval: str) -> Json:
        """Ask for haste: deadlines of an approval become short."""
        return self._connection.json("POST", path_of("approvals", approval, "expedite"))

    def delegate(self, approval: str, to: str, level: str = "L1") -> Json:
        """Hand your vote on a level to somebody who may decide as well, by their login."""
        path = path_of("approvals", approval, "delegate")
        return self._connection.json("POST", path, json={"level": level, "to": to})

    def escalate(self, approval: str) -> Json:
        """Have the next group asked now, where the approval's template names one."""
        return self._connection.json("POST", path_of("approvals", approval, "escalate"))

    def comment(self, approval: str, text: str) -> Json:
        """Say something about an open approval."""
        path = path_of("approvals", approval, "comments")
        return self._connection.json("POST", path, json={"text": text})

    def notices(self, *, unread: bool = False) -> Iterator[Json]:
        """Yield what you were told, newest first; *unread* only what you have not read."""
        return self._connection.pages("/api/v1/notices", {"unread": str(unread).lower()})

    def read_notice(self, notice: str) -> Json:
        """Note that you have read a notice."""
        return self._connection.json("POST", path_of("notices", notice, "read"))

    def read_notices(self) -> int:
        """Note that you have read everything; return how much that was."""
        return int(self._connection.json("POST", "/api/v1/notices/read-all")["read"])

    def audit(self, limit: int = 100) -> list[Json]:
        """Return the newest audit events, newest first."""
        items: list[Json] = self._connection.json("GET", "/api/v1/audit", params={"limit": limit})[
            "items"
        ]
        return items

    def verify_audit(self) -> Json:
        """Let the server follow the whole audit chain and return the proof's result."""
        return self._connection.json("GET", "/api/v1/audit/verify")
