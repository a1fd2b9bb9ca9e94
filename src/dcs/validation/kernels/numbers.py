"""
Measure columns of numbers: sums that merge, and exact counts once the limits are known.

Sums are kept as two doubles each, with the rounding error of every step in the
second (Knuth's two-sum, Dekker's product): 106 bits, so that neither the order
of the rows nor how they were cut into parts shows in a mean or a deviation.
"""

from typing import Any

from dcs.validation.kernels.marks import compiled, kernel

COUNT, SUM, SUM_REST, SQUARES, SQUARES_REST, LOW, HIGH = range(7)
SUMS = 7
SPLITTER = 134_217_729.0  # 2^27 + 1 cuts a double into halves whose products are exact


@compiled
def plus(high: float, low: float, value: float, rest: float) -> tuple[float, float]:
    """Add two numbers of two doubles each."""
    total = high + value
    part = total - high
    error = (high - (total - part)) + (value - part)
    error += low + rest
    whole = total + error
    return whole, error - (whole - total)


@compiled
def square(value: float) -> tuple[float, float]:
    """Return the square of a double as two doubles, exactly."""
    product = value * value
    large = SPLITTER * value
    high = large - (large - value)
    low = value - high
    return product, ((high * high - product) + 2.0 * high * low) + low * low


@kernel("f64[] u8[] f64[]")
def add_up(values: Any, valid: Any, sums: Any) -> int:
    """
    Add a batch to the sums of a column.

    Args:
        values: Finite numbers.
        valid: 1 for each that is there.
        sums: Count, sum, sum of squares (each with its rest), lowest and highest; a
            count of 0 before the first batch.

    Returns:
        How many values were there.
    """
    count, low, high = sums[COUNT], sums[LOW], sums[HIGH]
    total, total_rest = sums[SUM], sums[SUM_REST]
    squares, squares_rest = sums[SQUARES], sums[SQUARES_REST]
    found = 0
    for row in range(values.size):
        if valid[row] == 0:
            continue
        value = values[row]
        if count == 0:
            low = high = value
        found += 1
        count += 1
        low = min(low, value)
        high = max(high, value)
        total, total_rest = plus(total, total_rest, value, 0.0)
        product, rest = square(value)
        squares, squares_rest = plus(squares, squares_rest, product, rest)
    sums[COUNT], sums[LOW], sums[HIGH] = count, low, high
    sums[SUM], sums[SUM_REST] = total, total_rest
    sums[SQUARES], sums[SQUARES_REST] = squares, squares_rest
    return found


@kernel("f64[] u8[] f64 f64 i64 i64[] f64[]")
def count_outside(
    values: Any, valid: Any, low: float, high: float, first_row: int, rows: Any, found: Any
) -> int:
    """
    Count the values below *low* or above *high*.

    Args:
        rows: Filled with the rows of the first of them, from *first_row* on.
        found: Filled with their values.
    """
    count = 0
    for row in range(values.size):
        if valid[row] and (values[row] < low or values[row] > high):
            if count < rows.size:
                rows[count] = first_row + row
                found[count] = values[row]
            count += 1
    return count


@kernel("f64[] u8[] f64 f64 i64[]")
def count_bins(values: Any, valid: Any, low: float, step: float, bins: Any) -> int:
    """Add a batch to a histogram of equal steps; the highest value is in the last bin."""
    last = bins.size - 1
    for row in range(values.size):
        if valid[row]:
            bins[min(int((values[row] - low) / step), last)] += 1
    return len(values)


@kernel("f64[] u8[] f64 f64 f64[] i64 i64[]")
def collect_between(
    values: Any, valid: Any, low: float, high: float, kept: Any, filled: int, below: Any
) -> int:
    """
    Keep the values from *low* to *high*, and count those below.

    Args:
        kept: Filled from *filled* on; what does not fit is only counted.
        below: One counter, added to.

    Returns:
        How many were found between, kept or not, with those before.
    """
    for row in range(values.size):
        if valid[row] == 0:
            continue
        value = values[row]
        if value < low:
            below[0] += 1
        elif value <= high:
            if filled < kept.size:
                kept[filled] = value
            filled += 1
    return filled
