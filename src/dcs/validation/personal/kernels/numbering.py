"""
Which telephone numbers exist: the world's numbering plans as an automaton over digits.

`numbering.bin` is written by ``tools/write_numbering.py``. For each state it has
ten numbers of 16 bits, little endian: the state after each digit, with `ENDS`
added where a number may end there. State 0 leads nowhere, `FIRST` is where
the country code begins.
"""

from pathlib import Path
from typing import Any

import numpy as np

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal.kernels.bytes import ZERO

STATES = np.fromfile(Path(__file__).with_name("numbering.bin"), "<u2").astype(np.uint16)
FIRST = 1
ENDS = 1 << 15


@compiled
def after_digit(state: int, byte: Any) -> int:
    """Return the state after a digit, with `ENDS` added where a number may end behind it."""
    return int(STATES[(state & (ENDS - 1)) * 10 + int(byte) - ZERO])


def exists(digits: str) -> bool:
    """Say whether the digits behind a plus sign are a number that a numbering plan knows."""
    state = FIRST
    for digit in digits.encode():
        state = after_digit(state, digit)
    return state >= ENDS
