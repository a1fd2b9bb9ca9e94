"""Ask an operator's name detector about the published table's columns of texts."""

from collections.abc import Mapping

import pyarrow as pa

from dcs.validation.personal_names.detectors import DetectorError, load_detector
from dcs.validation.personal_names.sampled import (
    ColumnSample,
    Detected,
    detect_names,
    not_evaluated,
)
from dcs.validation.published import Published

INSTALLED = "installed"
"""The setting that asks for the one detector that an installed package announces."""


def ask_detector(
    named: str, table: Published, kinds: Mapping[str, str], key: bytes, declared: frozenset[str]
) -> Detected:
    """
    Return what a detector suspects, with one check for each column it was asked about.

    Whatever it does, the judgement goes on: a detector that cannot be had is one check.

    Args:
        named: `INSTALLED`, or what `load_detector` takes.
        kinds: The type of each column.
    """
    try:
        detector = load_detector(None if named == INSTALLED else named)
    except DetectorError as error:
        return Detected((), (not_evaluated(None, str(error).rstrip(".")),))
    if detector is None:
        return Detected((), (not_evaluated(None, "none is installed"),))
    samples = [_sample(table, name) for name, kind in kinds.items() if kind == "text"]
    return detect_names(detector, samples, key, declared)


def _sample(table: Published, name: str) -> ColumnSample:
    sample = ColumnSample(name)
    first = 1
    for values in table.arrays(name):
        sample.look(values.cast(pa.string()).fill_null(""), first)
        first += len(values)
    return sample


def probe(arguments: Mapping[str, str]) -> str:
    """
    Say why a detector cannot be had; empty if it can. The sandbox's task.

    Args:
        arguments: ``named``, as `ask_detector` takes it.
    """
    named = arguments["named"]
    try:
        found = load_detector(None if named == INSTALLED else named)
    except DetectorError as error:
        return str(error)
    return "" if found is not None else "No name detector is installed."
