"""The document of what changed: for people to read, and whole when written as JSON."""

import json
import math

import numpy as np
import pyarrow as pa
import pytest

from dcs.core.classification import Classification
from dcs.validation.drift import distance
from tests.validation.drift.conftest import Sketched

VALUES = np.random.default_rng(11).normal(100, 15, 5_000)


def test_the_diff_says_what_came_what_went_and_what_moved(sketched: Sketched) -> None:
    before = sketched({"id": list(range(50)), "gone": [1] * 50, "a": ["x"] * 50})
    now = sketched(
        {"a": ["x"] * 40, "id": [str(n) for n in range(40)], "mail": ["y"] * 40},
        {"mail": ("EMAIL_ADDRESS", 40)},
    )
    diff = distance(before, now)
    assert (diff.rows, diff.added, diff.removed) == ((50, 40), ("mail",), ("gone",))
    assert diff.retyped == (("id", "integer", "text"),)
    assert diff.reordered == ("a", "id")
    assert not diff.same_schema
    [new] = diff.new_personal_data
    assert (new.column, new.entity, new.before, new.now) == ("mail", "EMAIL_ADDRESS", 0, 40)
    [proposal] = diff.proposals
    assert (proposal.column, proposal.tags) == ("mail", ("EMAIL_ADDRESS",))
    assert proposal.classification is Classification.CONFIDENTIAL
    [gone] = distance(now, before).gone_personal_data
    assert (gone.before, gone.now) == (40, 0)


def test_both_histograms_have_the_same_bins_and_all_rows(sketched: Sketched) -> None:
    before = sketched({"n": VALUES, "t": ["ab"] * 5_000, "u": [f"{n}" for n in range(5_000)]})
    now = sketched(
        {"n": VALUES + 40, "t": ["ab", "c"] * 2_500, "u": [f"{n}0" for n in range(5_000)]}
    )
    for change in distance(before, now).columns:
        drawn = change.histogram
        assert drawn is not None
        assert len(drawn.before) == len(drawn.now)
        assert math.isclose(sum(drawn.before), 1)
        assert math.isclose(sum(drawn.now), 1)
    numbers = next(each for each in distance(before, now).columns if each.name == "n").histogram
    assert numbers is not None
    assert (numbers.of, len(numbers.edges), len(numbers.now)) == ("numbers", 19, 20)
    assert numbers.edges == tuple(sorted(numbers.edges))
    exact = np.histogram(VALUES, [-math.inf, *numbers.edges, math.inf])[0] / len(VALUES)
    assert np.allclose(numbers.before, exact, atol=0.014)


@pytest.mark.parametrize("values", [[5] * 9, [1e308, -1e308], [5e-324, 0.0], [7]])
def test_odd_columns_can_be_drawn(sketched: Sketched, values: list[float]) -> None:
    [change] = distance(sketched({"n": values}), sketched({"n": values})).columns
    assert change.histogram is not None
    assert math.isclose(sum(change.histogram.before), 1)
    assert not change.changed


def test_what_changed_stands_first(sketched: Sketched) -> None:
    before = sketched({"same": [1] * 500, "other": [1] * 500})
    now = sketched({"same": [1] * 500, "other": [2] * 500})
    assert [each.name for each in distance(before, now).columns] == ["other", "same"]


def test_the_document_is_plain_json(sketched: Sketched) -> None:
    table = pa.table({"n": VALUES, "e": pa.nulls(5_000, pa.string()), "ok": [True, False] * 2_500})
    diff = distance(sketched(table), sketched(table.slice(0, 10)))
    document = json.loads(json.dumps(diff.to_json(), allow_nan=False))
    assert document["schema"] == "dcs.diff/v1"
    assert document["rows"] == {"before": 5_000, "now": 10}
    assert [each["rule"] for each in document["checks"]] == ["rows"]
    column = next(each for each in document["columns"] if each["name"] == "e")
    assert column["histogram"] is None
    assert column["null_share"] == {"before": 1.0, "now": 1.0}
