"""
Split the bytes of a regular table of texts into its cells, and the cells into columns.

Regular means what `regular.count_records` has checked: as many cells in every
record, quotes only around whole cells and doubled inside. `find_ends` checks
it again and gives up where it does not hold, so that a mistake in either
reader is noticed by the other.
"""

from typing import Any

from dcs.validation.kernels.marks import kernel
from dcs.validation.kernels.words import copy, full_word, has, repeated

LINE_FEED, CARRIAGE_RETURN, SPACE = 10, 13, 32
IRREGULAR = -1


@kernel("u8[] i64 i64 i64 i64 i32[] i64[]")
def find_ends(
    block: Any, size: int, delimiter: int, quote: int, width: int, ends: Any, sizes: Any
) -> int:
    """
    Find where each cell ends.

    Args:
        block: Whole records, the last one with its line end.
        size: Bytes of the records; there is room behind them.
        delimiter: One byte.
        quote: One byte, or -1 where quotes are only characters of the cells.
        width: Cells of each record.
        ends: Filled with the position behind each cell, record by record; negative for
            a quoted cell that has doubled quotes inside.
        sizes: Filled with the bytes of each column, quotes included.

    Returns:
        The number of records, or `IRREGULAR`.
    """
    between, breaks = repeated(delimiter), repeated(LINE_FEED)
    quotes = repeated(quote & 0xFF)
    position, cells, column = 0, 0, 0
    sizes[:] = 0
    while position < size:
        start = position
        doubled = False
        if block[position] == quote:
            position += 1
            while True:
                while position + 8 <= size and has(full_word(block, position), quotes) == 0:
                    position += 8
                while position < size and block[position] != quote:
                    position += 1
                if position >= size:
                    return IRREGULAR
                position += 1
                if position >= size or block[position] != quote:
                    break
                doubled = True
                position += 1
        else:
            while position + 8 <= size:
                word = full_word(block, position)
                if has(word, between) | has(word, breaks):
                    break
                position += 8
            while position < size:
                byte = block[position]
                if byte == delimiter or byte == LINE_FEED:  # noqa: SIM109  # no tuple in the loop
                    break
                position += 1
        end = position
        if position < size and block[position] == CARRIAGE_RETURN:
            position += 1  # behind a quoted cell; a bare one ends at its line feed
        if position >= size or cells >= ends.size:
            return IRREGULAR
        byte = block[position]
        if byte == LINE_FEED:
            if column != width - 1:
                return IRREGULAR
            if end == position and end > start and block[end - 1] == CARRIAGE_RETURN:
                end -= 1
            column = 0
            sizes[width - 1] += end - start
        elif byte == delimiter:
            if column == width - 1 or end != position:
                return IRREGULAR
            sizes[column] += end - start
            column += 1
        else:
            return IRREGULAR
        ends[cells] = -end if doubled else end
        cells += 1
        position += 1
    if column != 0:
        return IRREGULAR
    return cells // width


@kernel("u8[] i32[] i64 i64 i64 i64[] u8[] i32[]")
def gather(
    block: Any,
    ends: Any,
    records: int,
    quote: int,
    trim: int,
    bases: Any,
    data: Any,
    offsets: Any,
) -> int:
    """
    Copy the cells into columns, without their quotes.

    Args:
        block: With room behind the records (`words.ROOM`).
        ends: As `find_ends` filled it.
        trim: 1 if spaces in front of a cell belong to the delimiter.
        bases: Where each column begins in *data*, with room behind the one before;
            afterwards where it ends.
        data: Filled with the bytes of the cells, column by column.
        offsets: Filled with *records* + 1 positions for each column, relative to its beginning.

    Returns:
        The number of cells.
    """
    width = bases.size
    stride = records + 1
    start, cell = 0, 0
    for column in range(width):
        offsets[column * stride] = 0
    for record in range(records):
        for column in range(width):
            end = abs(ends[cell])
            first = start
            target = bases[column]
            began = target
            if trim == 1:
                while first < end and block[first] == SPACE:
                    first += 1
            if ends[cell] < 0:
                first += 1
                last = end - 1
                while first < last:
                    byte = block[first]
                    data[target] = byte
                    target += 1
                    first += 2 if byte == quote else 1
            else:
                last = end
                if first < end and block[first] == quote:
                    first += 1
                    last -= 1
                copy(block, first, last, data, target)
                target += last - first
            bases[column] = target
            place = column * stride + record
            offsets[place + 1] = offsets[place] + (target - began)
            start = end + 1
            cell += 1
        # The next record begins behind the line end, which may be two bytes long.
        if block[start - 1] == CARRIAGE_RETURN:
            start += 1
    return cell
