"""The labelled set is right by itself: numbers by the published examples, labels where they say."""

import re
from ipaddress import ip_address
from random import Random

import pytest

from benchmarks.data import (
    accounts,
    addresses,
    checkdigits,
    national,
    negatives,
    people,
    phones,
    values,
)
from benchmarks.data import labelled as labelled_set
from benchmarks.data.labelled import CELLS, Labelled, columns, hard_negatives, sentences
from benchmarks.data.people import everyone, uncommon
from benchmarks.data.typed import TYPES


@pytest.fixture(scope="module")
def labelled() -> list[Labelled]:
    return sentences(7, uncommon())


@pytest.mark.parametrize(
    ("made", "published"),
    [
        pytest.param(checkdigits.luhn("7992739871"), "3", id="luhn 7992739871"),
        pytest.param(checkdigits.luhn("411111111111111"), "1", id="luhn 411111111111111"),
        pytest.param(
            checkdigits.iban("GB", "WEST12345698765432"), "82", id="iban GB WEST12345698765432"
        ),
        pytest.param(
            checkdigits.iban("DE", "370400440532013000"), "89", id="iban DE 370400440532013000"
        ),
        pytest.param(checkdigits.isbn10("030640615"), "2", id="isbn10 030640615"),
        pytest.param(checkdigits.isbn10("080442957"), "X", id="isbn10 080442957"),
        pytest.param(checkdigits.ean13("978030640615"), "7", id="ean13 978030640615"),
        pytest.param(checkdigits.dea("123456"), "3", id="dea 123456"),
        pytest.param(
            checkdigits.machine_readable("L898902C3"), "6", id="machine_readable L898902C3"
        ),
        pytest.param(
            checkdigits.machine_readable("C01X00T47"), "8", id="machine_readable C01X00T47"
        ),
        pytest.param(checkdigits.german_tax("8609574271"), "9", id="german_tax 8609574271"),
        pytest.param(checkdigits.french_tax("3023217600"), "053", id="french_tax 3023217600"),
        pytest.param(checkdigits.british_tax("955839661"), "1", id="british_tax 955839661"),
        pytest.param(checkdigits.spanish_tax("12345678"), "Z", id="spanish_tax 12345678"),
        pytest.param(checkdigits.spanish_tax("X1234567"), "L", id="spanish_tax X1234567"),
        pytest.param(
            checkdigits.italian_tax("MRTMTT25D09F205"), "Z", id="italian_tax MRTMTT25D09F205"
        ),
        pytest.param(checkdigits.polish_person("4405140135"), "9", id="polish_person 4405140135"),
        pytest.param(checkdigits.polish_tax("123456321"), "8", id="polish_tax 123456321"),
        pytest.param(
            checkdigits.polish_passport("ZS", "000177"), "0", id="polish_passport ZS 000177"
        ),
        pytest.param(checkdigits.dutch_citizen("11122233"), "3", id="dutch_citizen 11122233"),
    ],
)
def test_check_digits_are_those_of_published_numbers(made: str, published: str) -> None:
    assert made == published


@pytest.mark.parametrize(
    ("published", "open_account"),
    [
        ("BE68539007547034", "5390075470kk"),
        ("DE89370400440532013000", "370400440532013000"),
        ("ES9121000418450200051332", "21000418kk0200051332"),
        ("FR1420041010050500013M02606", "20041010050500013M026kk"),
        ("IT60X0542811101000000123456", "k0542811101000000123456"),
        ("NO9386011117947", "8601111794k"),
        ("PL61109010140000071219812874", "1090101k0000071219812874"),
    ],
)
def test_accounts_have_the_check_digits_of_their_country_too(
    published: str, open_account: str
) -> None:
    assert accounts.national(published[:2], open_account) == published[4:]


def test_a_norwegian_account_whose_check_digit_would_be_ten_is_never_opened() -> None:
    assert accounts.national("NO", "0000000006k") is None  # 2 × 6 leaves 1, and 11 − 1 is no digit


def test_numbers_that_are_never_issued_have_no_check_digit() -> None:
    assert checkdigits.dutch_citizen("00000005") is None  # 2 × 5 leaves 10, which is no digit
    assert checkdigits.polish_tax("000000003") is None  # 7 × 3 does too


@pytest.mark.parametrize(
    ("made", "published"),
    [
        (
            addresses.base58(0, bytes.fromhex("62e907b15cbf27d5425399ebf6f0fb50ebb88f18")),
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        ),
        (
            addresses.bech32(0, bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")),
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ),
        (
            addresses.bech32(
                1,
                bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
            ),
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ),
        (
            addresses.ethereum(bytes.fromhex("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")),
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        ),
        (
            addresses.keccak256(b"").hex(),
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
        ),
    ],
)
def test_addresses_of_digital_money_are_those_of_the_proposals(made: str, published: str) -> None:
    assert made == published


def test_a_message_longer_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="one block"):
        addresses.keccak256(bytes(136))


def test_every_card_and_account_passes_its_checksum_and_no_broken_one_does() -> None:
    rng = Random(3)
    for _ in range(300):
        assert _luhn_holds(values.card(rng)[1])
        assert _iban_holds(values.iban(rng)[1])
        assert not _luhn_holds(negatives.wrong_card(rng))
        assert not _iban_holds(negatives.wrong_iban(rng))


def test_every_ip_address_can_be_read_and_both_versions_occur() -> None:
    rng = Random(4)
    assert {ip_address(values.ip(rng)[1]).version for _ in range(200)} == {4, 6}


def test_no_social_security_number_has_a_part_that_is_never_issued() -> None:
    rng = Random(5)
    for _ in range(500):
        digits = re.sub(r"\D", "", values.social_security(rng)[1])
        assert re.fullmatch(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}", digits), digits


def test_no_north_american_number_has_an_exchange_that_ends_in_11() -> None:
    rng = Random(6)
    for _ in range(500):
        digits = re.sub(r"\D", "", phones.american(rng))[-10:]
        assert re.fullmatch(r"[2-9]\d\d[2-9](?!11)\d{6}", digits), digits


def test_a_german_tax_number_repeats_exactly_one_of_its_digits() -> None:
    rng = Random(8)
    for _ in range(300):
        number = national.steuer_id(rng)[1].replace(" ", "")
        assert len(number) == 11
        assert number[0] != "0"
        assert len(set(number[:10])) == 9


@pytest.mark.parametrize("entity", sorted(values.VALUES))
def test_values_differ_from_each_other(entity: str) -> None:
    rng = Random(9)
    made = {values.VALUES[entity](rng)[1] for _ in range(50)}
    assert len(made) > (5 if entity == "PRIVATE_KEY" else 40)


def test_a_service_key_ends_in_the_checksum_of_its_service() -> None:
    rng, alphabet = Random(10), {c: n for n, c in enumerate(_BASE62)}
    keys = [values.api_key(rng)[1] for _ in range(400)]
    checked = [key for key in keys if key.startswith("ghp_")]
    assert checked
    for key in checked:
        number = 0
        for letter in key[-6:]:
            number = number * 62 + alphabet[letter]
        assert number == _crc32(key[4:-6].encode())


def test_the_set_is_as_large_as_promised(labelled: list[Labelled]) -> None:
    assert len(labelled) >= 3_000
    assert {item.language for item in labelled} == {"en", "de", "fr", "es", "it", "pl"}
    found = {span.entity for item in labelled for span in item.spans}
    assert found == {*values.VALUES, "PERSON", "LOCATION"}
    assert sum(not item.spans for item in labelled) > 500


def test_no_slot_is_left_open(labelled: list[Labelled]) -> None:
    slots = {"{any}", "{noise}"} | {f"{{{entity}}}" for entity in values.VALUES}
    assert [item.text for item in labelled if any(slot in item.text for slot in slots)] == []


def test_spans_lie_on_the_values_and_nothing_else(labelled: list[Labelled]) -> None:
    own = uncommon()
    names = {form for p in own.people for form in (p.full, p.last)}
    known = {"PERSON": names, "LOCATION": set(own.places)}
    for item in labelled:
        for span in item.spans:
            value = item.text[span.start : span.end]
            assert value == value.strip()
            if span.entity in known:
                assert value in known[span.entity] | {name.lower() for name in known[span.entity]}
            else:
                assert _plausible(span.entity, value), (span.entity, value)


def test_spans_follow_each_other(labelled: list[Labelled]) -> None:
    for item in labelled:
        ends = [span.end for span in item.spans]
        starts = [span.start for span in item.spans]
        assert all(end < start for end, start in zip(ends, starts[1:], strict=False))


def test_values_stand_in_brackets_at_edges_and_beside_odd_spaces(labelled: list[Labelled]) -> None:
    def around(character: str) -> bool:
        return any(character in item.text for item in labelled if item.spans)

    assert all(around(character) for character in "([<\u00a0\u202f\u2009\u3000„")
    assert any(item.spans and item.spans[0].start == 0 for item in labelled)
    assert any(item.spans and item.spans[-1].end == len(item.text) for item in labelled)


def test_the_same_seed_makes_the_same_set_and_another_seed_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(labelled_set, "FILLS", 3)
    monkeypatch.setattr(labelled_set, "CELLS", 10)
    own = uncommon()
    assert sentences(7, own) == sentences(7, own)
    assert sentences(7, own) != sentences(8, own)
    assert hard_negatives(7) == hard_negatives(7)
    assert hard_negatives(7) != hard_negatives(8)
    assert columns(7, own) == columns(7, own)
    assert columns(7, own) != columns(8, own)


def test_every_harmless_kind_has_a_column_with_a_telling_header_and_one_without() -> None:
    made = hard_negatives(7)
    kinds = {column.kind for column in made}
    assert len(kinds) >= 26
    assert len(made) == 2 * len(kinds)
    assert all(len(column.cells) == CELLS and column.entity is None for column in made)
    assert all("" not in column.cells for column in made)


def test_every_type_has_its_headers_and_one_that_tells_nothing() -> None:
    made = columns(7, uncommon())
    assert len({column.kind for column in made}) >= 15
    assert len(made) == sum(len(kind.headers) + 1 for kind in TYPES)
    assert all(column.entity and len(column.cells) == CELLS for column in made)


def test_our_own_list_has_two_hundred_people_and_no_line_is_broken() -> None:
    own = uncommon()
    assert len({person.full for person in own.people}) >= 200
    assert all(person.first.strip() and person.last.strip() for person in own.people)


def test_fakers_names_are_half_of_everyone_and_always_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("faker", reason="installed for measurements only")
    monkeypatch.setattr(people, "LOCALES", ("de_DE", "pl_PL"))
    assert everyone(7) == everyone(7)
    own = {person.full for person in uncommon().people}
    shares = [person.full in own for person in everyone(7).people]
    assert sum(shares) / len(shares) == pytest.approx(0.5, abs=0.01)


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHAPES = {
    "EMAIL_ADDRESS": r"[^\s@]+@[^\s@]+\.\w+",
    "CREDIT_CARD": r"\d[\d\s-]{12,20}\d",
    "US_SSN": r"\d{3}[\s-]?\d{2}[\s-]?\d{4}",
    "IBAN_CODE": r"(?i)[a-z]{2}\d\d[\sa-z0-9]{11,40}",
    "IP_ADDRESS": r"[0-9a-fA-F.:]+",
    "PHONE_NUMBER": r"[+(\d][\d\s().+/-]{6,20}\d",
    "MAC_ADDRESS": r"[0-9a-fA-F.:-]{14,17}",
    "URL_WITH_CREDENTIALS": r"\S+://\S+:\S+@\S+",
    "US_DRIVER_LICENSE": r"[A-Z]?\d{7,14}",
    "MEDICAL_LICENSE": r"[A-Z]{2}\d{7}",
    "CRYPTO": r"(0x|bc1|[13])\w{25,60}",
    "API_KEY": r"[\w.-]{20,}",
    "PRIVATE_KEY": r"-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----",
    "PASSPORT": r"[A-Z0-9]{8,10}",
    "TAX_ID": r"[A-Z0-9 -]{9,17}",
}


def _plausible(entity: str, value: str) -> bool:
    return re.fullmatch(_SHAPES[entity], value) is not None


def _luhn_holds(text: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(re.sub(r"\D", "", text))):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def _iban_holds(text: str) -> bool:
    plain = text.replace(" ", "").upper()
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _crc32(data: bytes) -> int:
    remainder = 0xFFFFFFFF
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0xEDB88320 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF
