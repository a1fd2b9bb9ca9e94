"""Telephone numbers are those of the numbering plans: what exists is found, what only has the form is not."""

import random
from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from tools import write_numbering

from dcs.validation.personal.kernels.numbering import exists
from tests.validation.personal.reference import is_number
from tests.validation.personal.test_rare import found

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
AGREEMENT = 0.999  # what differs are prefixes and codes that some countries let one dial twice


def examples() -> Iterator[str]:
    """Yield a number of each kind in each region, in international writing, with its plus sign."""
    for region in REGIONS:
        for kind in PhoneNumberType.values():
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                yield phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        number = phonenumbers.example_number_for_non_geo_entity(code)
        assert number is not None
        yield phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def mutations(written: str, chance: random.Random) -> Iterator[str]:
    """Yield digits that are near to a number: some changed, one more, one less."""
    digits = [each for each in written if each.isdigit()]
    for _ in range(8):
        changed = list(digits)
        for _ in range(chance.randint(0, 3)):
            changed[chance.randrange(1, len(changed))] = chance.choice("0123456789")
        changed += chance.choice(([], [], [], ["1"]))
        del changed[len(changed) - chance.choice((0, 0, 0, 1)) :]
        if 8 <= len(changed) <= 15:
            yield "".join(changed)


EXAMPLES = [each for each in examples() if sum(map(str.isdigit, each)) >= 8]


def test_a_number_of_every_kind_and_region_exists() -> None:
    assert len(EXAMPLES) > 1_200
    missed = [each for each in EXAMPLES if not exists("".join(filter(str.isdigit, each)))]
    assert missed == []


def test_the_table_says_what_the_library_says_of_numbers_that_are_nearly_right() -> None:
    chance = random.Random(7)
    tried = [near for each in EXAMPLES for near in mutations(each, chance)]
    alike = [near for near in tried if exists(near) == is_number(near)]
    known = sum(map(is_number, tried))
    assert len(tried) > 10_000
    assert len(tried) / 5 < known < len(tried) * 4 / 5  # both verdicts are tried
    assert len(alike) >= len(tried) * AGREEMENT


def test_the_kernel_finds_a_number_of_every_region_as_it_is_written() -> None:
    cells = [f"reached at {each} today" for each in EXAMPLES]
    assert found(cells) == {"PHONE_NUMBER": len(cells)}


def test_the_kernel_says_what_the_library_says_of_numbers_that_are_nearly_right() -> None:
    chance = random.Random(8)
    tried = [near for each in EXAMPLES for near in mutations(each, chance)]
    verdicts = [found([f"+{near}"]) == {"PHONE_NUMBER": 1} for near in tried[::4]]
    alike = sum(ours == is_number(near) for ours, near in zip(verdicts, tried[::4], strict=True))
    assert alike >= len(verdicts) * AGREEMENT


def test_the_kernel_says_what_the_library_says_of_north_american_forms() -> None:
    chance = random.Random(9)
    numbers = [
        f"{chance.randint(200, 999)}{chance.randint(2000000, 9999999)}" for _ in range(3_000)
    ]
    cells = [f"{each[:3]}-{each[3:6]}-{each[6:]}" for each in numbers]
    known = [is_number(f"1{each}") for each in numbers]
    assert 600 < sum(known) < 2_400
    assert found(cells) == {"PHONE_NUMBER": sum(known)}


@pytest.mark.parametrize(
    "cell",
    [
        "(212) 555-0123", "1-212-555-0123", "+1 (212) 555-0123", "+44 (0)20 7946 0958",
        "+49 0172 1344306", "+39 06 698 12345", "0044 20 7946 0958", "001 212 555 0123",
        "+43 1 555 0123", "+800 1234 5678", "call +49 (0) 30 123456 or write",
    ],
)  # fmt: skip
def test_numbers_that_exist_are_found(cell: str) -> None:
    assert found(["x", cell]) == {"PHONE_NUMBER": 1}


@pytest.mark.parametrize(
    "cell",
    [
        "246-342-6002",  # Barbados has no such exchange
        "+112727610", "+1 246 342 6002", "+999 123 456789", "222-555-0123", "(999) 234-5678",
        "+20000000000", "0044 1 2345678", "0020 0000 0000", "+44 00 7946 0958",
    ],
)  # fmt: skip
def test_numbers_that_nobody_can_have_are_not(cell: str) -> None:
    assert found(["x", cell]) == {}


@pytest.mark.parametrize("cell", ["246-342-6002", "(222) 555-0123", "+44 00 7946 0958"])
def test_a_mistyped_number_counts_where_the_columns_name_says_telephone(cell: str) -> None:
    assert found([cell], "phone") == {"PHONE_NUMBER": 1}


def test_the_table_is_what_the_pinned_metadata_gives() -> None:
    assert write_numbering.table().tobytes() == write_numbering.TARGET.read_bytes()
