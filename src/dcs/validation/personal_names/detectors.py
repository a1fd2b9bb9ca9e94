"""
A name detector of the operator's own, such as a model of spaCy or Presidio.

It is named by a setting as ``package.module:factory`` or announced by an
installed package under the entry point group ``dcs.name_detectors``. Whatever
it does, it cannot make a judgement fail: see `sampled`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Protocol

GROUP = "dcs.name_detectors"


class DetectorError(RuntimeError):
    """The detector that was asked for could not be had, or did not answer as it must."""


@dataclass(frozen=True, slots=True)
class Detection:
    """
    One name in a text.

    Attributes:
        start: The first character, from 0.
        end: The character behind the last one.
        entity: ``PERSON`` or ``LOCATION``.
    """

    start: int
    end: int
    entity: str


class NameDetector(Protocol):
    """
    Find names in texts; the whole of what an operator's detector has to offer.

    A factory without arguments returns one; with ``package.module:factory:argument``
    the factory gets that text, for example the folder of a model.
    """

    def detect(self, texts: Sequence[str]) -> Sequence[Sequence[Detection]]:
        """Return the names in each text, in the order of the texts."""
        ...


def load_detector(named: str | None) -> NameDetector | None:
    """
    Return the detector that a setting names, or else the one a package announces.

    Args:
        named: ``package.module:factory``, perhaps with ``:argument``; or None.

    Returns:
        None where there is none at all.

    Raises:
        DetectorError: It could not be imported or made, or several are announced
            and the setting does not say which.
    """
    if named is not None:
        module, _, rest = named.partition(":")
        name, _, argument = rest.partition(":")
        return _made(named, lambda: getattr(import_module(module), name), argument)
    announced = sorted(entry_points(group=GROUP), key=lambda each: each.value)
    if len(announced) > 1:
        names = ", ".join(each.value for each in announced)
        raise DetectorError(f"Several name detectors are installed ({names}); name one of them.")
    return _made(announced[0].value, announced[0].load, "") if announced else None


def _made(named: str, factory: Callable[[], Any], argument: str) -> NameDetector:
    """Call a factory; what it raises names a class and no more, since it may quote anything."""
    try:
        made = factory()(argument) if argument else factory()()
    except Exception as error:
        raise DetectorError(
            f"The name detector {named} could not be made: {type(error).__name__}."
        ) from error
    if not callable(getattr(made, "detect", None)):
        raise DetectorError(f"{named} gave no name detector: it has no method detect.")
    return made  # type: ignore[no-any-return]  # its method was looked at
