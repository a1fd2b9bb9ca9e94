"""Read JSON: lines with one object each (NDJSON), or one array of objects."""

import codecs
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from dcs.validation.delimited.structure import MAX_COLUMNS, StructureError
from dcs.validation.models import Check, Sample
from dcs.validation.packed.caps import Caps
from dcs.validation.readers.json_values import (
    SPACE,
    JsonError,
    Number,
    skip_space,
    text_of,
    value_at,
)
from dcs.validation.readers.reading import (
    BATCH,
    MIB,
    checked_names,
    empty_file,
    no_rows,
    too_many_columns,
)

LONGEST = Caps().line  # bytes of one record
WINDOW = 8 * MIB  # of the file, for one batch
WINDOW_CELLS = 4 * MIB
MOST_ARRAY = 256 * MIB
CHUNK = MIB
_KINDS = {
    str: "text",
    Number: "number",
    bool: "boolean",
    dict: "nested",
    list: "nested",
}


class _JsonReader(ABC):
    """Objects as rows: a column for each key, and null where an object has no such key."""

    form = "JSON"
    notes: tuple[Check, ...] = ()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._columns: dict[str, set[str]] = {}
        self.rows = 0

    @property
    def kinds(self) -> dict[str, frozenset[str]]:
        """Which kinds of values each key had."""
        return {name: frozenset(kinds) for name, kinds in self._columns.items()}

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the objects as columns of texts; new keys add columns."""
        window: list[dict[str, Any]] = []
        size = 0
        for value, weight in self._objects():
            if not value.keys() <= self._columns.keys():
                self._columns |= {name: set() for name in value if name not in self._columns}
            window.append(value)
            size += weight
            full = size >= WINDOW or len(window) == BATCH
            if full or len(window) * len(self._columns) >= WINDOW_CELLS:
                yield self._batch(window)
                window, size = [], 0
        if self.rows == 0:
            raise no_rows(self.form)
        if window:
            yield self._batch(window)

    @abstractmethod
    def _objects(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield each object and about how many bytes it took."""

    def _batch(self, window: list[dict[str, Any]]) -> pa.RecordBatch:
        if len(self._columns) > MAX_COLUMNS:
            raise too_many_columns(len(self._columns))
        names = checked_names(self._columns)
        columns = [self._column(name, window) for name in names]
        return pa.record_batch(columns, names=list(names))

    def _column(self, name: str, window: list[dict[str, Any]]) -> pa.Array:
        values = [each.get(name) for each in window]
        found = set(map(type, values)) - {type(None)}
        self._columns[name].update(_KINDS[each] for each in found)
        if not found <= {str, Number}:
            values = [_text(value) for value in values]
        try:
            return pa.array(values, pa.string())
        except UnicodeEncodeError as error:
            raise StructureError(
                "lone_surrogate",
                f"A text of one of the rows up to {self.rows:,} holds half a character.",
                "Write the file again from its source.",
            ) from error

    def _refused(self, what: str, line: int | None = None) -> StructureError:
        place = f"Row {self.rows:,}" if line is None else f"Line {line:,}"
        return StructureError(
            "not_an_object",
            f"{place} is {what}.",
            "Write each row as one JSON object.",
            1,
            (Sample(self.rows, "", "?", line=line),),
        )


class NdjsonReader(_JsonReader):
    """One object in each line."""

    form = "NDJSON"

    def _objects(self) -> Iterator[tuple[dict[str, Any], int]]:
        number = 0
        for number, line in enumerate(self._lines(), start=1):
            text = self._decoded(line, number)
            if not text:
                continue
            self.rows += 1
            try:
                value, end = value_at(text)
            except JsonError as error:
                raise error.at(f"Line {number:,}") from error
            except ValueError as error:
                raise self._refused("not a JSON value", number) from error
            if end != len(text):
                raise self._refused("more than one JSON value", number)
            if not isinstance(value, dict):
                raise self._refused("not a JSON object", number)
            yield value, len(line)
        if number == 0:
            raise empty_file()

    def _lines(self) -> Iterator[bytes]:
        with self._path.open("rb") as source:
            while line := source.readline(LONGEST + 2):
                yield line

    def _decoded(self, line: bytes, number: int) -> str:
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line.rstrip(b"\r\n")) > LONGEST:
            raise StructureError(
                "line_too_long",
                f"Line {number:,} has more than {LONGEST:,} bytes.",
                "Write each object in a line of its own, and shorten its values.",
            )
        if b"\0" in line:
            raise StructureError(
                "nul_bytes",
                f"Line {number:,} has a NUL byte.",
                "Remove it; it often means that the file is not text, or was cut.",
            )
        try:
            return line.decode("utf-8").strip(SPACE)
        except UnicodeDecodeError as error:
            raise StructureError(
                "not_utf8", f"Line {number:,} is not UTF-8.", "Save the file as UTF-8."
            ) from error


class JsonArrayReader(_JsonReader):
    """One array of objects; it is read in pieces, and still only to a size."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        size = path.stat().st_size
        if size > MOST_ARRAY:
            raise StructureError(
                "array_too_large",
                f"The JSON file has {size / MIB:,.0f} MiB; an array is read up to "
                f"{MOST_ARRAY // MIB} MiB.",
                "Send larger tables as lines of JSON (.ndjson), as Parquet or as CSV.",
            )

    def _objects(self) -> Iterator[tuple[dict[str, Any], int]]:
        with _Text(self._path) as text:
            if text.next() != "[":
                raise self._not_an_array()
            text.take(1)
            if text.next() != "]":
                yield from self._elements(text)
            text.take(1)
            if text.next():
                raise self._refused("followed by something behind the array's end")

    def _elements(self, text: "_Text") -> Iterator[tuple[dict[str, Any], int]]:
        while True:
            self.rows += 1
            text.next()
            value, size = self._value(text)
            if not isinstance(value, dict):
                raise self._refused("not a JSON object")
            yield value, size
            match text.next():
                case ",":
                    text.take(1)
                case "]":
                    return
                case _:
                    raise self._refused("followed by neither a comma nor the array's end")

    def _value(self, text: "_Text") -> tuple[Any, int]:
        try:
            return text.value()
        except JsonError as error:
            raise error.at(f"Row {self.rows:,}") from error
        except ValueError as error:
            raise self._refused("not a JSON value, or the file ends within it") from error

    def _not_an_array(self) -> StructureError:
        return StructureError(
            "not_an_array",
            "The JSON file is not an array of objects.",
            "Write [{…}, {…}]; a file with one object in each line is called .ndjson.",
        )


class _Text:
    """A file's text, of which only a part is in memory."""

    def __init__(self, path: Path) -> None:
        self._source = path.open("rb")
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._buffer = ""
        self._position = 0
        self._ended = False

    def __enter__(self) -> "_Text":
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close()

    def next(self) -> str:
        """Skip white space and return the character behind it; empty at the end."""
        while True:
            self._position = skip_space(self._buffer, self._position)
            if self._position < len(self._buffer):
                return self._buffer[self._position]
            if not self._more():
                return ""

    def take(self, count: int) -> None:
        """Step over characters that `next` has shown."""
        self._position += count

    def value(self) -> tuple[Any, int]:
        """Decode the value here; a value longer than `LONGEST` is an error."""
        while True:
            try:
                value, end = value_at(self._buffer, self._position)
            except ValueError:
                if len(self._buffer) - self._position > LONGEST or not self._more():
                    raise
                continue
            size, self._position = end - self._position, end
            return value, size

    def _more(self) -> bool:
        """Read on; return False at the end of the file."""
        if self._ended:
            return False
        chunk = self._source.read(CHUNK)
        self._ended = not chunk
        if b"\0" in chunk:
            raise StructureError(
                "nul_bytes",
                "The file has a NUL byte.",
                "Remove it; it often means that the file is not text, or was cut.",
            )
        try:
            more = self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError as error:
            raise StructureError(
                "not_utf8", "The JSON file is not UTF-8.", "Save the file as UTF-8."
            ) from error
        self._buffer = self._buffer[self._position :] + more
        self._position = 0
        return not self._ended


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    try:
        return text_of(value)
    except RecursionError:
        raise StructureError(
            "nested_too_deep", "A value is nested too deep.", "Flatten the values."
        ) from None
