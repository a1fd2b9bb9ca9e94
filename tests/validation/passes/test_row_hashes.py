"""The hashes of rows, by which repeated ones are counted."""

import pyarrow as pa

from dcs.validation.passes.batches import Batch
from dcs.validation.passes.layout import Layout
from dcs.validation.passes.partial import Plan, examine
from dcs.validation.personal import Settings
from dcs.validation.statistics.texts import Texts

LAYOUT = Layout({"a": "text", "b": "text", "c": "text", "d": "text"})


def hashes(*names: str) -> list[int]:
    texts = {name: Texts.of(pa.array([f"value of {name}"] * 2, pa.string())) for name in names}
    plan = Plan(Settings(), seed=1, layout=LAYOUT)
    return [int(each) for each in examine(plan, Batch(2, texts, {}), 1).hashes]


def test_equal_rows_hash_alike_in_whichever_order_their_columns_come() -> None:
    assert hashes("a", "b", "c", "d") == hashes("d", "b", "a", "c")


def test_a_part_without_some_columns_hashes_like_any_other_order_of_the_rest() -> None:
    assert hashes("b", "d") == hashes("d", "b")
    assert hashes("b", "d") != hashes("b", "c")
