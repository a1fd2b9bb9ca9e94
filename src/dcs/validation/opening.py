"""Open a file for the first pass, whatever its format: where its rows come from, and what its columns may be."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from dcs.validation.delimited.encodings import encoding_check
from dcs.validation.delimited.structure import Structure, read_structure
from dcs.validation.models import Check
from dcs.validation.passes.batches import Pending, batches_of, counts_differ, parts_of
from dcs.validation.passes.layout import Allowed
from dcs.validation.readers import Reader, Source
from dcs.validation.readers.careful import CarefulReader

# What the values of a column of texts may become, by the kinds of values it held.
NARROWER: Mapping[frozenset[str], tuple[str, ...]] = {
    frozenset({"number"}): ("integer", "number"),
    frozenset({"boolean"}): ("boolean",),
    frozenset({"date"}): ("date",),
    frozenset({"timestamp"}): ("timestamp",),
}


class Opened(ABC):
    """
    A file that can be read from the beginning as often as it takes.

    Attributes:
        exact_numbers: See `Plan`.
    """

    exact_numbers = False

    def __init__(self, texts: frozenset[str]) -> None:
        self._texts = texts

    @abstractmethod
    def batches(self) -> Iterator[Pending]:
        """Yield its rows from the beginning."""

    @property
    @abstractmethod
    def rows(self) -> int:
        """How many rows it has by a count apart from the pass."""

    @property
    @abstractmethod
    def notes(self) -> tuple[Check, ...]:
        """What a person should know about how it was read."""

    @property
    def kinds(self) -> Mapping[str, frozenset[str]]:
        """The kinds of values that columns of texts held before they were texts."""
        return {}

    def allowed(self, name: str, kind: str) -> str:
        """Return the type that a column may have, if its texts look like *kind*."""
        if name in self._texts:
            return "text"
        only = {name: NARROWER.get(self.kinds[name], ())} if name in self.kinds else {}
        return Allowed(only)(name, kind)

    def check_rows(self, rows: int) -> None:
        """
        Compare the rows of the pass with the count apart from it.

        Raises:
            StructureError: They differ; nothing is guessed.
        """
        if rows != self.rows:
            raise counts_differ(self.rows, rows)


class _Delimited(Opened):
    """A text file with delimiters: cut into parts where it is regular, else read carefully."""

    def __init__(
        self, structure: Structure, scratch: Path, memory: int, texts: frozenset[str]
    ) -> None:
        super().__init__(texts)
        self._structure = structure
        self._scratch = scratch
        self._memory = memory

    def batches(self) -> Iterator[Pending]:
        if self._structure.parts:
            return parts_of(self._structure)
        return batches_of(CarefulReader(self._structure, self._scratch, self._memory))

    @property
    def rows(self) -> int:
        return self._structure.rows

    @property
    def notes(self) -> tuple[Check, ...]:
        return (encoding_check(self._structure.encoding),)


class _Read(Opened):
    """A file of another format: its reader reads once, so every further time takes a new one."""

    def __init__(self, make: Callable[[Path], Reader], path: Path, texts: frozenset[str]) -> None:
        super().__init__(texts)
        self._make = make
        self._path = path
        self._reader = make(path)
        self._is_fresh = True
        self.exact_numbers = self._reader.kinds is not None

    def batches(self) -> Iterator[Pending]:
        if not self._is_fresh:
            self._reader = self._make(self._path)
        self._is_fresh = False
        return batches_of(self._reader)

    @property
    def rows(self) -> int:
        return self._reader.rows

    @property
    def notes(self) -> tuple[Check, ...]:
        return self._reader.notes

    @property
    def kinds(self) -> Mapping[str, frozenset[str]]:
        return self._reader.kinds or {}


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
        return _Read(source.format.reader, source.path, texts)
    structure = read_structure(source.path, scratch, source.filename)
    return _Delimited(structure, scratch, memory, texts)
