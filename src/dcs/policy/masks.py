"""Which columns a reader sees masked."""

from collections.abc import Iterable, Mapping


def masked_columns(
    columns: Iterable[tuple[str, Iterable[str], str, bool]], clear_tags: frozenset[str]
) -> Mapping[str, str]:
    """
    Return the method of every column that has to be masked.

    Args:
        columns: Name, tags and method of each column, and whether nobody sees it as it is.
        clear_tags: The tags that may be shown.

    Returns:
        ``partial`` or ``redact`` by column; a method nobody knows is ``redact``.
    """
    return {
        name: method if method == "partial" else "redact"
        for name, tags, method, always in columns
        if always or set(tags) - clear_tags
    }
