"""Columns whose values only look like personal data say so by their names; where the data is real it is still found."""

import pytest

from tests.validation.personal.test_rare import found


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("order_no", "212-555-0123"),
        ("orderNumber", "212-555-0123"),
        ("sku", "212.555.0123"),
        ("Bestellnummer", "212-555-0123"),
        ("delta", "+442079460958"),
        ("version", "4.18.17.184"),
        ("firmware", "60.18.170.84"),
        ("license_plate", "AB12345"),
        ("license_key", "AB1234567890"),
        ("boarding_pass_no", "AB123456"),
    ],
)
def test_a_column_of_other_things_holds_no_personal_data(name: str, cell: str) -> None:
    assert found([cell] * 30, name) == {}


@pytest.mark.parametrize(
    ("name", "cell", "entity"),
    [
        ("order_phone", "212-555-0123", "PHONE_NUMBER"),
        ("order_contact", "212-555-0123", "PHONE_NUMBER"),
        ("version_host", "60.18.170.84", "IP_ADDRESS"),
        ("order_no", "12, ring 212-555-0123 first", "PHONE_NUMBER"),
        ("driver_license", "AB12345", "US_DRIVER_LICENSE"),
        ("license_no", "AB12345", "US_DRIVER_LICENSE"),
        ("pass_no", "AB123456", "PASSPORT"),
        ("order_no", "jane@example.org", "EMAIL_ADDRESS"),
    ],
)
def test_where_it_is_real_it_is_still_found(name: str, cell: str, entity: str) -> None:
    assert found([cell] * 30, name).get(entity) == 30


@pytest.mark.parametrize(
    "cell",
    [
        "software license AB1234567",
        "license plate AB12345",
        "boarding pass no AB123456",
        "fax 4006381333931",
        "das ist ein 86095742719",
        "codice 86095742719",
    ],
)
def test_a_wide_word_says_nothing(cell: str) -> None:
    assert found([cell, "x"]) == {}


@pytest.mark.parametrize(
    ("cell", "entity"),
    [
        ("license AB1234567", "US_DRIVER_LICENSE"),
        ("fax 442079460958", "PHONE_NUMBER"),
        ("fax 2079460958", "PHONE_NUMBER"),
        ("passport no AB123456", "PASSPORT"),
        ("NI AB 12 34 56 C", "TAX_ID"),
    ],
)
def test_its_narrow_neighbour_still_does(cell: str, entity: str) -> None:
    assert found([cell, "x"])[entity] == 1
