"""Rare values, and values that only a word tells from other numbers; none where the word or the check is missing."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcs.validation.personal import ColumnScan, Settings
from dcs.validation.personal.checksums import is_bech32_address, is_german_tax_number, is_npi

KEY = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"


def full_width(cell: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in cell)


def with_zero_width(cell: str) -> str:
    return "\u200b".join(cell)


def with_no_break(cell: str) -> str:
    return cell.replace(" ", "\u00a0") + "\u00a0"


def look(cells: list[str], name: str = "note", key: bytes = b"key") -> ColumnScan:
    column = ColumnScan(name, Settings(key))
    values = pa.array(cells, pa.string())
    _, offsets, data = values.buffers()
    column.look_at_text(
        np.frombuffer(data, np.uint8), np.frombuffer(offsets, np.int32)[: len(cells) + 1], 1
    )
    return column


def found(cells: list[str], name: str = "note") -> dict[str, int]:
    return {each.entity: each.cells for each in look(cells, name).found(len(cells), declared=False)}


EXAMPLES = [
    ("see postgres://app:s3cret@db.example.org:5432/x", "URL_WITH_CREDENTIALS"),
    ("id AKIAIOSFODNN7EXAMPLE here", "API_KEY"),
    (f"token=ghp_{KEY}", "API_KEY"),
    (f"Bearer {JWT}", "API_KEY"),
    ("-----BEGIN RSA PRIVATE KEY-----MIIE", "PRIVATE_KEY"),
    ("pay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa now", "CRYPTO"),
    ("to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4.", "CRYPTO"),
    ("0x52908400098527886E0F7030069857D2E4169EE7", "CRYPTO"),
    ("DEA AB1234563 on file", "MEDICAL_LICENSE"),
    ("NPI 1234567893", "MEDICAL_LICENSE"),
    ("driver license D1234567", "US_DRIVER_LICENSE"),
    ("Reisepass C01X00T47", "PASSPORT"),
    ("Steuer-ID 86095742719", "TAX_ID"),
    ("NIF 12345678Z", "TAX_ID"),
    ("codice RSSMRA85T10A562S", "TAX_ID"),
    ("PESEL 44051401359", "TAX_ID"),
    ("BSN 111222333", "TAX_ID"),
    ("NIR 2 55 08 14 168 025 38", "TAX_ID"),
    ("contribuinte 123456789", "TAX_ID"),
    ("rijksregisternummer 85.07.30-033.28", "TAX_ID"),
    ("National Insurance AB 12 34 56 C", "TAX_ID"),
    ("ssn 078051120", "US_SSN"),
    ("iban gb82 west 1234 5698 7654 32", "IBAN_CODE"),
    ("Tel.: 919 077 122", "PHONE_NUMBER"),
    ("0049 172 1344306", "PHONE_NUMBER"),
]


@pytest.mark.parametrize(("cell", "entity"), EXAMPLES)
def test_it_is_found(cell: str, entity: str) -> None:
    assert found(["nothing", cell]) == {entity: 1}


@pytest.mark.parametrize(("cell", "entity"), EXAMPLES)
@pytest.mark.parametrize("disguise", [full_width, with_zero_width, with_no_break])
def test_a_disguise_hides_nothing(disguise: Callable[[str], str], cell: str, entity: str) -> None:
    assert found(["nothing", disguise(cell)]) == {entity: 1}


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("order_no", "212-342-6002"), ("sku", "246-342-6002"), ("delta", "+112727610"),
        ("license_plate", "B1234567"), ("license_key", "AB123456"), ("boarding_pass_no", "AB123456"),
        ("note", "software license A1234567"), ("note", "license key A1234567"),
        ("note", "fax 4006381333931"), ("note", "das ist ein 86095742719"),
    ],
)  # fmt: skip
def test_numbers_of_things_are_nobodys(name: str, cell: str) -> None:
    assert found([cell], name) == {}


@pytest.mark.parametrize(
    ("name", "cell", "entity"),
    [
        ("order_phone", "212-342-6002", "PHONE_NUMBER"),
        ("order_contact", "212-342-6002", "PHONE_NUMBER"),
        ("order_note", "ring 212-342-6002 first", "PHONE_NUMBER"),
        ("order", "+1 212-342-6002", "PHONE_NUMBER"),
        ("license_no", "B1234567", "US_DRIVER_LICENSE"),
        ("note", "driver license plate B1234567", "US_DRIVER_LICENSE"),
        ("note", "fax 442079460958", "PHONE_NUMBER"),
    ],
)
def test_a_word_for_people_is_heard_beside_one_for_things(
    name: str, cell: str, entity: str
) -> None:
    assert found([cell], name) == {entity: 1}


@pytest.mark.parametrize(
    "cell",
    [
        "https://example.org/@jane", "user:password", "AKIASHORT", "eyJhbGciOiJIUzI1NiJ9.x.y",
        "-----BEGIN CERTIFICATE-----", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "0x52908400098527886E0F7030069857D2E4169EE",
        "AB1234563", "DEA AB1234564", "NPI 1234567890", "D1234567", "C01X00T47", "86095742719",
        "Steuer-ID 86095742710", "NIF 12345678A", "RSSMRA85T10A562T", "44051401359", "BSN 111222334",
        "NIR 2 55 08 14 168 025 39", "255081416802538", "contribuinte 123456788", "123456789",
        "rijksregisternummer 85.07.30-033.29", "85.07.30-033.28",
        "ssn 000051120", "gb82 west 1234 5698 7654 33", "919 077 122", "invoice 20240131",
        "9f1b3c2d-0000-4000-8000-00000000abcd", "d41d8cd98f00b204e9800998ecf8427e", "v2.4.1-14-g2414721",
    ],
)  # fmt: skip
def test_without_its_check_or_its_word_it_is_nothing(cell: str) -> None:
    assert found([cell, "x"]) == {}


@pytest.mark.parametrize(
    ("name", "cell", "entity"),
    [
        ("passport_no", "C01X00T47", "PASSPORT"),
        ("steuer_id", "86095742719", "TAX_ID"),
        ("drivers_license", "D1234567", "US_DRIVER_LICENSE"),
        ("npi", "1234567893", "MEDICAL_LICENSE"),
    ],
)
def test_the_columns_name_is_a_word_for_it_too(name: str, cell: str, entity: str) -> None:
    assert found([cell, "", cell], name) == {entity: 2}


def test_a_cell_with_two_forms_counts_once() -> None:
    assert found(["ssn 078-05-1120 or ssn 078051120"]) == {"US_SSN": 1}
    assert found(["tel 0151 5353086, +49 151 5353086"]) == {"PHONE_NUMBER": 1}


@pytest.mark.parametrize(
    ("name", "cell", "entity"),
    [
        ("ssn", "SSN 078051120", "US_SSN"),
        ("phone", "call 2125550123", "PHONE_NUMBER"),
        ("mobile", "Mobil: 2125550199", "PHONE_NUMBER"),
    ],
)
def test_a_cell_that_two_rules_know_counts_once(name: str, cell: str, entity: str) -> None:
    [one] = look([cell], name).found(1, declared=False)
    assert (one.entity, one.cells, one.share, len(one.samples)) == (entity, 1, 1.0, 1)


@pytest.mark.parametrize("cell", ["DE89 3704 0044 0532 0130 00", "de89 3704 0044 0532 0130 00"])
def test_an_account_is_no_telephone(cell: str) -> None:
    assert found([cell]) == {"IBAN_CODE": 1}


def test_the_place_is_counted_in_characters() -> None:
    [passport] = look(["é Reisepass C01X00T47"]).found(1, declared=False)
    [sample] = passport.samples
    assert (sample.start, sample.length, sample.masked) == (12, 9, "X99X99X99")
    assert passport.classification == "SECRET"


@pytest.mark.parametrize(
    "piece",
    ["a", "eyJ", "1", "tax ", "://", "-----BEGIN ", "tel 0", "0x", "gb82 ", "bc1", "x@", "sk-"],
)
def test_a_hostile_cell_takes_linear_time(piece: str) -> None:
    assert isinstance(found([piece * (200_000 // len(piece))]), dict)


@pytest.mark.timeout(60)  # what grows with the square takes minutes
@pytest.mark.parametrize("piece", ["eyJaaaaaaaa-", "-eyJ", "telefon_", "mobil_"])
def test_words_run_together_take_linear_time(piece: str) -> None:
    assert found(["1 tax tel " + piece * (400_000 // len(piece))]) == {}


def test_digits_of_another_script_are_no_tax_code() -> None:
    assert found(["codice RSSMRA\u0668\u0665T10A562S"]) == {}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["NIF 12345678Z", "x", "", "ssn 078051120", f"ghp_{KEY}", "Reisepass C01X00T47"]),
        min_size=2, max_size=30,
    ),
    st.integers(1, 29),
)  # fmt: skip
def test_parts_find_what_the_whole_finds(cells: list[str], place: int) -> None:
    cut = min(place, len(cells) - 1)
    left = look(cells[:cut])
    values = pa.array(cells[cut:], pa.string())
    right = ColumnScan("note", Settings(b"key"))
    _, offsets, data = values.buffers()
    content = (
        np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    )
    right.look_at_text(content, np.frombuffer(offsets, np.int32)[: len(values) + 1], cut + 1)
    left.merge(ColumnScan.from_bytes(right.to_bytes()))
    filled = sum(map(bool, cells)) or 1
    assert left.found(filled, False) == look(cells).found(filled, False)


def test_no_value_crosses_between_processes() -> None:
    state = look([f"ghp_{KEY}", "NIF 12345678Z"]).to_bytes()
    for raw in (KEY.encode(), b"12345678Z"):
        assert raw not in state


def test_published_examples_pass_their_checks() -> None:
    assert is_npi("1234567893")  # CMS, check digit example
    assert is_german_tax_number("86095742719")  # of the tax office's description
    assert is_bech32_address("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4")  # BIP 173
    assert is_bech32_address(
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
    )  # BIP 350
