"""Personal data: found in whatever cell it is, verified, located, and never repeated."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcs.validation import Outcome
from dcs.validation.shapes import shape
from tests.validation.conftest import Judge
from tests.validation.personal.reference import RECOGNIZERS, iban_checksum, luhn

BY_ENTITY = {each.entity: each for each in RECOGNIZERS}


def found(judge: Judge, name: str, values: list[str]) -> dict[str, int]:
    rows = "".join('"' + value.replace('"', '""') + '"\n' for value in values)
    report = judge(f"{name}\n{rows}")
    return {each.entity: each.cells for each in report.personal_data}


@pytest.mark.parametrize(
    ("cell", "entity"),
    [
        ("write to jane.doe+news@mail.example.co.uk today", "EMAIL_ADDRESS"),
        ("o'hara@example.ie", "EMAIL_ADDRESS"),
        ("paid with 4111 1111 1111 1111", "CREDIT_CARD"),
        ("5500-0000-0000-0004", "CREDIT_CARD"),
        ("378282246310005", "CREDIT_CARD"),
        ("ssn: 078-05-1120.", "US_SSN"),
        ("GB82 WEST 1234 5698 7654 32", "IBAN_CODE"),
        ("to DE89370400440532013000 please", "IBAN_CODE"),
        ("from 192.168.1.77", "IP_ADDRESS"),
        ("2001:db8::8a2e:370:7334", "IP_ADDRESS"),
        ("call (212) 555-0123 now", "PHONE_NUMBER"),
        ("+43 1 555 0123", "PHONE_NUMBER"),
        ("212-555-0123", "PHONE_NUMBER"),
    ],
)
def test_it_is_found_in_free_text(judge: Judge, cell: str, entity: str) -> None:
    assert found(judge, "note", ["nothing", cell]) == {entity: 1}


@pytest.mark.parametrize(
    "cell",
    [
        "4111 1111 1111 1112",  # the check digit is wrong
        "9999999999999995",  # no brand begins so
        "000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000",
        "078051120",  # nine bare digits in a column that says nothing
        "GB82 WEST 1234 5698 7654 33", "XX82WEST12345698765432",
        "1.2.3.4", "version 10.0.19.1", "300.1.2.3", "1.2.3.4.5", "010.200.30.40",
        "12:30:45", "aa:bb:cc:dd:ee", "::", "a::b::c",
        "2783918982", "053-123-4567", "2014-12-31 10:00:00", "53.7330595482546", "1234567890123456789012",
        "user@localhost", "@example.org", "a @ b.co", "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_not(judge: Judge, cell: str) -> None:
    assert found(judge, "note", [cell, "x"]) == {}


@pytest.mark.parametrize(
    ("name", "cell", "entity"),
    [
        ("ssn", "078051120", "US_SSN"),
        ("SocialSecurity", "078051120", "US_SSN"),
        ("client_ip", "10.0.0.1", "IP_ADDRESS"),
        ("mobilePhone", "2125550123", "PHONE_NUMBER"),
    ],
)
def test_a_bare_number_counts_where_the_columns_name_says_so(
    judge: Judge, name: str, cell: str, entity: str
) -> None:
    assert found(judge, name, [cell]) == {entity: 1}


def test_every_cell_is_looked_at_and_not_the_first_thousand(judge: Judge) -> None:
    values = ["nothing here"] * 150_000
    for row in (1, 999, 1_000, 65_536, 65_537, 150_000):
        values[row - 1] = "jane@example.org"
    report = judge("note\n" + "\n".join(values) + "\n")
    [email] = report.personal_data
    assert email.cells == 6
    assert [sample.row for sample in email.samples] == [1, 999, 1_000, 65_536, 65_537, 150_000]


def test_numbers_are_looked_at_too(judge: Judge) -> None:
    report = judge("card\n4111111111111111\n5500000000000004\n")
    assert report.columns[0].type == "integer"
    assert [each.entity for each in report.personal_data] == ["CREDIT_CARD"]
    assert report.columns[0].low is None  # its numbers would be the data itself


def test_random_numbers_that_pass_luhn_by_chance_are_not_cards(judge: Judge) -> None:
    chance = random.Random(3)
    values = [f"4{chance.randint(0, 10**15 - 1):015d}" for _ in range(2_000)]
    assert sum(luhn(value) for value in values) > 100
    assert found(judge, "order", values) == {}
    assert found(judge, "card", values) != {}


@given(st.text("0123456789", min_size=12, max_size=18))
def test_exactly_one_last_digit_passes_luhn(body: str) -> None:
    assert sum(luhn(body + digit) for digit in "0123456789") == 1


@given(st.integers(0, 10**18 - 1))
def test_a_wrong_digit_is_noticed_in_every_iban(number: int) -> None:
    body = f"{number:018d}"
    check = 98 - int(body + "131400") % 97
    iban = f"DE{check:02d}{body}"
    assert iban_checksum(iban)
    wrong = iban[:-1] + str((int(iban[-1]) + 1) % 10)
    assert not iban_checksum(wrong)


@given(st.text(max_size=60))
def test_no_recognizer_fails_or_leaves_the_cell(text: str) -> None:
    for each in RECOGNIZERS:
        for named in (True, False):
            for start, end in each.find(text, named):
                assert 0 <= start < end <= len(text)


@given(st.text(max_size=60))
def test_a_shape_shows_no_letter_and_no_digit_of_the_value(text: str) -> None:
    shown = shape(text)
    assert len(shown) <= 41
    assert all(each in "xX9…" or not each.isalnum() for each in shown)


SECRETS = {
    "email": "jane.canary@example.org",
    "card": "4111111111111111",
    "ssn": "078-05-1120",
    "iban": "DE89370400440532013000",
    "phone": "+43 1 555 0199",
    "ip": "203.0.113.77",
    "note": "Canary Street 17",
    "amount": "777777.25",
}


def test_no_raw_value_is_in_the_report(judge: Judge) -> None:
    rows = [
        ",".join(SECRETS),
        *(",".join(SECRETS.values()) for _ in range(3)),
        "wrong,x,x,x,x,x,x,1",
    ]
    report = judge("\n".join(rows) + "\n")
    assert report.status is Outcome.FAILED
    assert {each.entity for each in report.personal_data} == set(BY_ENTITY)
    text = json.dumps(report.to_json(), ensure_ascii=False)
    for name, secret in SECRETS.items():
        if name != "amount":  # a number nobody called personal: its profile shows it
            assert secret not in text, name


def test_a_column_is_partly_shown_only_where_nearly_every_cell_has_that_form(judge: Judge) -> None:
    rows = "".join(f"a{n}@example.org,{'x' if n % 2 else f'b{n}@example.org'}\n" for n in range(10))
    report = judge("email,note\n" + rows)
    assert {each.name: each.method for each in report.columns} == {
        "email": "partial",
        "note": "redact",
    }
