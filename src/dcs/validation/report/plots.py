"""Plots as SVG, drawn on the server: they need no script, print well and follow the colours."""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, GAP = 160, 32, 1
LINE = 16  # height of one line of text
LETTERS = 26  # of a shape beside its bar


def histogram(counts: Sequence[int], low: float, high: float, name: str) -> Markup:
    """Draw a histogram; its text says what a reader of the screen cannot see."""
    highest = max(counts, default=0)
    if not highest:
        return Markup("")
    step = WIDTH / len(counts)
    columns = "".join(
        f'<rect x="{position * step:.1f}" y="{HEIGHT - count / highest * HEIGHT:.1f}" '
        f'width="{step - GAP:.1f}" height="{count / highest * HEIGHT:.1f}"/>'
        for position, count in enumerate(counts)
        if count
    )
    label = escape(f"{name}: from {low:g} to {high:g}, {len(counts)} steps, highest {highest:,}")
    return Markup(  # noqa: S704  # numbers and an escaped label
        f'<svg class="histogram" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f"<title>{label}</title>{columns}</svg>"
    )


def two_histograms(before: Sequence[float], now: Sequence[float], name: str) -> Markup:
    """Draw the shares of two versions over the same bins: columns for now, a line for before."""
    highest = max((*before, *now), default=0.0)
    if not highest:
        return Markup("")
    step = WIDTH / len(now)
    columns = "".join(
        f'<rect x="{place * step:.1f}" y="{HEIGHT - share / highest * HEIGHT:.1f}" '
        f'width="{step - GAP:.1f}" height="{share / highest * HEIGHT:.1f}"/>'
        for place, share in enumerate(now)
        if share
    )
    path = "".join(
        f"{'M' if not place else 'L'}{place * step:.1f} {HEIGHT - share / highest * HEIGHT:.1f}"
        f"h{step:.1f}"
        for place, share in enumerate(before)
    )
    label = escape(f"{name}: columns are this version, the line is the one before")
    return Markup(  # noqa: S704  # numbers and an escaped label
        f'<svg class="histogram two" viewBox="0 -1 {WIDTH} {HEIGHT + 2}" role="img" '
        f'aria-label="{label}"><title>{label}</title>{columns}<path d="{path}"/></svg>'
    )


def course(points: Sequence[tuple[str, float | None]], limit: float | None, name: str) -> Markup:
    """
    Draw how a figure went from version to version, and the limit it is held against.

    Args:
        points: A label and the figure of each version, the oldest first; a figure that was
            not taken leaves a gap.
    """
    known = [value for _, value in points if value is not None]
    if not known:
        return Markup("")
    ends = [*known] if limit is None else [*known, limit]
    low, high = min(ends), max(ends)
    room = high - low or 1.0
    step = WIDTH / max(len(points) - 1, 1)

    def height(value: float) -> float:
        return HEIGHT - (value - low) / room * HEIGHT

    marks = "".join(
        f'<circle cx="{place * step:.1f}" cy="{height(value):.1f}" r="2.2">'
        f"<title>{escape(said)}</title></circle>"
        for place, (said, value) in enumerate(points)
        if value is not None
    )
    path, pen_down = "", False
    for place, (_, value) in enumerate(points):
        if value is not None:
            path += f"{'L' if pen_down else 'M'}{place * step:.1f} {height(value):.1f}"
        pen_down = value is not None
    bound = (
        ""
        if limit is None
        else f'<line class="limit" x1="0" x2="{WIDTH}" y1="{height(limit):.1f}" y2="{height(limit):.1f}"/>'
    )
    label = escape(f"{name}: from {known[0]:g} to {known[-1]:g} in {len(points)} versions")
    return Markup(  # noqa: S704  # numbers and escaped labels
        f'<svg class="course" viewBox="-3 -3 {WIDTH + 6} {HEIGHT + 6}" role="img" '
        f'aria-label="{label}"><title>{label}</title>{bound}<path d="{path}"/>{marks}</svg>'
    )


def bars(counts: Sequence[tuple[str, int]], whole: int, name: str) -> Markup:
    """Draw the most frequent values as shares of *whole*, one line each with its shape."""
    if not counts or not whole:
        return Markup("")
    lines = "".join(
        _line(position, masked, count / whole) for position, (masked, count) in enumerate(counts)
    )
    label = escape(f"{name}: the {len(counts)} most frequent values by their shape")
    return Markup(  # noqa: S704  # numbers and escaped texts
        f'<svg class="bars" viewBox="0 0 {WIDTH * 2} {LINE * len(counts)}" role="img" '
        f'aria-label="{label}"><title>{label}</title>{lines}</svg>'
    )


def bar(share: float, name: str) -> Markup:
    """Draw a share of 1 as a bar."""
    label = escape(f"{name}: {share:.1%}")
    return Markup(  # noqa: S704  # a number and an escaped label
        f'<svg class="bar" viewBox="0 0 100 6" role="img" aria-label="{label}" '
        f'preserveAspectRatio="none"><title>{label}</title><rect class="whole" width="100" height="6"/>'
        f'<rect width="{min(max(share, 0), 1) * 100:.1f}" height="6"/></svg>'
    )


def _line(position: int, masked: str, part: float) -> str:
    """Draw one value's shape and its bar."""
    top = position * LINE
    shown = masked if len(masked) <= LETTERS else masked[: LETTERS - 1] + "…"
    return (
        f'<text x="0" y="{top + 12}">{escape(shown or "empty")}</text>'
        f'<rect x="{WIDTH}" y="{top + 3}" width="{max(min(part, 1) * (WIDTH - 44), 1):.1f}" height="10"/>'
        f'<text class="n" x="{WIDTH * 2}" y="{top + 12}" text-anchor="end">{part:.1%}</text>'
    )
