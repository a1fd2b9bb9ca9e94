"""
How well and how fast detectors find personal data in the labelled set.

``python -m benchmarks.detection_quality [NAME…]``. A found span is right when it names the labelled
entity and shares at least half of the characters of the longer of the two. Where only some
entities are compared, what is found inside a label of another entity counts neither way.
"""

import resource
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.data.labelled import Column, Labelled, Span, hard_negatives, sentences
from benchmarks.data.people import Population
from benchmarks.data.values import VALUES
from benchmarks.detectors import DETECTORS, Detect, DetectColumn, Detector, Found

SEED = 20
STRUCTURED = tuple(VALUES)
ALL = (*STRUCTURED, "PERSON", "LOCATION")
SHARED = (
    "EMAIL_ADDRESS",
    "CREDIT_CARD",
    "US_SSN",
    "IBAN_CODE",
    "IP_ADDRESS",
    "PHONE_NUMBER",
    "MAC_ADDRESS",
    "US_DRIVER_LICENSE",
    "MEDICAL_LICENSE",
    "CRYPTO",
)  # what Presidio's default recognizers know too
GROUPS = {"shared": SHARED, "structured": STRUCTURED, "all": ALL}


@dataclass
class Score:
    """Counts of one entity, and what follows from them."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 1 where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what was there that was found; 1 where nothing was there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0


@dataclass(frozen=True)
class Quality:
    """What one detector reached on the whole labelled set."""

    entities: dict[str, Score]
    micro: dict[str, Score]  # over the entities of each group
    flagged: dict[str, float]  # share of the cells of each harmless column
    cpu_seconds: float
    texts: int
    bytes: int


def quality_of(
    detector: Detector, seed: int = SEED, population: Population | None = None
) -> Quality:
    """
    Return the quality, and the processor time without what starting the detector costs.

    Every sentence and every harmless cell is asked for once, in one call; a detector that
    looks at headers is asked for the columns again, and that is not timed.
    """
    labelled, harmless = sentences(seed, population), hard_negatives(seed)
    kinds = list({column.kind: column for column in harmless}.values())
    texts = [item.text for item in labelled] + [cell for c in kinds for cell in c.cells]
    starting = _timed(detector.detect, [])[1]
    found, cpu = _timed(detector.detect, texts)
    in_sentences, in_cells = found[: len(labelled)], found[len(labelled) :]
    by_column = (
        flagged_cells(kinds, in_cells)
        if detector.detect_column is None
        else flagged_columns(detector.detect_column, harmless)
    )
    return Quality(
        entities=score(labelled, in_sentences, ALL),
        micro={name: total(score(labelled, in_sentences, of)) for name, of in GROUPS.items()},
        flagged=dict(by_column),
        cpu_seconds=cpu - starting,
        texts=len(texts),
        bytes=sum(len(text.encode()) for text in texts),
    )


def score(
    labelled: Sequence[Labelled], found: Sequence[Sequence[Found]], entities: Collection[str]
) -> dict[str, Score]:
    """Return the counts of each of *entities*; every label and every find is counted once."""
    scores = {entity: Score() for entity in entities}
    for item, finds in zip(labelled, found, strict=True):
        open_labels = [span for span in item.spans if span.entity in scores]
        others = [span for span in item.spans if span.entity not in scores]
        for find in finds:
            if find[2] not in scores:
                continue
            if (match := next((s for s in open_labels if matches(s, find)), None)) is not None:
                open_labels.remove(match)
                scores[find[2]].right += 1
            elif not any(find[0] < span.end and span.start < find[1] for span in others):
                scores[find[2]].wrong += 1
        for span in open_labels:
            scores[span.entity].missed += 1
    return scores


def matches(span: Span, find: Found) -> bool:
    """Return whether the find has the label's entity and half of the longer one's characters."""
    start, end, entity = find
    shared = min(span.end, end) - max(span.start, start)
    return entity == span.entity and 2 * shared >= max(span.end - span.start, end - start) > 0


def total(scores: dict[str, Score]) -> Score:
    """Return the sum of the counts: the micro average."""
    parts = list(scores.values())
    return Score(
        sum(p.right for p in parts), sum(p.wrong for p in parts), sum(p.missed for p in parts)
    )


def flagged_cells(
    columns: Sequence[Column], found: Sequence[Sequence[Found]]
) -> Iterator[tuple[str, float]]:
    """Yield each kind with the share of its cells in which anything was found."""
    remaining = iter(found)
    for column in columns:
        yield column.kind, _share([next(remaining) for _ in column.cells])


def flagged_columns(
    detect_column: DetectColumn, columns: Sequence[Column]
) -> Iterator[tuple[str, float]]:
    """Yield the same for a detector that looks at headers, for every header of every kind."""
    for column in columns:
        yield f"{column.kind} as {column.name}", _share(detect_column(column.name, column.cells))


def lines(name: str, quality: Quality) -> Iterator[str]:
    """Yield the figures as Markdown."""
    yield f"## {name}\n\n| entity | precision | recall | F1 |\n|---|---|---|---|"
    groups = {f"**micro, {group}**": counts for group, counts in quality.micro.items()}
    for entity, counts in (quality.entities | groups).items():
        yield f"| {entity} | {counts.precision:.3f} | {counts.recall:.3f} | {counts.f1:.3f} |"
    every = sum(quality.flagged.values()) / len(quality.flagged)
    yield "\nOne by one and in *all* against every label; *shared* and *structured* leave out the rest."
    yield f"\n| harmless column | cells flagged |\n|---|---|\n| **all** | {every:.2%} |"
    for column, share in sorted(quality.flagged.items(), key=lambda pair: -pair[1]):
        if share:
            yield f"| {column} | {share:.1%} |"
    each, speed = quality.cpu_seconds / quality.texts, quality.bytes / quality.cpu_seconds
    yield f"\n{each * 1e6:.2f} µs of processor time a text, {speed / 1e6:.3f} MB/s\n"


def _share(finds: Sequence[Sequence[Found]]) -> float:
    hits = [bool(found) for found in finds]
    return sum(hits) / len(hits)


def _timed(detect: Detect, texts: Sequence[str]) -> tuple[list[list[Found]], float]:
    began = _processor_time()
    found = detect(texts)
    return found, _processor_time() - began


def _processor_time() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)  # a peer is a process that has ended
    return time.process_time() + ended.ru_utime + ended.ru_stime


def main() -> None:
    """Measure every detector that was named, or all of them."""
    for name in sys.argv[1:] or DETECTORS:
        for line in lines(name, quality_of(DETECTORS[name]())):
            print(line, flush=True)


if __name__ == "__main__":
    main()
