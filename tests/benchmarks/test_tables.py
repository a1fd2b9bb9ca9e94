"""The mixed table: counts that hold, rows that do not depend on how many follow, memory of one block."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from benchmarks.data import cells, tables
from benchmarks.data.values import VALUES

ROOT = Path(__file__).parents[2]
ROWS = 12_000


@pytest.fixture(scope="module", autouse=True)
def small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "BLOCK", 256)
        yield


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tables.Written]:
    path = tmp_path_factory.mktemp("table") / "mixed.csv"
    return path, tables.write(path, ROWS)


@pytest.fixture(scope="module")
def table(written: tuple[Path, tables.Written]) -> pa.Table:
    text = dict.fromkeys(["phone", "card", "code"], pa.string())
    options = pa.csv.ConvertOptions(column_types=text, strings_can_be_null=True)
    return pa.csv.read_csv(written[0], convert_options=options)


def test_the_table_has_twenty_columns_and_the_size_that_was_promised(
    written: tuple[Path, tables.Written], table: pa.Table
) -> None:
    assert table.shape == (ROWS, 20)
    assert written[1].bytes == written[0].stat().st_size
    assert written[1].bytes / ROWS == pytest.approx(358, rel=0.03)


def test_typed_columns_hold_as_many_cells_as_were_counted(
    written: tuple[Path, tables.Written], table: pa.Table
) -> None:
    for name, entity in tables.TYPED.items():
        assert written[1].typed[entity] == ROWS - table[name].null_count, name


def test_every_entity_is_planted_and_every_planted_value_was_counted(
    written: tuple[Path, tables.Written], table: pa.Table
) -> None:
    planted = written[1].planted
    assert planted.keys() == VALUES.keys()
    notes = table["note"].to_pylist()
    clean = {f"{begin}, {end}" for begin in cells.BEGINNINGS for end in cells.ENDINGS}
    assert sum(note not in clean for note in notes) == sum(planted.values())
    assert 0.001 < sum(planted.values()) / ROWS < 0.006
    assert sum("PRIVATE KEY" in note for note in notes) == planted["PRIVATE_KEY"]
    assert sum("://" in note for note in notes) == planted["URL_WITH_CREDENTIALS"]


def test_the_first_thousand_notes_hold_nothing(table: pa.Table) -> None:
    notes = table["note"].to_pylist()
    assert not any(re.search(r"[\d@]", note) for note in notes[: tables.UNTOUCHED])


def test_numbers_of_the_table_pass_their_checksums(table: pa.Table) -> None:
    for card in table["card"].drop_null().to_pylist()[:500]:
        digits = [int(digit) for digit in reversed(card)]
        doubled = [d if n % 2 == 0 else d * 2 - 9 * (d > 4) for n, d in enumerate(digits)]
        assert sum(doubled) % 10 == 0, card
    for iban in table["iban"].drop_null().to_pylist()[:500]:
        assert int(iban[4:] + "1314" + iban[2:4]) % 97 == 1, iban
    for ssn in table["ssn"].drop_null().to_pylist():
        assert re.fullmatch(r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}", ssn), ssn
    for phone in table["phone"].drop_null().to_pylist():
        assert re.fullmatch(r"\+1-[2-9]\d\d-[2-9](?!11)\d\d-\d{4}", phone), phone


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        tables.write(tmp_path / name, 1_500, seed)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_a_larger_table_starts_with_the_rows_of_a_smaller_one(tmp_path: Path) -> None:
    tables.write(tmp_path / "small", 300)
    tables.write(tmp_path / "large", 2_000)
    small, large = (tmp_path / "small").read_bytes(), (tmp_path / "large").read_bytes()
    assert large.startswith(small)


def test_no_batch_is_larger_than_a_block_however_long_the_table() -> None:
    batches = [batch.num_rows for batch, _ in tables.table(1_100)]
    assert batches == [256, 256, 256, 256, 76]
    first, _ = next(tables.table(10**12))  # the rest is never made
    assert first.num_rows == 256


def test_parquet_holds_the_same_table(
    written: tuple[Path, tables.Written], table: pa.Table, tmp_path: Path
) -> None:
    counts = tables.write(tmp_path / "mixed.parquet", ROWS)
    kept = pa.parquet.read_table(tmp_path / "mixed.parquet")
    assert (counts.typed, counts.planted) == (written[1].typed, written[1].planted)
    assert kept["note"].to_pylist() == table["note"].to_pylist()
    assert kept["card"].to_pylist() == table["card"].to_pylist()


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one row"):
        tables.write(tmp_path / "none.csv", 0)


def test_the_command_prints_its_counts_as_json(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.data.tables", "--rows", "50", "--out"]
    done = subprocess.run(
        [*command, str(tmp_path / "t.csv")], cwd=ROOT, check=True, capture_output=True, timeout=60
    )
    told = json.loads(done.stdout)
    assert told["rows"] == 50
    assert told["bytes"] == (tmp_path / "t.csv").stat().st_size
