"""
Write the masked copy of a table: what a reader may see, and nothing else.

A masked column becomes text. ``redact`` replaces every value; ``partial``
keeps what people need to recognise a value they already know (the domain of
an e-mail address, the last four digits of a card or phone number) and
redacts every cell of the column that does not have that form. Missing stays
missing. It runs in a child process, in DuckDB, over bounded memory.
"""

from collections.abc import Mapping
from typing import Any

import duckdb

REDACTED = "[redacted]"
ROW_GROUP = 131_072


def materialise(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """
    Write a masked copy of a Parquet file; a task for the sandbox.

    Args:
        arguments: ``source`` and ``target`` paths, ``masks`` from column to method,
            ``columns`` that the copy has (None for all), ``memory`` in bytes and ``scratch``, a folder for spilling.

    Returns:
        ``{"rows": …}`` of the copy.
    """
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"SET memory_limit='{arguments['memory'] // 1024**2}MiB'")
        connection.execute("SET threads=2")
        connection.execute("SET preserve_insertion_order=true")
        connection.execute(f"SET temp_directory={_text(arguments['scratch'])}")
        source = f"read_parquet({_text(arguments['source'])})"
        names = [row[0] for row in connection.execute(f"DESCRIBE FROM {source}").fetchall()]
        kept = arguments["columns"]
        names = names if kept is None else [name for name in names if name in set(kept)]
        columns = ", ".join(_column(name, arguments["masks"].get(name)) for name in names)
        connection.execute(
            f"COPY (SELECT {columns} FROM {source}) TO {_text(arguments['target'])} "  # noqa: S608  # every part is quoted below
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        counted = connection.execute(
            f"SELECT count(*) FROM read_parquet({_text(arguments['target'])})"  # noqa: S608  # quoted
        ).fetchone()
        return {"rows": 0 if counted is None else counted[0]}
    finally:
        connection.close()


def _column(name: str, method: str | None) -> str:
    quoted = _name(name)
    if method is None:
        return quoted
    shown = _partial(f"CAST({quoted} AS VARCHAR)") if method == "partial" else _text(REDACTED)
    return f"CASE WHEN {quoted} IS NULL THEN NULL ELSE {shown} END AS {quoted}"


def _partial(cell: str) -> str:
    """Keep an address's domain, or the last four of at least seven digits; redact the rest."""
    digits = f"regexp_replace({cell}, '[^0-9]', '', 'g')"
    return (
        "CASE "
        f"WHEN regexp_full_match({cell}, '[^@\\s]+@[^@\\s]+') "
        f"THEN '***@' || regexp_extract({cell}, '@(.*)$', 1) "
        f"WHEN length({digits}) >= 7 AND regexp_full_match({cell}, '[0-9 ()+.\\-]+') "
        f"THEN '***' || right({digits}, 4) "
        f"ELSE {_text(REDACTED)} END"
    )


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
