"""
Write the table of telephone numbers from the metadata of ``phonenumberslite``.

``--check`` writes nothing and fails if the table is not what the pinned release says.
The table is an automaton over the digits behind the plus sign: it accepts what the
library calls a valid number, if it has eight digits or more, and the same with a
national prefix 0 behind the country code. `dcs.validation.personal.kernels.numbering`
says how it is laid out.
"""

import sys
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import numpy as np
import phonenumbers
from phonenumbers import PhoneMetadata

from tools.numbering.languages import NOTHING, Languages
from tools.numbering.patterns import language_of

TARGET = Path(__file__).parents[1] / "src/dcs/validation/personal/kernels/numbering.bin"
LENGTHS = frozenset(range(8, 16))  # shorter ones cannot be told from other numbers
KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number",
    "pager", "uan", "voicemail",
)  # fmt: skip
ENDS = 1 << 15


def main() -> None:
    """Write or check the table."""
    content = table().tobytes()
    if "--check" not in sys.argv:
        TARGET.write_bytes(content)
    elif not TARGET.exists() or TARGET.read_bytes() != content:
        sys.exit(f"not current: {TARGET.name}; run `python -m tools.write_numbering`")


def table() -> np.ndarray:
    """Return the automaton: ten following states for each state; state 0 leads nowhere, 1 is first."""
    languages = Languages()
    plans = [
        languages.text(str(code), _plan(code, languages))
        for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    ]
    whole = languages.both(reduce(languages.union, plans), languages.lengths(LENGTHS))
    return _laid_out(whole, languages)


def _plan(code: int, languages: Languages) -> int:
    """Return the numbers behind one country code."""
    found = NOTHING
    for metadata in _metadata(code):
        numbers = _valid(metadata, languages)
        if metadata.national_prefix == "0":
            numbers = languages.union(numbers, languages.text("0", numbers))
        found = languages.union(found, numbers)
    return found


def _metadata(code: int) -> Iterator[PhoneMetadata]:
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        yield (
            PhoneMetadata.metadata_for_nongeo_region(code)
            if region == "001"
            else PhoneMetadata.metadata_for_region(region)
        )


def _valid(metadata: PhoneMetadata, languages: Languages) -> int:
    """Return the national numbers of one region: those of any kind that fit its general form too."""
    kinds = [getattr(metadata, each) for each in KINDS]
    numbers = reduce(languages.union, (_described(each, languages) for each in kinds if each))
    return languages.both(numbers, _described(metadata.general_desc, languages))


def _described(kind: phonenumbers.PhoneNumberDesc, languages: Languages) -> int:
    if not kind.national_number_pattern:
        return NOTHING
    numbers = language_of(kind.national_number_pattern, languages.empty, languages)
    lengths = frozenset(kind.possible_length)
    return languages.both(numbers, languages.lengths(lengths)) if lengths else numbers


def _laid_out(first: int, languages: Languages) -> np.ndarray:
    """Number the states that can be reached in the order in which they are, and lay them out."""
    order = [NOTHING, first]
    numbers = {NOTHING: 0, first: 1}
    for state in order:
        for following in languages.nodes[state][1]:
            if following not in numbers:
                numbers[following] = len(order)
                order.append(following)
    if len(order) >= ENDS:
        raise ValueError("more states than a table of 16 bits can name")
    return np.array(
        [
            numbers[following] | (ENDS if languages.nodes[following][0] else 0)
            for state in order
            for following in languages.nodes[state][1]
        ],
        "<u2",
    )


if __name__ == "__main__":
    main()
