"""
Find personal data in every cell of a column, over the raw bytes, verified where it is found.

Where values could overlap, the one that begins first takes the bytes. One walk
over each cell stops only at bytes that can begin or anchor a value:
digits, ``@``, ``:``, ``+`` and ``(``. What it stops at is held against the rules
at once: Luhn (ISO/IEC 7812-1), IBAN lengths and mod 97 (ISO 13616), social
security ranges (SSA since 2011), NANP numbering (ATIS), dotted and colon
addresses (RFC 791, RFC 4291). What cannot be told from an ordinary number
counts only where the column's name says so.
"""

from typing import Any

from dcs.validation.kernels.marks import compiled, kernel
from dcs.validation.personal.kernels.addresses import (
    LONGEST_ADDRESS,
    address_around,
    closes,
    hardware_around,
    ipv4_end,
    is_ipv6,
    is_mac,
    like_version,
    near_mark,
    opens,
)
from dcs.validation.personal.kernels.bytes import (
    ANCHOR,
    AT,
    CLASSES,
    COLON,
    DIGIT,
    DOT,
    LETTER,
    LOCAL,
    OPEN,
    PERCENT,
    PLUS,
    WORD,
    byte_at,
    class_at,
    run_of,
)
from dcs.validation.personal.kernels.cards import card_end, is_brand, luhn
from dcs.validation.personal.kernels.disguised import has_high, is_disguised
from dcs.validation.personal.kernels.emails import after_scheme, email_end
from dcs.validation.personal.kernels.identities import iban_end, ssn_end
from dcs.validation.personal.kernels.phones import american_end, bare_phone_end, international_end

ENTITIES = (
    "EMAIL_ADDRESS",
    "CREDIT_CARD",
    "US_SSN",
    "IBAN_CODE",
    "IP_ADDRESS",
    "PHONE_NUMBER",
    "MAC_ADDRESS",
)
EMAIL, CARD, SSN, IBAN, IP, PHONE, MAC = range(len(ENTITIES))
KNOWN = len(ENTITIES)
FIRSTS = 20  # located cells of one entity
CELLS, WHOLE, CANDIDATES = range(
    3
)  # the last: numbers that could be cards, addresses like versions
TALLIES = 3
ROW, START, END = range(3)


@compiled
def note(
    found: Any, counted: Any, tallies: Any, firsts: Any, entity: int, row: int, begin: int, end: int,
    start: int, stop: int,
) -> None:  # fmt: skip
    """Count a value, once for each cell, and keep the first places."""
    if found[entity] == row:
        return
    found[entity] = row
    counted[row] |= 1 << entity
    place = entity * TALLIES
    count = tallies[place + CELLS]
    if count < FIRSTS:
        where = (entity * FIRSTS + count) * 3
        firsts[where + ROW], firsts[where + START], firsts[where + END] = row, start, stop
    tallies[place + CELLS] += 1
    tallies[place + WHOLE] += start == begin and stop == end


@kernel("u8[] i32[] i64 i64 u8[] i64[] i64[] i64[] i64[]")
def scan(
    data: Any,
    offsets: Any,
    named: int,
    disguises: int,
    counted: Any,
    tallies: Any,
    firsts: Any,
    disguised: Any,
    scratch: Any,
) -> int:
    """
    Look for personal data in every cell of one batch of a column.

    Args:
        named: A bit for each entity that the column's name speaks for.
        disguises: 1 to leave cells with disguised characters out and list them.
        counted: A byte for each row, in which the bit of each entity found there is set.
        tallies: `TALLIES` counters an entity, added to: cells, cells that are nothing
            else, and cells with a number that could be one; of telephone numbers those with their country.
        firsts: Row of the batch, first byte and end of the first `FIRSTS` of each entity.
        disguised: Filled with the rows that were left out.
        scratch: 64 numbers.

    Returns:
        How many cells were left out.
    """
    rows = offsets.size - 1
    digits, ends, found = scratch[:20], scratch[20:40], scratch[40 : 40 + KNOWN]
    found[:] = -1
    left_out = 0
    call = (named >> PHONE) & 1 == 1
    for row in range(rows):
        begin, end = int(offsets[row]), int(offsets[row + 1])
        if disguises and has_high(data, begin, end) and is_disguised(data, begin, end):
            disguised[left_out] = row
            left_out += 1
            continue
        position, free, card_free, candidate = begin, begin, begin, False
        while position < end:
            byte = data[position]
            if CLASSES[byte] & ANCHOR == 0:
                position += 1
                continue
            if byte == AT:
                start = position
                while start > free and CLASSES[data[start - 1]] & LOCAL:
                    start -= 1
                stop = email_end(data, position, end) if start < position else -1
                if byte_at(data, start - 1, begin, end) == COLON and after_scheme(
                    data, start, begin
                ):
                    stop = -1  # user and password of an address
                if stop > 0:
                    note(found, counted, tallies, firsts, EMAIL, row, begin, end, start, stop)
                    free = stop
                position += 1
            elif byte == COLON:
                start, stop = address_around(data, position, begin, end)
                if data[start] == COLON and byte_at(data, start + 1, begin, end) != COLON:
                    start += 1  # a colon that belongs to the word before
                if data[stop - 1] == COLON and stop - 2 >= start and data[stop - 2] != COLON:
                    stop -= 1  # or to the sentence
                after = stop
                if byte_at(data, stop, begin, end) == PERCENT:  # an interface may follow
                    after = run_of(data, stop + 1, end, WORD)
                    if after == stop + 1 or not closes(data, after, begin, end):
                        after = stop
                key = start > begin and data[start - 1] == COLON
                open_ = key or opens(data, start, begin, end)
                closed = (
                    closes(data, after, begin, end) or byte_at(data, after, begin, end) == COLON
                )
                position += 1
                if open_ and closed and 6 <= stop - start <= LONGEST_ADDRESS:
                    if is_mac(data, start, stop):
                        note(found, counted, tallies, firsts, MAC, row, begin, end, start, stop)
                        position = max(stop, position)
                    elif is_ipv6(data, start, stop):
                        note(found, counted, tallies, firsts, IP, row, begin, end, start, after)
                        position = max(after, position)
            elif byte in (PLUS, OPEN):
                if byte == PLUS:
                    stop = international_end(data, position, begin, end, call)
                    tallies[PHONE * TALLIES + CANDIDATES] += stop > 0
                else:
                    stop = american_end(data, position, begin, end, call)
                if stop > 0:
                    note(found, counted, tallies, firsts, PHONE, row, begin, end, position, stop)
                position = max(stop, position + 1)
            else:
                run = run_of(data, position, end, DIGIT)
                size = run - position
                following = byte_at(data, run, begin, end)
                if size >= 2 and class_at(data, position - 1, begin, end) & LETTER:
                    stop = iban_end(data, position, begin, end)
                    if stop > 0:
                        note(
                            found,
                            counted,
                            tallies,
                            firsts,
                            IBAN,
                            row,
                            begin,
                            end,
                            position - 2,
                            stop,
                        )
                        position = stop
                        continue
                if size < 13 and CLASSES[following] & WORD and (named >> SSN) & 1 == 0:
                    # Inside a code, as nearly all digits of hashes are; or of hardware, with marks.
                    if size <= 3 and found[MAC] != row and near_mark(data, position, run, end):
                        start, stop = hardware_around(data, position, run, begin, end)
                        if stop > 0:
                            note(found, counted, tallies, firsts, MAC, row, begin, end, start, stop)
                    position = run
                    continue
                if size <= 3 and following == DOT:
                    stop = ipv4_end(data, position, begin, end, (named >> IP) & 1 == 1)
                    if stop > 0:
                        if found[IP] != row and like_version(data, position):
                            tallies[IP * TALLIES + CANDIDATES] += 1
                        note(found, counted, tallies, firsts, IP, row, begin, end, position, stop)
                        position = stop
                        continue
                if size == 3 or (named >> SSN) & 1:
                    stop = ssn_end(data, position, begin, end, (named >> SSN) & 1 == 1)
                    if stop > 0:
                        note(found, counted, tallies, firsts, SSN, row, begin, end, position, stop)
                        position = stop
                        continue
                if size <= 4:
                    stop = american_end(data, position, begin, end, call)
                    if stop > 0:
                        note(
                            found, counted, tallies, firsts, PHONE, row, begin, end, position, stop
                        )
                        position = stop
                        continue
                if call:
                    stop = bare_phone_end(data, position, run, begin, end)
                    if stop > 0:
                        note(
                            found, counted, tallies, firsts, PHONE, row, begin, end, position, stop
                        )
                        position = stop
                        continue
                if position >= card_free and end - position >= 13:
                    stop = card_end(data, position, begin, end, digits, ends)
                    if stop > 0:
                        card_free = stop
                        if not candidate:
                            candidate = True
                            tallies[CARD * TALLIES + CANDIDATES] += 1
                        count = int(ends[0])
                        if is_brand(digits, count) and luhn(digits, count):
                            note(
                                found,
                                counted,
                                tallies,
                                firsts,
                                CARD,
                                row,
                                begin,
                                end,
                                position,
                                stop,
                            )
                if size <= 4 and found[MAC] != row and near_mark(data, position, run, end):
                    start, stop = hardware_around(data, position, run, begin, end)
                    if stop > 0:
                        note(found, counted, tallies, firsts, MAC, row, begin, end, start, stop)
                position = run
    return left_out
