"""
Hash values, and count the different ones: exactly while they are few, then by HyperLogLog.

The hash multiplies and folds eight bytes at a time and ends with MurmurHash3's
finaliser. It is keyed, since a sender who knows it could make a table of
colliding values. Registers: Flajolet et al., "HyperLogLog" (2007).
"""

from typing import Any

import numpy as np

from dcs.validation.kernels.marks import compiled, kernel

REGISTER_BITS = 14
REGISTERS = 1 << REGISTER_BITS
FIRST, SECOND = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
STEP = np.uint64(0x9E3779B97F4A7C15)
_33, _1 = np.uint64(33), np.uint64(1)
_SHIFT = np.uint64(64 - REGISTER_BITS)
_BITS = np.uint64(REGISTER_BITS)
EMPTY = np.uint64(0)  # of a table's place; a value with this hash is counted as the hash 1


@compiled
def mixed(value: Any) -> Any:
    """Return 64 bits in which every bit depends on every bit of *value*."""
    value ^= value >> _33
    value *= FIRST
    value ^= value >> _33
    value *= SECOND
    return value ^ (value >> _33)


@kernel("u64[] i64 u64 u64[]")
def hash_words(words: Any, count: int, seed: Any, hashes: Any) -> int:
    """Hash *count* values of eight bytes each."""
    for row in range(count):
        hashes[row] = max(mixed(words[row] ^ seed), _1)
    return count


@kernel("u64[] u8[] i64 u64[]")
def fold(hashes: Any, valid: Any, count: int, rows: Any) -> int:
    """Mix the hashes of one more column into those of whole rows."""
    for row in range(count):
        word = hashes[row] if valid[row] else STEP
        rows[row] = mixed(rows[row] * STEP + word)
    return count


@kernel("u64[] u8[] i64 i64 i64 u64[] i64[] i64[]")
def count_hashes(
    hashes: Any,
    valid: Any,
    begin: int,
    end: int,
    first_row: int,
    keys: Any,
    counts: Any,
    firsts: Any,
) -> int:
    """
    Count values by their hashes in a table, until it is three quarters full.

    Args:
        hashes: Of the rows from 0; those without value are skipped by *valid*.
        begin, end: The rows to take.
        first_row: The number of row 0.
        keys: The table's hashes, `EMPTY` where there is none; a power of two long.
        counts: How often each was seen.
        firsts: The lowest row of each.

    Returns:
        The row that did not fit any more, or *end*.
    """
    size = keys.size
    last = np.uint64(size - 1)
    used = 0
    for each in range(size):
        used += keys[each] != EMPTY
    most = size - size // 4
    for row in range(begin, end):
        if valid[row] == 0:
            continue
        key = hashes[row]
        place: Any = np.int64(key & last)
        while keys[place] != EMPTY and keys[place] != key:
            place = (place + 1) & (size - 1)
        if keys[place] == EMPTY:
            if used >= most:
                return row
            used += 1
            keys[place] = key
            firsts[place] = first_row + row
        counts[place] += 1
    return end


@kernel("u64[] i64[] i64[] u64[] i64[] i64[]")
def merge_counts(
    keys: Any, counts: Any, firsts: Any, into: Any, into_counts: Any, into_firsts: Any
) -> int:
    """Add one table to another that has room for both; return how many entries it has then."""
    size = into.size
    last = np.uint64(size - 1)
    for each in range(keys.size):
        key = keys[each]
        if key == EMPTY:
            continue
        place: Any = np.int64(key & last)
        while into[place] != EMPTY and into[place] != key:
            place = (place + 1) & (size - 1)
        if into[place] == EMPTY:
            into[place] = key
            into_firsts[place] = firsts[each]
        into_counts[place] += counts[each]
        into_firsts[place] = min(into_firsts[place], firsts[each])
    used = 0
    for each in range(size):
        used += into[each] != EMPTY
    return used


@kernel("u64[] u8[] i64 i64 u8[]")
def note_registers(hashes: Any, valid: Any, begin: int, end: int, registers: Any) -> int:
    """Note in each register the longest run of zeros that a hash began with, plus one."""
    for row in range(begin, end):
        if valid[row] == 0:
            continue
        register = np.int64(hashes[row] >> _SHIFT)
        rest = hashes[row] << _BITS
        run = 1
        while run <= 64 - REGISTER_BITS and (rest >> np.uint64(63)) == 0:
            rest <<= _1
            run += 1
        if run > registers[register]:
            registers[register] = run
    return end
