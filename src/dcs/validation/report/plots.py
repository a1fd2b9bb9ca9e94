"""Plots as SVG, drawn on the server: they need no script, print well and follow the colours."""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, GAP = 160, 32, 1


def histogram(counts: Sequence[int], low: float, high: float, name: str) -> Markup:
    """Draw a histogram; its text says what a reader of the screen cannot see."""
    highest = max(counts, default=0)
    if not highest:
        return Markup("")
    step = WIDTH / len(counts)
    bars = "".join(
        f'<rect x="{position * step:.1f}" y="{HEIGHT - count / highest * HEIGHT:.1f}" '
        f'width="{step - GAP:.1f}" height="{count / highest * HEIGHT:.1f}"/>'
        for position, count in enumerate(counts)
        if count
    )
    label = escape(f"{name}: from {low:g} to {high:g}, {len(counts)} steps, highest {highest:,}")
    return Markup(  # noqa: S704  # numbers and an escaped label
        f'<svg class="histogram" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f"<title>{label}</title>{bars}</svg>"
    )


def bar(share: float, name: str) -> Markup:
    """Draw a share of 1 as a bar."""
    label = escape(f"{name}: {share:.1%}")
    return Markup(  # noqa: S704  # a number and an escaped label
        f'<svg class="bar" viewBox="0 0 100 6" role="img" aria-label="{label}" '
        f'preserveAspectRatio="none"><title>{label}</title><rect class="whole" width="100" height="6"/>'
        f'<rect width="{min(max(share, 0), 1) * 100:.1f}" height="6"/></svg>'
    )
