"""Judge one file in this process: read it strictly, look at every cell, write the published table."""

import hmac
import os
import resource
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dcs
from dcs.engines.sandbox import progress
from dcs.validation import kernels
from dcs.validation.contracts import Contract
from dcs.validation.delimited.structure import StructureError
from dcs.validation.models import Check, Kind, Outcome, PersonalData, Report, Severity
from dcs.validation.readers import Source, source_of
from dcs.validation.recognizers import Recognizers, applied
from dcs.validation.unreadable import sha256_of, unreadable

if TYPE_CHECKING:
    from dcs.validation.personal_names.sampled import Detected
    from dcs.validation.published import Published

THREADS = min(os.cpu_count() or 1, 4)
DUCKDB_SHARE = 0.4  # of the child's memory; Arrow, Python and the code itself need the rest


def judge_file(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Judge a file in this process; the sandbox's task. Takes and returns JSON values."""
    began = time.perf_counter()
    task = _Task.of(arguments)
    if "kernels" in arguments:
        kernels.use(lambda: Path(arguments["kernels"]))
    contract = _contract(arguments["contract"])
    try:
        source = source_of(task.path, task.filename, task.scratch)
        report = _judge_table(task, source, contract)
        if arguments.get("sketched"):
            report = _compared(task, report, contract, arguments["previous"])
    except StructureError as error:
        report = unreadable(task.path, task.filename, error, contract)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    engine = {
        "version": dcs.__version__,
        "seconds": round(time.perf_counter() - began, 3),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "peak_bytes": _peak_bytes(),
    }
    if task.recognizers.sha256:
        engine["recognizers"] = task.recognizers.sha256
    sketch = {} if report.sketch is None else {"sketch": report.sketch}
    return report.to_json() | {"engine": engine} | sketch


@dataclass(frozen=True, slots=True)
class _Task:
    """What one child is asked to do; see `judge`."""

    path: Path
    filename: str
    target: Path
    scratch: Path
    memory: int
    key: bytes
    threads: int
    references: Mapping[str, Path]
    now: datetime
    names: bool
    recognizers: Recognizers
    dataset: str | None
    detector: str | None

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> "_Task":
        return cls(
            path=Path(arguments["path"]),
            filename=arguments["filename"],
            target=Path(arguments["target"]),
            scratch=Path(arguments["scratch"]),
            memory=int(arguments["memory"] * DUCKDB_SHARE),
            key=bytes.fromhex(arguments.get("key", "")),
            threads=arguments.get("threads", THREADS),
            references={n: Path(each) for n, each in arguments.get("references", {}).items()},
            now=datetime.fromisoformat(arguments.get("now") or datetime.now(UTC).isoformat()),
            names=arguments.get("names", True),
            recognizers=_recognizers(arguments.get("recognizers")),
            dataset=arguments.get("dataset"),
            detector=arguments.get("detector"),
        )

    def judged(self, found: tuple[PersonalData, ...]) -> tuple[PersonalData, ...]:
        """Say what of the personal data of a column counts."""
        return applied(found, self.recognizers, self.dataset, self.now.date())

    @property
    def seed(self) -> int:
        """What values' hashes are keyed with: nobody without the key can make them collide."""
        return int.from_bytes(hmac.digest(self.key, b"distinct values", "sha256")[:8], "little")


def _contract(document: str | None) -> Contract | None:
    if document is None:
        return None
    from dcs.validation.contracts import read_contract

    return read_contract(document.encode())


def _recognizers(document: str | None) -> Recognizers:
    if document is None:
        return Recognizers()
    from dcs.validation.recognizers import read_recognizers

    return read_recognizers(document.encode())


def _judge_table(task: _Task, source: Source, contract: Contract | None) -> Report:
    from dcs.validation.checks import default_checks
    from dcs.validation.examined import examined, unmeasured
    from dcs.validation.opening import opened
    from dcs.validation.passes.first import FirstPass
    from dcs.validation.passes.partial import Plan
    from dcs.validation.personal import Settings
    from dcs.validation.profile import profile_columns
    from dcs.validation.published import Published

    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(sha256_of, task.path)
        file = opened(source, task.scratch, task.memory, texts_by_contract(contract))
        plan = Plan(
            Settings(task.key, task.names),
            task.seed,
            None,
            file.allowed,
            file.exact_numbers,
            recognizers=task.recognizers.recognizers,
        )
        size = task.path.stat().st_size

        def tell(rows: int) -> None:
            progress(size * rows // max(file.rows, rows, 1), size)

        passed = FirstPass(plan, task.target, task.scratch, task.threads).run(file.batches, tell)
        file.check_rows(passed.rows)
        with Published(task.target) as table:
            facts = examined(
                passed, table, _declared(contract), task.key, task.now.year, task.judged
            )
            profiles = profile_columns(facts)
            checks = [_structure_passed(source, facts.rows), *file.notes, *unmeasured(facts)]
            if contract is not None:
                checks += _contract_checks(task, passed.kinds, facts.rows, contract)
            checks += default_checks(facts)
            found = [each for one in facts.columns.values() for each in one.personal_data]
            asked = _detected(task, table, passed.kinds, _declared(contract))
            checks += asked.checks
            known = {(each.column, each.entity) for each in found}  # in every cell, not in a sample
            new = (e for e in asked.personal_data if (e.column, e.entity) not in known)
            found += task.judged(tuple(new))
    return Report(
        filename=task.filename,
        bytes=task.path.stat().st_size,
        sha256=sha256.result(),
        rows=facts.rows,
        checks=tuple(checks),
        columns=tuple(profiles.values()),
        personal_data=tuple(found),
        contract=None if contract is None else contract.to_json(),
    )


def _detected(
    task: _Task, table: "Published", kinds: Mapping[str, str], declared: frozenset[str]
) -> "Detected":
    """Ask the operator's own name detector, where there is one."""
    from dcs.validation.personal_names.asking import ask_detector
    from dcs.validation.personal_names.sampled import Detected

    if task.detector is None:
        return Detected((), ())
    return ask_detector(task.detector, table, kinds, task.key, declared)


def _compared(
    task: _Task, report: Report, contract: Contract | None, previous: Mapping[str, Any] | None
) -> Report:
    """Add the table's sketch to its report, and what changed since an earlier version."""
    from dcs.validation.contracts.beyond_rows import drift_settings
    from dcs.validation.drift.judged import followed

    return followed(
        report,
        task.target,
        task.key,
        previous,
        scratch=task.scratch,
        memory=task.memory,
        settings=drift_settings(contract),
    )


def _contract_checks(
    task: _Task, kinds: Mapping[str, str], rows: int, contract: Contract
) -> list[Check]:
    from dcs.validation.contracts import contract_checks
    from dcs.validation.contracts.beyond_rows import Asked, judges
    from dcs.validation.table import Table

    table = Table(task.target, kinds, rows, task.scratch, task.memory)
    asked = Asked(task.target, rows, task.scratch, task.memory, task.now)
    try:
        return list(
            contract_checks(table, contract, references=task.references, judges=judges(asked))
        )
    finally:
        table.close()


def texts_by_contract(contract: Contract | None) -> frozenset[str]:
    """Return the columns whose texts matter as they are written, whatever they look like."""
    columns = () if contract is None else contract.columns
    return frozenset(
        each.name
        for each in columns
        if each.type == "string"
        or each.pattern
        or ((each.enum or each.format) and each.type not in ("integer", "number"))
        or each.limits.min_length
        or each.limits.max_length
    )


def _peak_bytes() -> int:
    """Return the most memory this process ever held; a child's ``ru_maxrss`` begins at its parent's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _declared(contract: Contract | None) -> frozenset[str]:
    columns = () if contract is None else contract.columns
    return frozenset(each.name for each in columns if each.declares_personal_data)


def _structure_passed(source: Source, rows: int) -> Check:
    return Check(
        id="structure:table",
        kind=Kind.STRUCTURE,
        rule="table",
        column=None,
        severity=Severity.ERROR,
        outcome=Outcome.PASSED,
        message=f"read as {source.description}",
        dimension="conformity",
        observed=float(rows),
    )
