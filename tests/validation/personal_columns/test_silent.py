"""A name that says nothing: values alone have to tell, and many things are none of it."""

import pytest

from tests.validation.conftest import Judge
from tests.validation.personal_columns.tables import CITIES, FIRST, FULL, STREETS, of_tier_b, told


def all_of(languages: dict[str, list[str]]) -> list[str]:
    return [each for values in languages.values() for each in values]


@pytest.mark.parametrize(
    ("values", "entity"),
    [(all_of(FULL), "PERSON"), (all_of(FIRST), "PERSON"), (all_of(STREETS), "STREET_ADDRESS"), (all_of(CITIES), "LOCATION")],
    ids=["full names", "first names", "streets", "towns"],
)  # fmt: skip
@pytest.mark.parametrize("header", ["x", "column_7", "Feld 3"])
def test_values_alone_tell_where_the_name_says_nothing(
    judge: Judge, header: str, values: list[str], entity: str
) -> None:
    [found] = told(judge, header, values)
    assert found.entity == entity
    assert found.verified_by.endswith("by its values")
    assert found.score < 0.81


def test_a_few_values_are_not_enough_without_a_name(judge: Judge) -> None:
    assert told(judge, "x", FULL["en"]) == []
    assert [each.entity for each in told(judge, "full_name", FULL["en"][:1])] == ["PERSON"]


def test_a_town_is_nobodys_in_a_table_without_persons(judge: Judge) -> None:
    rows = "".join(f"{town},{n}.5\n" for n, town in enumerate(all_of(CITIES)))
    assert judge(f"city,rain\n{rows}").personal_data == ()
    [found] = judge(f"birth_city,rain\n{rows}").personal_data
    assert (found.column, found.entity, found.tier) == ("birth_city", "LOCATION", "B")
    beside = judge("city,surname\n" + "".join(f"{town},Smith\n" for town in all_of(CITIES)))
    assert {(each.column, each.entity) for each in beside.personal_data} == {
        ("city", "LOCATION"),
        ("surname", "PERSON"),
    }


HARMLESS = {
    "company": ["Miller and Sons", "Bosch GmbH", "Johnson, Smith and Lee", "Acme Holdings Ltd", "Taylor Group"],
    "company_name": ["Ford", "Siemens", "Johnson & Johnson", "Marks and Spencer", "Mercedes"],
    "vendor name": ["Ford", "Siemens", "Dell", "Morgan Stanley", "Wells Fargo"],
    "x companies": ["Johnson PLC", "Smith Inc", "Davis and Brown", "Miller Group", "Lee Ltd"],
    "job": ["Nurse", "Sales Manager", "Civil Engineer", "Chef", "Head of Marketing"],
    "job_title": ["Barrister", "Baker", "Cook", "Mason", "Carpenter"],
    "product": ["Desk lamp Aurora", "Oak shelf", "Mug Victoria", "Chair Paris", "Table Milano"],
    "product_name": ["Paris", "Florence", "Victoria", "Charlotte", "Austin"],
    "colour": ["Dark Olive", "Rose", "Amber", "Ivory", "Royal Blue"],
    "month": ["January", "April", "May", "June", "August"],
    "x months": ["April", "May", "June", "August", "March"],
    "language": ["German", "French", "Polish", "English", "Jordanian Arabic"],
    "x languages": ["German", "French", "Polish", "English", "Jordanian Arabic"],
    "weekday": ["Monday", "Tuesday", "Friday", "Sunday", "Saturday"],
    "sku": ["SKU-AB12", "A-1002-X", "ZZ-0001", "B 12", "C 14"],
    "file_name": ["Smith.pdf", "James Brown", "Anna.png", "report.docx", "Paris Hilton"],
    "filename": ["James Brown", "Mary Smith", "Anna Müller", "Linda Lee", "Tom Jones"],
    "path": ["/home/anna", "/var/log", "C:\\Users\\Tom", "/opt/x", "/etc"],
    "user_agent": ["Mozilla/5.0 (X11; Linux x86_64)", "curl/8.7.1", "okhttp/4.12.0"],
    "order_date": ["2024-01-01", "2023-12-31", "2022-06-30"],
    "created_at": ["1980-01-01 10:00:00", "1990-01-01 10:00:00"],
    "expiry_date": ["2027-01-31", "2028-02-29"],
    "valid_until": ["31.12.1999", "31.12.1998"],
    "date": ["1980-01-01", "1962-06-05"],
    "price": ["12.50", "€ 13.00", "19.99"],
    "status": ["open", "closed", "on hold"],
    "state": ["open", "closed", "new"],
    "order_state": ["NY", "CA", "TX"],
    "code": ["AB", "CD", "EF"],
    "currency": ["EUR", "USD", "PLN"],
    "country_code": ["DE", "FR", "PL"],
    "city_code": ["NYC", "LON", "PAR"],
    "city_id": ["10115", "20095", "80331"],
    "zip_file": ["a.zip", "b.zip", "c.zip"],
    "birth_weight": ["3200", "2900", "3500"],
    "birth_order": ["1", "2", "3"],
    "account_type": ["10000001", "10000002", "10000003"],
    "account_status": ["active", "closed", "frozen"],
    "account_id": ["123456", "123457", "123458"],
    "account_balance": ["1234567", "7654321", "5555555"],
    "email_address": ["unknown", "none given", "not known"],
    "ip_address": ["12 hosts", "3 hosts", "4 hosts"],
    "mac_address": ["n 1 a", "n 2 b", "n 3 c"],
    "web address": ["example org 1", "example org 2"],
    "contract_address": ["12 Main Street", "4 Oak Ave", "9 Mill Lane"],
    "host_name": ["Thor", "Anna", "Victoria", "Martin", "Paris"],
    "team": ["Chelsea", "Boston", "Milan", "Paris", "Liverpool"],
    "hotel_name": ["Victoria", "Savoy", "Sacher", "Adlon", "Martinez"],
    "station": ["Manchester Piccadilly", "London Euston", "Leeds"],
    "first_name_length": ["4", "5", "6"],
    "has_last_name": ["true", "false"],
    "last_name_hash": ["a94a8fe5ccb19ba6", "de9f2c7fd25e1b3a"],
    "species": ["Felis catus", "Canis lupus", "Rosa canina"],
    "note": ["Called Anna on Monday about 12 boxes and the invoice, will call again next week, all fine so far."],
    "name": ["red", "blue", "dark green"],
    "title": ["Pride and Prejudice", "Jane Eyre", "Anna Karenina", "Oliver Twist", "Tom Jones"],
}  # fmt: skip


@pytest.mark.parametrize("header", HARMLESS)
def test_what_is_none_of_it_is_left_alone(judge: Judge, header: str) -> None:
    assert told(judge, header, HARMLESS[header]) == []


def test_what_is_verified_is_not_told_again(judge: Judge) -> None:
    report = judge("bank_account\n" + "DE89370400440532013000\nGB82WEST12345698765432\n" * 10)
    assert [(each.entity, each.tier) for each in report.personal_data] == [("IBAN_CODE", "A")]


def test_dates_that_nobody_was_born_on_are_no_dates_of_birth(judge: Judge) -> None:
    assert of_tier_b(judge("dob\n" + "2199-01-01\n9999-12-31\n0001-01-01\n" * 10), "dob") == []
    assert of_tier_b(judge("dob\n" + "31.12.9999\n01.01.0000\n1.1.1700\n" * 10), "dob") == []
