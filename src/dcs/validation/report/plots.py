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
