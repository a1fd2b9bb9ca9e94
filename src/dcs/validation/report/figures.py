"""Numbers and sizes as people read them."""


def size(count: int) -> str:
    """Write a number of bytes for people."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1000
    raise AssertionError("the last unit takes everything")


def number(value: float | None) -> str:
    """Write a number in as many digits as help."""
    if value is None:
        return ""
    if 1e3 <= abs(value) < 1e15 or (float(value).is_integer() and abs(value) < 1e15):
        return f"{value:,.0f}"
    return f"{value:,.4g}"


def share(part: float) -> str:
    """Write a share of 1 as a percentage; a little is never shown as nothing."""
    percent = part * 100
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.0f} %" if percent in {0, 100} else f"{percent:.1f} %"
