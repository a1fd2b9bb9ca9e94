"""What changed in one column: its empty cells, and how its values are distributed."""

from collections.abc import Iterator, Mapping

from dcs.validation.drift.distances import (
    ks_p_value,
    psi,
    psi_by_chance,
    psi_error,
    share_by_chance,
)
from dcs.validation.drift.distributions import Distribution, decile_shares, ks_distance
from dcs.validation.drift.models import NUMBERS, ColumnSketch
from dcs.validation.drift.settings import STRONG_PSI, Metric
from dcs.validation.drift.verdicts import Difference

TOP = 20  # most frequent values before that are compared one by one
NOTHING = "there are no values of it to compare: none are finite, or the table is too wide"
SURE = 0.01  # p-value below which two samples are not of one distribution


def column_differences(previous: ColumnSketch, current: ColumnSketch) -> Iterator[Difference]:
    """Yield what was measured of a column that both versions have with the same type."""
    yield nulls(previous, current)
    why = _nothing_to_compare(previous, current)
    if why:
        rule = "psi" if current.type in NUMBERS else "values"
        yield Difference(Metric.PSI, rule, current.name, None, "PSI", why)
    elif current.type in NUMBERS:
        yield from _numbers(previous, current)
    elif previous.is_category and current.is_category:
        before, now = category_counts(previous, current)
        yield _counted("values", "its values are shared out differently", current.name, before, now)
    elif previous.lengths and current.lengths:
        yield _counted(
            "lengths",
            "its texts have other lengths",
            current.name,
            previous.lengths,
            current.lengths,
        )


def nulls(previous: ColumnSketch, current: ColumnSketch) -> Difference:
    """Compare the shares of empty cells."""
    before, now = previous.null_share, current.null_share
    return Difference(
        Metric.NULLS,
        "nulls",
        current.name,
        abs(now - before),
        "difference of shares",
        f"empty cells: {before:.1%} in the previous version, {now:.1%} now",
        by_chance=share_by_chance(
            previous.nulls,
            previous.nulls + previous.filled,
            current.nulls,
            current.nulls + current.filled,
        ),
    )


def category_counts(
    previous: ColumnSketch, current: ColumnSketch
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return how often the most frequent previous values were and are there, then all others."""
    top = [digest for digest, _ in previous.frequent[:TOP]]
    return _of(dict(previous.frequent), top), _of(dict(current.frequent), top)


def shares(counts: tuple[int, ...]) -> list[float]:
    """Return counts as shares of their sum, which is not 0."""
    whole = sum(counts)
    return [count / whole for count in counts]


def _of(counts: Mapping[str, int], top: list[str]) -> tuple[int, ...]:
    known = [counts.get(digest, 0) for digest in top]
    return (*known, sum(counts.values()) - sum(known))


def _nothing_to_compare(previous: ColumnSketch, current: ColumnSketch) -> str:
    """Say why two distributions cannot be compared; empty if they can."""
    if previous.entities or current.entities:
        return "it has personal data, of which nothing is kept but counts"
    if not previous.filled or not current.filled:
        when = "in both versions" if previous.filled == current.filled else _when(previous)
        return f"all its cells are empty {when}"
    if current.type in NUMBERS and not (previous.kll and current.kll):
        return NOTHING
    return ""


def _when(previous: ColumnSketch) -> str:
    return "now" if previous.filled else "in the previous version"


def _numbers(previous: ColumnSketch, current: ColumnSketch) -> Iterator[Difference]:
    before, now = Distribution.of(previous), Distribution.of(current)
    if before is None or now is None:
        yield Difference(Metric.PSI, "psi", current.name, None, "PSI", NOTHING)
        return
    yield _deciles(current.name, before, now)
    yield _kolmogorov_smirnov(current.name, before, now)


def _deciles(name: str, before: Distribution, now: Distribution) -> Difference:
    was, are = decile_shares(before, now)
    observed = psi(was, are)
    return Difference(
        Metric.PSI,
        "psi",
        name,
        observed,
        "PSI",
        _said("its values are distributed differently", observed),
        by_chance=psi_by_chance(len(was), before.values, now.values),
        error_bound=psi_error(was, are, before.share_error, now.share_error) or None,
    )


def _kolmogorov_smirnov(name: str, before: Distribution, now: Distribution) -> Difference:
    distance, bound = ks_distance(before, now)
    probable = ks_p_value(distance - bound, before.values, now.values)
    sure = "p < 0.001" if probable < 0.001 else f"p = {probable:.3f}"
    around = f" ± {bound:.3f}" if bound else ""
    return Difference(
        Metric.KS,
        "ks",
        name,
        distance,
        "KS distance",
        f"its values have shifted: KS distance {distance:.3f}{around} ({sure})",
        error_bound=bound or None,
        explained=probable >= SURE,
    )


def _counted(
    rule: str, words: str, name: str, before: tuple[int, ...], now: tuple[int, ...]
) -> Difference:
    observed = psi(shares(before), shares(now))
    used = sum(1 for pair in zip(before, now, strict=True) if any(pair))
    return Difference(
        Metric.PSI,
        rule,
        name,
        observed,
        "PSI",
        _said(words, observed),
        by_chance=psi_by_chance(used, sum(before), sum(now)),
    )


def _said(words: str, observed: float) -> str:
    strongly = ", strongly" if observed > STRONG_PSI else ""
    return f"{words} than in the previous version{strongly} (PSI {observed:.2f})"
