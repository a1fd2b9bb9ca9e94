"""What is wrong with a contract, place by place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from dcs.validation.errors import InvalidContractError

MOST = 20  # problems that are named at once


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One thing that is wrong.

    Attributes:
        place: For example ``schema[0].properties[2].logicalType``; empty for the whole document.
        message: What is wrong there and what would be right.
    """

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


def refuse(problems: Sequence[Problem]) -> None:
    """
    Refuse the contract if anything is wrong with it.

    Raises:
        InvalidContractError: Names the places; all of them are in ``extra["problems"]``.
    """
    if not problems:
        return
    shown = problems[:MOST]
    more = f" and {len(problems) - MOST} more" if len(problems) > MOST else ""
    raise InvalidContractError(
        "The data contract cannot be accepted: " + "; ".join(map(str, shown)) + more,
        problems=[{"path": each.place, "message": each.message} for each in shown],
    )


def unknown_members(place: str, given: Iterable[object], known: Iterable[str]) -> list[Problem]:
    """Return a problem for every member that nobody knows, with the likely right spelling."""
    names = sorted(known)
    return [
        Problem(
            f"{place}.{each}" if place else str(each),
            f"unknown members cannot be promises; did you mean {close[0]}?"
            if (close := get_close_matches(str(each), names, 1))
            else f"unknown members cannot be promises; known here are {listed(names)}",
        )
        for each in sorted(set(map(str, given)) - set(names))
    ]


def listed(names: Iterable[object], most: int = 12) -> str:
    """Return the names in one line, cut where there are many."""
    texts = list(map(str, names))
    return ", ".join(texts[:most]) + (", …" if len(texts) > most else "")
