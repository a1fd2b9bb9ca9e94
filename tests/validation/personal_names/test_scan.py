"""Names suspected in a column: located, countable in parts, never repeated, never blocking."""

import hashlib
import hmac
import itertools
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcs.validation import Outcome, PersonalData, Report
from dcs.validation.personal_names import NameScan
from tests.validation.personal_names.columns import KEY, buffers, names, scan

SENTENCES: list[str | None] = [
    "Please call Anna Schmidt about the invoice tomorrow.",
    None,
    "Die Kundin Jürgen Müller ist nach Köln umgezogen, bitte prüfen.",
    "",
    "the parcel was lost on the way",
    "The shipment left Manchester yesterday and arrives on Friday.",
    "The purchase order was approved by the board on Monday.",
]


def test_names_are_located_in_characters() -> None:
    assert names(SENTENCES) == [
        ("PERSON", 1, "Anna Schmidt"),
        ("PERSON", 3, "Jürgen Müller"),
        ("LOCATION", 3, "Köln"),
        ("LOCATION", 6, "Manchester"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Madame Dupont habite à Lyon depuis dix ans.", {("PERSON", "Dupont"), ("LOCATION", "Lyon")}),
        ("El paciente José García nació en Sevilla.", {("PERSON", "José García"), ("LOCATION", "Sevilla")}),
        ("La signora Rossi chiede un rimborso a Milano.", {("PERSON", "Rossi"), ("LOCATION", "Milano")}),
        ("Pan Paweł Wójcik mieszka niedaleko Gdańsk.", {("PERSON", "Paweł Wójcik"), ("LOCATION", "Gdańsk")}),
        ("We talked to J. Miller, not to MARY JONES.", {("PERSON", "J. Miller")}),
    ],
)  # fmt: skip
def test_several_languages_are_read(text: str, expected: set[tuple[str, str]]) -> None:
    assert {(entity, value) for entity, _, value in names([text])} >= expected


@pytest.mark.parametrize(
    "cells",
    [
        ["Acme Holdings Ltd", "Miller and Sons", "Bosch GmbH", "Jones, Smith and Lee", "Nordwind AG"],
        ["Engineer, civil (consulting)", "Sales Manager", "Nurse", "Head of Marketing", "Chef"],
        ["Dark Olive", "Rose", "Light Amber", "Ivory", "Royal Blue"],
        ["January", "April", "June", "August", "May"],
        ["Report_Final.pdf", "IMG_2041.JPG", "Invoice March.xlsx", "README.md", "Photo Paris.png"],
        ["German", "French", "Polish", "Jordanian Arabic", "English"],
        ["SKU-AB12", "A-1002-X", "Q4/2024", "N/A", "OK"],
    ],
    ids=["companies", "jobs", "colours", "months", "files", "languages", "codes"],
)  # fmt: skip
def test_a_column_of_short_values_is_left_to_others(cells: list[str]) -> None:
    assert scan([*cells] * 20).found(100, declared=False) == ()


@pytest.mark.parametrize(
    "cell",
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
        "Terms and Conditions apply; see the Privacy Policy and the Service Level Agreement for details.",
        "Sehr gute Lieferung, die Ware war in Ordnung und der Preis war besser als im Laden.",
        "SELECT Name, City FROM Customers WHERE Country = 'X' ORDER BY Name",
        "The Bus Stop, the Park Bench and the Traffic Light near the Main Entrance were repaired in March.",
        "Error: Connection to Data Warehouse refused, please contact Customer Service or open a Ticket.",
    ],
)
def test_capitals_alone_are_no_names(cell: str) -> None:
    assert names([cell]) == []


def test_a_finding_is_suspected_counted_and_says_nothing_of_the_value() -> None:
    person, _ = scan(SENTENCES).found(5, declared=True)
    assert person.tier == "C"
    assert person.is_suspected
    assert (person.entity, person.cells, person.share, person.declared) == ("PERSON", 2, 0.4, True)
    first = person.samples[0]
    assert (first.row, first.column, first.start, first.length) == (1, "note", 12, 12)
    assert first.masked == "Xxxx Xxxxxxx"
    assert first.digest == hmac.new(KEY, b"Anna Schmidt", hashlib.sha256).hexdigest()[:16]
    assert "Schmidt" not in repr(person)


def test_samples_are_those_of_the_first_rows() -> None:
    cells: list[str | None] = ["Please call Anna Schmidt about the invoice tomorrow."] * 50
    [person] = scan(cells, first_row=101).found(50, declared=False)
    assert [each.row for each in person.samples] == list(range(101, 121))
    assert person.cells == 50


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=60),
    st.lists(st.integers(0, 60), max_size=4),
    st.randoms(use_true_random=False),
)
def test_any_split_in_any_order_gives_what_one_pass_gives(
    cells: list[str | None], cuts: list[int], chance: object
) -> None:
    places = sorted({0, len(cells), *(cut for cut in cuts if cut < len(cells))})
    parts = [scan(cells[first:last], first + 1) for first, last in itertools.pairwise(places)]
    chance.shuffle(parts)  # type: ignore[attr-defined]
    while len(parts) > 1:  # as a tree from the right, so that grouping does not matter either
        last = NameScan.from_bytes(parts.pop().to_bytes(), KEY)
        parts[-1].merge(last)
    assert parts[0].to_bytes() == scan(cells).to_bytes()


def test_batches_may_come_backwards() -> None:
    cells: list[str | None] = ["Please call Anna Schmidt about the invoice tomorrow."] * 30
    backwards = NameScan("note", KEY)
    backwards.look_at_text(*buffers(cells), 31)
    backwards.look_at_text(*buffers(cells), 1)
    assert backwards.to_bytes() == scan(cells * 2).to_bytes()


def test_what_is_kept_between_processes_holds_neither_names_nor_the_key() -> None:
    state = scan(SENTENCES).to_bytes()
    text = json.dumps(json.loads(state), ensure_ascii=False)
    for secret in ("Anna", "Schmidt", "Müller", "Köln", "Manchester", KEY.decode()):
        assert secret not in text


def test_ten_thousand_columns_take_little_memory() -> None:
    data, offsets = buffers(SENTENCES)
    tracemalloc.start()
    scans = [NameScan("note", KEY) for _ in range(1_000)]
    for each in scans:
        each.look_at_text(data, offsets, 1)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held / len(scans) < 10_000


def test_nothing_but_empty_cells_is_no_finding() -> None:
    assert scan([None, "", None]).found(0, declared=False) == ()
    assert NameScan("note", KEY).found(0, declared=False) == ()


def test_suspected_names_alone_never_keep_a_file_back() -> None:
    suspected = PersonalData("note", "PERSON", 900, 0.9, declared=False, tier="C")
    report = Report("a.csv", 1, "0" * 64, 1000, (), personal_data=(suspected,))
    assert report.status is Outcome.PASSED
    assert report.undeclared == ()
    assert report.established == ()
    assert Report.from_json(json.loads(json.dumps(report.to_json()))).personal_data == (suspected,)
