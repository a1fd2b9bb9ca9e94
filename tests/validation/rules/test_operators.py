"""What a number must be: every operator of the standard."""

from decimal import Decimal

import pytest

from dcs.validation.rules.models import Operator
from dcs.validation.rules.operators import holds, wording


@pytest.mark.parametrize(
    ("word", "threshold", "kept", "broken"),
    [
        ("mustBe", 3, 3, 4),
        ("mustNotBe", 3, 4, 3),
        ("mustBeGreaterThan", 3, 3.1, 3),
        ("mustBeGreaterOrEqualTo", 3, 3, 2.9),
        ("mustBeLessThan", 3, 2.9, 3),
        ("mustBeLessOrEqualTo", 3, 3, 3.1),
        ("mustBeBetween", (1, 3), 3, 3.1),
        ("mustBeBetween", (1, 3), 1, 0),
        ("mustNotBeBetween", (1, 3), 4, 3),
    ],
)
def test_every_operator_of_the_standard_says_what_its_name_says(
    word: str, threshold: float | tuple[float, float], kept: float, broken: float
) -> None:
    assert holds(Operator(word), kept, threshold)
    assert not holds(Operator(word), broken, threshold)


def test_the_standard_has_no_operator_that_is_missing_here() -> None:
    from open_data_contract_standard.model import DataQuality

    named = {name for name in DataQuality.model_fields if name.startswith("must")}
    assert named == {each.value for each in Operator}


def test_a_decimal_is_what_it_is_written_as() -> None:
    assert holds(Operator.BE, Decimal("0.10"), 0.1)
    assert holds(Operator.BE, 0.1, 0.1)
    assert not holds(Operator.BE, Decimal("0.1000000001"), 0.1)


def test_large_whole_numbers_are_not_rounded() -> None:
    assert not holds(Operator.BE, 2**63 + 1, 2**63)
    assert holds(Operator.GREATER, 2**63 + 1, 2**63)


@pytest.mark.parametrize(("word", "threshold"), [("mustBe", (1, 2)), ("mustBeBetween", 1)])
def test_an_interval_belongs_to_the_operators_about_intervals(
    word: str, threshold: float | tuple[float, float]
) -> None:
    with pytest.raises(ValueError, match=word):
        holds(Operator(word), 1, threshold)


def test_a_comparison_reads_as_a_sentence() -> None:
    assert wording(Operator.AT_MOST, 1000) == "at most 1,000"
    assert wording(Operator.NOT_BETWEEN, (0.5, 2)) == "outside of 0.5 to 2"
