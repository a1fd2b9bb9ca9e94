"""Open a file for the first pass, whatever its format: where its rows come from, and what its columns may be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dcs.validation.delimited.encodings import encoding_check
from dcs.validation.delimited.structure import StructureError, read_structure
from dcs.validation.models import Check
from dcs.validation.passes.batches import Pending, batches_of, counts_differ, parts_of
from dcs.validation.passes.layout import Allowed, Layout
from dcs.validation.readers import Reader, Source
from dcs.validation.readers.careful import CarefulReader

# What the values of a column of texts may become, by the kinds of values it held.
NARROWER: Mapping[frozenset[str], tuple[str, ...]] = {
    frozenset({"number"}): ("integer", "number"),
    frozenset({"boolean"}): ("boolean",),
    frozenset({"date"}): ("date",),
    frozenset({"timestamp"}): ("timestamp",),
}


@dataclass(slots=True)
class Opened:
    """
    A file that can be read from the beginning as often as it takes.

    Attributes:
        make: Opens it anew.
        expected: How many rows it has by a count apart from the pass.
        texts: Columns that stay texts.
        exact_numbers: See `Plan`.
    """

    make: Callable[[], Iterator[Pending]]
    expected: Callable[[], int]
    kinds: Callable[[], Mapping[str, frozenset[str]]]
    found: Callable[[], tuple[Check, ...]]
    texts: frozenset[str]
    exact_numbers: bool = False
    layout: Layout | None = field(default=None)

    def batches(self) -> Iterator[Pending]:
        """Yield its rows from the beginning."""
        yield from self.make()

    def allowed(self, name: str, kind: str) -> str:
        """Return the type that a column may have, if its texts look like *kind*."""
        if name in self.texts:
            return "text"
        kinds = self.kinds()
        only = {name: NARROWER.get(kinds[name], ())} if name in kinds else {}
        return Allowed(only)(name, kind)

    @property
    def notes(self) -> tuple[Check, ...]:
        """What a person should know about how it was read."""
        return self.found()

    def check_rows(self, rows: int) -> None:
        """
        Compare the rows of the pass with the count apart from it.

        Raises:
            StructureError: They differ; nothing is guessed.
        """
        if rows != self.expected():
            raise counts_differ(self.expected(), rows)


def opened(source: Source, scratch: Path, memory: int, texts: frozenset[str]) -> Opened:
    """
    Open a file.

    Args:
        memory: Bytes that a reader may use beside what one batch needs.
        texts: Columns that stay texts whatever they look like.

    Raises:
        StructureError: It is not what its name says.
    """
    if source.format.reader is not None:
        return _of_reader(source.format.reader, source.path, texts)
    structure = read_structure(source.path, scratch, source.filename)
    notes = (encoding_check(structure.encoding),)

    def make() -> Iterator[Pending]:
        if structure.parts:
            return parts_of(structure)
        return batches_of(CarefulReader(structure, scratch, memory))

    return Opened(make, lambda: structure.rows, dict, lambda: notes, texts)


def _of_reader(make_reader: Callable[[Path], Reader], path: Path, texts: frozenset[str]) -> Opened:
    current: list[Reader] = [make_reader(path)]
    fresh = [True]

    def make() -> Iterator[Pending]:
        if not fresh[0]:
            current[0] = make_reader(path)
        fresh[0] = False
        return batches_of(current[0])

    return Opened(
        make,
        lambda: current[0].rows,
        lambda: current[0].kinds or {},
        lambda: current[0].notes,
        texts,
        exact_numbers=current[0].kinds is not None,
    )


__all__ = ["Opened", "StructureError", "opened"]
