"""What a contract promises of one column, as questions to its rows."""

from collections.abc import Iterator, Sequence

from dcs.validation.contracts.bounds import bound_promises
from dcs.validation.contracts.formats import (
    LONGEST,
    RANGES,
    TEXTS,
    DateFormat,
    date_format,
)
from dcs.validation.contracts.promises import Promise, Rows, not_evaluated
from dcs.validation.contracts.terms import ContractColumn
from dcs.validation.models import Check
from dcs.validation.sql import quoted_text

DATES = frozenset({"date", "timestamp"})
NUMBERS = frozenset({"integer", "number"})
FEW = 50  # values that are compared one by one; more become a table to look up in


def column_promises(table: Rows, column: ContractColumn) -> Iterator[Promise | Check]:
    """Yield every promise about a column; one that cannot be asked comes as its check already."""
    form = _date_format(column)
    yield from _type(table, column, form)
    yield from _presence(table, column)
    yield from _enum(table, column)
    yield from _pattern(table, column)
    yield from _lengths(table, column)
    yield from bound_promises(table, column, form)
    yield from _format(table, column, form)


def _date_format(column: ContractColumn) -> DateFormat | None:
    return date_format(column.format) if column.format and column.type in DATES else None


def _type(table: Rows, column: ContractColumn, form: DateFormat | None) -> Iterator[Promise]:
    kind = column.type
    if kind is None or kind == "string" or (kind in DATES and column.format):
        return  # every cell is a text, and how dates are written is a promise of its own
    yield Promise(
        f"{column.path}.logicalType",
        "type",
        (column.name,),
        f"{table.cell(column.name)} IS NOT NULL AND NOT coalesce({_fits(table, kind, column.name)}, false)",
        f"not of type {kind}: {{count}}",
        f"Write every value as {kind}, or change the contract.",
        "conformity",
    )


def _fits(table: Rows, kind: str, name: str) -> str:
    """Return SQL that is true for values of a type; every whole number is a number too."""
    narrower = {"number": "integer", "timestamp": "date"}.get(kind)
    own = table.fits(kind, name)
    return own if narrower is None else f"({table.fits(narrower, name)} OR {own})"


def _presence(table: Rows, column: ContractColumn) -> Iterator[Promise]:
    if column.required or column.primary_key:
        yield Promise(
            f"{column.path}.{'required' if column.required else 'primaryKey'}",
            "required",
            (column.name,),
            f"{table.cell(column.name)} IS NULL",
            "required and missing: {count}",
            "Fill them; the contract allows no gaps here.",
            "completeness",
        )


def _enum(table: Rows, column: ContractColumn) -> Iterator[Promise]:
    if not column.enum:
        return
    value, allowed = _compared(table, column)
    yield Promise(
        f"{column.path}.{column.enum_path}",
        "enum",
        (column.name,),
        f"{table.cell(column.name)} IS NOT NULL AND NOT coalesce({value} IN ({allowed}), false)",
        f"not among the {len(column.enum):,} allowed values: {{count}}",
        "Use the values of the contract, in the same spelling.",
        "conformity",
    )


def _compared(table: Rows, column: ContractColumn) -> tuple[str, str]:
    """Return SQL of the value and of what it may be: numbers are the same however they are written."""
    if column.type in NUMBERS and all(map(is_number, column.enum)):
        numbers = [f"CAST({quoted_text(each)} AS DOUBLE)" for each in column.enum]
        return table.number(column.name), among(numbers)
    text = table.text(column.name)
    if column.type == "boolean":
        return f"lower({text})", among([quoted_text(each.lower()) for each in column.enum])
    return text, among([quoted_text(each) for each in column.enum])


def among(values: Sequence[str]) -> str:
    """Return SQL of a list that a value may be in; a long one is looked up, not gone through."""
    if len(values) <= FEW:
        return ", ".join(values)
    return f"SELECT unnest([{', '.join(values)}])"


def is_number(text: str) -> bool:
    """Say whether a text of the contract is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _pattern(table: Rows, column: ContractColumn) -> Iterator[Promise]:
    if column.pattern is None:
        return
    yield Promise(
        f"{column.path}.logicalTypeOptions.pattern",
        "pattern",
        (column.name,),
        f"{table.cell(column.name)} IS NOT NULL AND "
        f"NOT regexp_matches({table.text(column.name)}, {quoted_text(column.pattern)})",
        "not in the form the contract promises: {count}",
        "Write them in the promised form.",
        "conformity",
    )


def _lengths(table: Rows, column: ContractColumn) -> Iterator[Promise]:
    limits = column.limits
    length = f"length({table.text(column.name)})"
    for rule, bound, sign, word in (
        ("minLength", limits.min_length, "<", "shorter"),
        ("maxLength", limits.max_length, ">", "longer"),
    ):
        if bound is not None:
            yield Promise(
                f"{column.path}.logicalTypeOptions.{rule}",
                rule,
                (column.name,),
                f"{length} {sign} {bound}",
                f"{word} than {bound:,} characters: {{count}}",
                f"Write values that are not {word} than {bound:,} characters.",
                "conformity",
            )


def _format(
    table: Rows, column: ContractColumn, form: DateFormat | None
) -> Iterator[Promise | Check]:
    name = column.format
    if name is None:
        return
    path = f"{column.path}.logicalTypeOptions.format"
    wrong = wrong_format(table, column.name, name, column.type, form)
    if wrong is None:
        why = f"the format {name!r} is not one that can be checked"
        yield not_evaluated(path, "format", column.name, why)
        return
    yield Promise(
        path,
        "format",
        (column.name,),
        wrong,
        f"not in the format {name}: {{count}}",
        f"Write them in the format {name}.",
        "conformity",
    )


def wrong_format(
    table: Rows, name: str, wanted: str, kind: str | None, form: DateFormat | None
) -> str | None:
    """Return SQL that is true where a value is not in a format; None for one nobody can check."""
    text = table.text(name)
    if form is not None:
        return _wrong_date(table, name, kind, form)
    if kind in NUMBERS and wanted in RANGES:
        low, high = RANGES[wanted]
        return (
            f"NOT {table.number(name)} BETWEEN {float(low)!r}::DOUBLE AND {float(high)!r}::DOUBLE"
        )
    if kind in (None, "string") and wanted in TEXTS:
        whole = f"regexp_full_match({text}, {quoted_text(TEXTS[wanted])})"
        short = f"length({text}) <= {LONGEST[wanted]}" if wanted in LONGEST else "true"
        return f"{text} IS NOT NULL AND NOT ({whole} AND {short})"
    return None


def _wrong_date(table: Rows, name: str, kind: str | None, form: DateFormat) -> str:
    """Return SQL that is true for what is neither a date by its own type nor written as promised."""
    text = table.text(name)
    written = (
        f"regexp_full_match({text}, {quoted_text(form.looks)}) "
        f"AND try_strptime({text}, {quoted_text(form.parse)}) IS NOT NULL"
    )
    own = " OR ".join("true" for each in DATES if table.fits(each, name) == "true") or "false"
    return f"{text} IS NOT NULL AND NOT ({own} OR ({written}))"
