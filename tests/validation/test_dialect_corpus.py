"""The detector of dialects, measured on files that were made without it."""

from dcs.validation.delimited.dialect import Dialect, detect
from tests.validation.dirty_csv import Case, cases


def is_right(case: Case, found: Dialect) -> bool:
    """Compare where the file holds an answer: a quote only if it quotes, an escape if it escapes."""
    if found.delimiter != case.delimiter:
        return False
    if case.quote is not None and found.quote != case.quote:
        return False
    if case.escape == "doubled":
        return found.escape in {None, case.quote}
    return case.escape is None or found.escape == "\\"


def test_at_least_98_percent_of_dirty_files_are_understood() -> None:
    found = [(case, detect(case.text)) for case in cases()]
    wrong = [
        f"{case.name}: {dialect.delimiter!r} {dialect.quote!r} {dialect.escape!r}"
        for case, dialect in found
        if not is_right(case, dialect)
    ]
    share = 1 - len(wrong) / len(found)
    assert share >= 0.98, f"{share:.1%} of {len(found)} understood, wrong:\n" + "\n".join(wrong)
