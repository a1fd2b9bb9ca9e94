"""A sketch is what an independent computation says, and holds no value it must not."""

import json
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcs.validation import PersonalData
from dcs.validation.drift import Sketch, sketch_of
from dcs.validation.drift.distributions import Distribution
from dcs.validation.drift.models import LENGTH_EDGES, ColumnSketch
from dcs.validation.drift.sketching import digest_of
from tests.validation.drift.conftest import KEY, Sketched, report_of

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)


def only(sketch: Sketch) -> ColumnSketch:
    [column] = sketch.columns
    return column


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.none() | FINITE, min_size=1, max_size=60))
def test_counts_and_quantiles_are_those_of_numpy(
    sketched: Sketched, values: list[float | None]
) -> None:
    column = only(sketched(pa.table({"n": pa.array(values, pa.float64())})))
    filled = [value for value in values if value is not None]
    assert (column.nulls, column.filled) == (len(values) - len(filled), len(filled))
    assert column.distinct == len({value + 0.0 for value in filled})
    if filled:
        expected = np.quantile(np.array(filled), np.linspace(0, 1, 101))
        rounding = 1e-9 + 1e-13 * max(map(abs, filled))  # of an interpolation over the whole range
        assert np.allclose(column.quantiles, expected, rtol=1e-9, atol=rounding)
    else:
        assert (column.quantiles, column.kll) == ((), "")


def test_many_batches_give_the_same_quantiles(sketched: Sketched) -> None:
    values = np.random.default_rng(5).normal(size=200_000)
    column = only(sketched({"n": values}))
    assert np.allclose(column.quantiles, np.quantile(values, np.linspace(0, 1, 101)))
    kept = Distribution.of(column)
    assert kept is not None
    assert kept.values == 200_000
    assert kept.below([0.0], inclusive=True)[0] == pytest.approx(0.5, abs=kept.error)


def test_endless_numbers_are_counted_as_filled_and_left_out_of_the_distribution(
    sketched: Sketched,
) -> None:
    column = only(sketched({"n": [1.0, math.inf, -math.inf, math.nan, 2.0, None]}))
    assert (column.nulls, column.filled) == (1, 5)
    assert (column.quantiles[0], column.quantiles[-1]) == (1.0, 2.0)
    kept = Distribution.of(column)
    assert kept is not None
    assert kept.values == 2


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.none() | st.text(max_size=40), min_size=1, max_size=40))
def test_texts_are_kept_as_lengths_and_keyed_digests(
    sketched: Sketched, values: list[str | None]
) -> None:
    values = [None if value is None else value.replace("\x00", "") for value in values]
    column = only(sketched(pa.table({"t": pa.array(values, pa.string())})))
    filled = [value for value in values if value is not None]
    lengths = [0] * len(LENGTH_EDGES)
    for value in filled:
        lengths[sum(edge <= len(value) for edge in LENGTH_EDGES) - 1] += 1
    assert column.lengths == tuple(lengths)
    counted = Counter(digest_of(value, KEY) for value in filled)
    assert dict(column.frequent) == dict(counted)
    assert [count for _, count in column.frequent] == sorted(counted.values(), reverse=True)


def test_a_column_of_more_than_a_thousand_texts_keeps_only_their_lengths(
    sketched: Sketched,
) -> None:
    column = only(sketched({"t": [f"text {n}" for n in range(1_001)]}))
    assert (column.distinct, column.frequent) == (1_001, ())
    assert sum(column.lengths) == 1_001


def test_of_personal_data_nothing_is_kept_but_counts(sketched: Sketched) -> None:
    table = pa.table(
        {
            "mail": [f"person{n}@example.org" for n in range(9)],
            "ssn": list(range(78051120, 78051129)),
        }
    )
    personal = {"mail": ("EMAIL_ADDRESS", 9), "ssn": ("US_SSN", 9)}
    for column in sketched(table, personal).columns:
        assert (column.quantiles, column.kll, column.frequent, column.lengths) == ((), "", (), ())
        assert (column.filled, column.distinct, column.entities[0][1]) == (9, 9, 9)


def test_a_sketch_survives_being_stored_and_shows_no_text(sketched: Sketched) -> None:
    sketch = sketched(
        {"city": ["Uppsala", "Turku", None], "n": [1, 2, 3], "b": [True, False, None]}
    )
    stored = json.dumps(sketch.to_json())
    assert Sketch.from_json(json.loads(stored)) == sketch
    assert "Uppsala" not in stored
    with pytest.raises(ValueError, match=r"dcs\.sketch/v2"):
        Sketch.from_json({**sketch.to_json(), "schema": "dcs.sketch/v2"})


def test_another_key_makes_other_digests(sketched: Sketched) -> None:
    columns = {"city": ["Uppsala", "Turku"]}
    one, other = only(sketched(columns)), only(sketched(columns, key=b"another"))
    assert {digest for digest, _ in one.frequent}.isdisjoint(digest for digest, _ in other.frequent)


def test_names_that_mean_something_in_sql_are_names(sketched: Sketched) -> None:
    names = ['a"; DROP TABLE x', "select", "a.b", "ä ö", "'"]
    sketch = sketched({name: [1, 2] for name in names})
    assert sketch.names == tuple(names)
    assert all(column.filled == 2 for column in sketch.columns)


def test_a_table_without_rows_has_a_sketch(sketched: Sketched) -> None:
    table = pa.table({"n": pa.array([], pa.int64()), "t": pa.array([], pa.string())})
    sketch = sketched(table)
    assert sketch.rows == 0
    assert [column.filled for column in sketch.columns] == [0, 0]


def test_only_personal_data_that_counts_is_compared(tmp_path: Path) -> None:
    table = pa.table({"note": ["about somebody"] * 3, "mail": ["x"] * 3, "id": ["y"] * 3})
    path = tmp_path / "table.parquet"
    pq.write_table(table, path)
    found = (
        PersonalData("note", "PERSON", 3, 1.0, False, tier="C"),
        PersonalData("mail", "EMAIL_ADDRESS", 3, 1.0, False),
        PersonalData("id", "PHONE_NUMBER", 3, 1.0, False, excluded="they are order numbers"),
    )
    report = replace(report_of(table), personal_data=found)
    columns = {
        each.name: each.entities for each in sketch_of(path, report, KEY, scratch=tmp_path).columns
    }
    assert columns == {"note": (), "mail": (("EMAIL_ADDRESS", 3),), "id": ()}
