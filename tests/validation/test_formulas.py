"""What a spreadsheet would run is flagged with its row and kept as it was sent."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dcs.validation import Outcome, Severity, neutralised
from dcs.validation.formulas import are_formulas, formula_sql
from tests.validation.conftest import Judge, check_of

RUN = [
    "=1+1", "@SUM(A1)", "+1*2", "-A1", "-2+3+cmd|' /C calc'!A0", "\tx", "\rx", " =x", "'=x",
    '"=x', "- item", "＝1", "--5", "-12 kg",
]  # fmt: skip
SHOWN = [
    "", "x", "a=b", "-2.5", "+3", "-1e5", "-.5", "-1,234.50", "-$5", "-5%", "-", "--", "+02:00",
    "-33.86, 151.20", "-33.86,-151.20", "+12125550123", "+43 (1) 555-0123", "+1 212 555 0123 x45",
    "-0044-03-15", "2024-01-01", "1=1", "x@example.org",
]  # fmt: skip


@pytest.mark.parametrize(("cells", "expected"), [(RUN, True), (SHOWN, False)])
def test_two_engines_agree_what_would_be_run(cells: list[str], expected: bool) -> None:
    assert are_formulas(pa.array(cells)).to_pylist() == [expected] * len(cells)
    connection = duckdb.connect()
    for cell in cells:
        query = f"SELECT {formula_sql('c')} FROM (SELECT ?::VARCHAR AS c)"  # noqa: S608  # our own text
        assert connection.execute(query, [cell]).fetchall() == [(expected,)], cell
    connection.close()


def test_formulas_are_a_warning_with_rows_and_without_values(judge: Judge, tmp_path: Path) -> None:
    rows = [f"{n},fine" for n in range(1, 3_000)]
    rows[1_233] = "1234,=HYPERLINK(A1)"
    rows[2_500] = '2501,"@x"'
    report = judge("id,text\n" + "\n".join(rows) + "\n")
    check = check_of(report, "formula:injection:text")
    assert (check.outcome, check.severity, check.failed_rows) == (
        Outcome.WARN,
        Severity.WARNING,
        2,
    )
    assert [(each.row, each.masked) for each in check.samples] == [
        (1_234, "=XXXXXXXXX(X9)"),
        (2_501, "@x"),
    ]
    stored = pq.read_table(tmp_path / "table.parquet")["text"].to_pylist()
    assert (stored[1_233], stored[2_500]) == ("=HYPERLINK(A1)", "@x")


def test_numbers_are_no_formulas(judge: Judge) -> None:
    report = judge("n,t\n-2.5,+12125550123\n-3,--\n")
    assert [each.id for each in report.findings if each.kind.value == "formula"] == []


def test_an_apostrophe_goes_before_what_would_be_run_and_nothing_else() -> None:
    for kind in (pa.string(), pa.large_string()):
        values = pa.array(["=1", None, "-2", "x"], kind)
        assert neutralised(values).to_pylist() == ["'=1", None, "-2", "x"]
        assert neutralised(values).type == kind


def test_whatever_would_be_run_is_neutralised_among_other_cells() -> None:
    cells = [cell for pair in zip(RUN, SHOWN, strict=False) for cell in (None, *pair)]
    expected = [f"'{cell}" if cell in RUN else cell for cell in cells]
    assert neutralised(pa.array(cells)).to_pylist() == expected
    assert len(cells) == 3 * len(RUN)
