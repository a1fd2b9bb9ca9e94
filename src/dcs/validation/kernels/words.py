"""Eight bytes at a time: what lets a loop over bytes skip, copy and hash faster than bytes pass by."""

from typing import Any

import numpy as np

from dcs.validation.kernels.marks import compiled

ONES, HIGHS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_8, _16, _24, _32, _40, _48, _56 = (np.uint64(each) for each in range(8, 64, 8))
ROOM = 8  # bytes that copying may write behind a run, and read behind a block


@compiled
def full_word(data: Any, position: int) -> Any:
    """Return eight bytes as one number; written out so that it becomes one load."""
    return (
        np.uint64(data[position])
        | np.uint64(data[position + 1]) << _8
        | np.uint64(data[position + 2]) << _16
        | np.uint64(data[position + 3]) << _24
        | np.uint64(data[position + 4]) << _32
        | np.uint64(data[position + 5]) << _40
        | np.uint64(data[position + 6]) << _48
        | np.uint64(data[position + 7]) << _56
    )


@compiled
def put_word(data: Any, position: int, word: Any) -> None:
    """Write a number as eight bytes; written out so that it becomes one store."""
    data[position] = np.uint8(word)
    data[position + 1] = np.uint8(word >> _8)
    data[position + 2] = np.uint8(word >> _16)
    data[position + 3] = np.uint8(word >> _24)
    data[position + 4] = np.uint8(word >> _32)
    data[position + 5] = np.uint8(word >> _40)
    data[position + 6] = np.uint8(word >> _48)
    data[position + 7] = np.uint8(word >> _56)


@compiled
def word_at(data: Any, position: int, size: int) -> Any:
    """Return up to eight bytes as one number."""
    word = np.uint64(0)
    for each in range(size):
        word |= np.uint64(data[position + each]) << np.uint64(8 * each)
    return word


@compiled
def copy(source: Any, start: int, end: int, target: Any, place: int) -> None:
    """Copy bytes; up to `ROOM` bytes more are read and written behind them."""
    while start < end:
        put_word(target, place, full_word(source, start))
        start += 8
        place += 8


@compiled
def repeated(byte: int) -> Any:
    """Return a word of eight times the same byte."""
    return np.uint64(byte) * ONES


@compiled
def has(word: Any, pattern: Any) -> Any:
    """Return bits that are not all zero if a word has a byte of a pattern made by `repeated`."""
    different = word ^ pattern
    return (different - ONES) & ~different & HIGHS
