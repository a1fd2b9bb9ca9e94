"""Hold what was found against thresholds and suppressions: nothing disappears, it is excluded with a reason."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from dcs.validation.models import PersonalData
from dcs.validation.recognizers.models import Recognizers, Suppression


def applied(
    found: Iterable[PersonalData], rules: Recognizers, dataset: str | None, today: date
) -> tuple[PersonalData, ...]:
    """
    Return what was found, each finding that does not count with the reason.

    A suppression wins over a threshold, since a person gave its reason.

    Args:
        dataset: The name of the dataset that is judged; None for a file of none, to which
            suppressions of one dataset do not apply.
        today: What the last day of a suppression is held against.
    """
    return tuple(
        replace(each, excluded=_why_not(each, rules, dataset, today)) if not each.excluded else each
        for each in found
    )


def _why_not(found: PersonalData, rules: Recognizers, dataset: str | None, today: date) -> str:
    for each in rules.suppressions:
        if _is_meant(each, found, dataset) and (each.until is None or today <= each.until):
            until = "" if each.until is None else f" (until {each.until.isoformat()})"
            return each.reason + until
    for limit in rules.thresholds:
        if limit.entity == found.entity and (
            found.cells < limit.cells or found.share < limit.share
        ):
            share = f" and {limit.share:.2%} of the column" if limit.share else ""
            return f"below the threshold of {limit.cells:,} cells{share}"
    return ""


def _is_meant(suppression: Suppression, found: PersonalData, dataset: str | None) -> bool:
    wanted = (suppression.entity, suppression.column, suppression.dataset)
    given = (found.entity, found.column, dataset)
    return all(want in (None, have) for want, have in zip(wanted, given, strict=True))
