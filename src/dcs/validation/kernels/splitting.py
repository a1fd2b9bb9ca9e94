"""
Split the bytes of a regular table of texts into its cells, and the cells into columns.

Regular means what `regular.count_records` has checked: as many cells in every
record, quotes only around whole cells and doubled inside. Both kernels check
it again and give up where it does not hold, so that a mistake in either reader
is noticed by the other.
"""

from typing import Any

from dcs.validation.kernels.marks import kernel

LINE_FEED, CARRIAGE_RETURN, SPACE = 10, 13, 32
IRREGULAR = -1


@kernel("u8[] i64 i64 i64 i32[] i64[]")
def find_ends(block: Any, delimiter: int, quote: int, width: int, ends: Any, sizes: Any) -> int:
    """
    Find where each cell ends.

    Args:
        block: Whole records, the last one with its line end.
        delimiter: One byte.
        quote: One byte, or -1 where quotes are only characters of the cells.
        width: Cells of each record.
        ends: Filled with the position behind each cell, record by record.
        sizes: Filled with the bytes of each column, quotes included.

    Returns:
        The number of records, or `IRREGULAR`.
    """
    size = block.size
    position, cells, column = 0, 0, 0
    sizes[:] = 0
    while position < size:
        start = position
        if block[position] == quote:
            position += 1
            while True:
                while position < size and block[position] != quote:
                    position += 1
                if position >= size:
                    return IRREGULAR
                position += 1
                if position >= size or block[position] != quote:
                    break
                position += 1
        else:
            byte = block[position]
            while byte != delimiter and byte != LINE_FEED:
                position += 1
                if position >= size:
                    return IRREGULAR
                byte = block[position]
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
            ends[cells] = end
            sizes[column] += end - start
            column = 0
        elif byte == delimiter:
            if column == width - 1 or end != position:
                return IRREGULAR
            ends[cells] = end
            sizes[column] += end - start
            column += 1
        else:
            return IRREGULAR
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
        ends: As `find_ends` filled it.
        trim: 1 if spaces in front of a cell belong to the delimiter.
        bases: Where each column begins in *data*; afterwards where it ends.
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
            end = ends[cell]
            first = start
            target = bases[column]
            began = target
            if trim == 1:
                while first < end and block[first] == SPACE:
                    first += 1
            if first < end and block[first] == quote:
                first += 1
                last = end - 1
                while first < last:
                    byte = block[first]
                    data[target] = byte
                    target += 1
                    first += 2 if byte == quote else 1
            else:
                for position in range(first, end):
                    data[target] = block[position]
                    target += 1
            bases[column] = target
            place = column * stride + record
            offsets[place + 1] = offsets[place] + (target - began)
            start = end + 1
            cell += 1
        # The next record begins behind the line end, which may be two bytes long.
        if start < block.size + 1 and block[start - 1] == CARRIAGE_RETURN:
            start += 1
    return cell
