"""A document of recognizers is taken whole or refused with every place that is wrong."""

import pytest

from dcs.validation.errors import InvalidRecognizersError
from dcs.validation.recognizers import parse_recognizers

WHOLE = rb"""
recognizers:
  - {entity: EMPLOYEE_ID, pattern: '\bE[0-9]{6}\b', checksum: luhn, words: [staff], allow: [E000000]}
  - {entity: PROJECT, deny: [Aurora Blue], classification: SECRET, description: code names}
thresholds:
  - {entity: EMPLOYEE_ID, cells: 5, share: 0.01}
suppressions:
  - {entity: PHONE_NUMBER, dataset: orders, column: order_no, reason: order numbers, until: 2027-06-30}
  - {column: id, reason: made up}
"""


def test_a_document_is_read_as_it_is_written() -> None:
    read = parse_recognizers(WHOLE)
    first, second = read.recognizers
    assert (first.entity, first.checksum, first.words, first.allow) == (
        "EMPLOYEE_ID", "luhn", ("staff",), ("E000000",),
    )  # fmt: skip
    assert (second.deny, second.classification) == (("Aurora Blue",), "SECRET")
    assert (read.thresholds[0].cells, read.thresholds[0].share) == (5, 0.01)
    assert str(read.suppressions[0].until) == "2027-06-30"
    assert len(read.sha256) == 64


def test_an_empty_document_is_one() -> None:
    assert parse_recognizers(b"{}").recognizers == ()


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("recognizers: [{entity: lower, pattern: a}]", "recognizers[0].entity"),
        ("recognizers: [{entity: NEW, pattern: '(?<=a)b'}]", "no pattern of RE2's"),
        ("recognizers: [{entity: NEW, pattern: '(a'}]", "no pattern of RE2's"),
        ("recognizers: [{entity: NEW, pattern: '(a)\\1'}]", "no pattern of RE2's"),
        ("recognizers: [{entity: NEW, pattern: 'a*'}]", "matches an empty text"),
        ("recognizers: [{entity: NEW, pattern: '(((x{500}){500}){500})'}]", "no pattern of RE2's"),
        ("recognizers: [{entity: NEW, pattern: '(?:[ab]?){1000}c'}]", "2,005 steps"),
        ("recognizers: [{entity: NEW}]", "needs a pattern or words to deny"),
        ("recognizers: [{entity: EMAIL_ADDRESS, pattern: a}]", "is recognized already"),
        ("recognizers: [{entity: AB, pattern: a}, {entity: AB, pattern: b}]", "recognizer already"),
        ("recognizers: [{entity: AB, pattern: a, checksum: crc32}]", "known are luhn"),
        ("recognizers: [{entity: AB, pattern: a, colour: red}]", "recognizers[0].colour"),
        ("suppression: []", "suppression"),
        ("suppressions: [{entity: PHONE_NUMBER}]", "suppressions[0].reason"),
        ("suppressions: [{entity: PHONE_NUMBER, reason: ' '}]", "suppressions[0].reason"),
        ("suppressions: [{entity: PHONE_NUMBER, reason: '!!'}]", "says nothing"),
        ("suppressions: [{reason: quiet}]", "would hide everything"),
        ("suppressions: [{entity: PHONE, reason: typo}]", "nothing recognizes PHONE"),
        ("thresholds: [{entity: EMAIL_ADDRESS, cells: 0}]", "thresholds[0].cells"),
        ("thresholds: [{entity: EMAIL_ADDRESS, share: 1.5}]", "thresholds[0].share"),
        ("thresholds: [{entity: EMAIL_ADDRESS, share: .nan}]", "thresholds[0].share"),
        ("- a list", "no mapping"),
        ("a: [", "not readable"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("thresholds: []\nthresholds: []", "given twice"),
        ("{x: " * 100 + "1" + "}" * 100, "nested"),
        ("x: " + "y" * 300_000, "longer than"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(document: str, says: str) -> None:
    with pytest.raises(InvalidRecognizersError) as refused:
        parse_recognizers(document.encode())
    assert says in refused.value.detail


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidRecognizersError):
        parse_recognizers(b"\xff\xfe\x00")


def test_words_that_no_pattern_holds_are_refused_before_they_fail_every_file() -> None:
    """One document of 256 KiB has room for more than RE2 takes."""
    words = ", ".join(f"'{n:04d}{'θ' * 195}'" for n in range(500))  # three forms of each letter
    with pytest.raises(InvalidRecognizersError, match="more words than one pattern"):
        parse_recognizers(f"recognizers: [{{entity: MANY, deny: [{words}]}}]".encode())
    with pytest.raises(InvalidRecognizersError, match=r"recognizers\[0\].deny"):
        parse_recognizers(b'recognizers: [{entity: LINES, deny: ["a\\nb"]}]')
    read = parse_recognizers(b"recognizers: [{entity: SIGNS, deny: ['a#b & c~d', '-(x)[y]{z}']}]")
    assert len(read.recognizers[0].deny) == 2


def test_too_many_recognizers_are_refused() -> None:
    many = (
        "recognizers: [" + ", ".join(f"{{entity: AB{n}, pattern: a{n}}}" for n in range(51)) + "]"
    )
    with pytest.raises(InvalidRecognizersError, match="at most 50"):
        parse_recognizers(many.encode())


def test_a_refusal_names_every_place_and_quotes_no_value() -> None:
    document = b"suppressions: [{entity: 'Jane Canary', reason: x}, {entity: PHONE, reason: ok}]"
    with pytest.raises(InvalidRecognizersError) as refused:
        parse_recognizers(document)
    assert "Canary" not in str(refused.value.extra) + refused.value.detail
