"""
The journey of files, through the same client and the same doors everybody uses.

Each person acts with their own token: the producer sends, the stewards decide,
five people try the same read, and the auditor proves the record.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dcs.cli.demo.files import DemoFile
from dcs.policy import explain
from dcs.sdk import Client, NotFoundProblem, Problem

READERS = ("auditor", "consumer", "steward", "analyst", "globex-consumer")
READ_ROWS = 5
VOTERS = {"L1": "steward", "L2": "steward2"}

# Which stage each entry of an approval's history ends.
STAGE_ENDS = {
    "approval.inspected": "inspect",
    "approval.validation_finished": "validate",
    "approval.compliance_finished": "comply",
    "approval.voted": "approve",
    "approval.activated": "activate",
}

Json = dict[str, Any]
Show = Callable[[str, Json], None]
"""Called with ``file``, ``stage``, ``outcome``, ``read`` or ``audit`` as things happen."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody's connection."""

    clients: Mapping[str, Client]

    def __getitem__(self, login: str) -> Client:
        return self.clients[login]


def run(cast: Cast, files: Sequence[DemoFile], show: Show) -> Json:
    """Send every file on its way, let everybody read, prove the record; return the story."""
    stories = [_send(cast, file, show) for file in files]
    proof = cast["auditor"].verify_audit()
    audit = {"events": proof["events"], "verified": proof["verified"]}
    show("audit", audit)
    return {"files": stories, "audit": audit}


def _send(cast: Cast, file: DemoFile, show: Show) -> Json:
    """Take one file through every stage it reaches."""
    show("file", {"file": file.path.name, "title": file.title, "bytes": file.path.stat().st_size})
    producer = cast["producer"]
    _prepare_dataset(producer, file)
    began = datetime.now().astimezone()
    version = producer.upload(file.dataset, file.path)
    stages = [
        {
            "name": "receive",
            "seconds": (datetime.now().astimezone() - began).total_seconds(),
            "outcome": "stored",
        }
    ]
    show("stage", stages[0])
    version = _decide(cast, producer.wait(version["id"]))
    for stage in _stages(cast, version):
        stages.append(stage)
        show("stage", stage)
    findings = _findings(producer, version)
    outcome = {
        "status": version["status"],
        "reason": version["reason"],
        "rows": version["rows"],
        "threat": version["threat"],
        "findings": findings,
    }
    show("outcome", outcome | {"errors": _errors(producer, version)})
    reads = [_read(cast, login, version) for login in READERS]
    for each in reads:
        show("read", each)
    return {
        "file": file.path.name,
        "dataset": file.dataset,
        "version": version["number"],
        "rows": version["rows"],
        "status": version["status"],
        "reason": version["reason"],
        "stages": stages,
        "findings": findings,
        "reads": reads,
    }


def _prepare_dataset(producer: Client, file: DemoFile) -> None:
    try:
        producer.dataset(file.dataset)
    except NotFoundProblem:
        producer.create_dataset(file.dataset, classification=file.classification)
        if file.contract is not None:
            producer.set_contract(file.dataset, file.contract)


def _decide(cast: Cast, version: Json) -> Json:
    """Let the steward of each open level approve, then wait for what comes of it."""
    if version["status"] != "awaiting_approval":
        return version
    approval = next(
        each for each in cast["steward"].approvals() if each["version"] == version["id"]
    )
    for level in approval["levels"]:
        voter = cast[VOTERS[level["level"]]]
        voter.preview(version["dataset"], version["number"])
        voter.vote(approval["id"], level["level"], "approve", "checked in the demonstration")
    return cast["producer"].wait(version["id"])


def _stages(cast: Cast, version: Json) -> list[Json]:
    """Read from the record how long each stage took and how it ended."""
    steward = cast["steward"]
    approval = next(each for each in steward.approvals() if each["version"] == version["id"])
    before = datetime.fromisoformat(approval["created_at"])
    stages = []
    for entry in steward.approval(approval["id"])["history"]:
        name = STAGE_ENDS.get(entry["action"])
        if name is None:
            continue
        at = datetime.fromisoformat(entry["at"])
        seconds = round((at - before).total_seconds(), 3)
        stages.append({"name": name, "seconds": seconds, "outcome": _outcome(name, entry, version)})
        before = at
    return stages


def _outcome(name: str, entry: Json, version: Json) -> str:
    details = entry["details"]
    match name:
        case "inspect":
            return f"{details['verdict']} ({version['threat']})" if version["threat"] else "clean"
        case "validate":
            return "passed" if details["passed"] else "failed"
        case "comply":
            shown = len(details["shown"].split(", ")) if details["shown"] else 0
            look = f", {shown} to look at" if shown else ""
            return f"passed{look}" if details["passed"] else "failed"
        case "approve":
            return f"{details['level']} {'approved' if details['approve'] else 'rejected'}"
        case _:
            return "active"


def _findings(producer: Client, version: Json) -> dict[str, int]:
    if version["malware"] != "clean":
        return {"malware": 1}
    report = producer.report(version["dataset"], version["number"])
    found: dict[str, int] = report["findings"]
    return found


def _errors(producer: Client, version: Json) -> list[Json]:
    """Return the checks that kept a version back."""
    if version["reason"] != "VALIDATION_FAILED":
        return []
    report = producer.report(version["dataset"], version["number"])
    return [check for check in report["checks"] if check["outcome"] == "FAILED"]


def _read(cast: Cast, login: str, version: Json) -> Json:
    """Let somebody try to read the first rows; say whether and why they may, and what is masked."""
    try:
        rows = cast[login].read(
            version["dataset"], number=version["number"], limit=READ_ROWS, format="ndjson"
        )
        text = b"".join(rows).decode()
    except Problem as problem:
        return {
            "user": login,
            "allowed": False,
            "status": problem.status,
            "masked": [],
            "reasons": problem.reasons or [problem.detail],
        }
    return {
        "user": login,
        "allowed": True,
        "status": 200,
        "masked": rows.masked,
        "reasons": [explain(code) for code in rows.granted_by],
        "first_row": text.partition("\n")[0] if rows.masked else "",
    }


def files_of(paths: Sequence[Path]) -> Sequence[DemoFile]:
    """Turn given files into files of the demonstration, one dataset each."""
    return [DemoFile(path, _slug(path.stem), title="your file") for path in paths]


def _slug(stem: str) -> str:
    """Make a dataset's name of a file's name."""
    kept = "".join(each if each.isascii() and each.isalnum() else "-" for each in stem)
    return kept.strip("-")[:100] or "dataset"
