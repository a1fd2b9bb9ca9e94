"""
Say why a rule failed, by the class of DuckDB's error alone.

The text of such an error can quote a cell ("Could not convert string 'Jane' to
INT32"), so it is never looked at and never passed on.
"""

import duckdb

from dcs.validation.rules.refusal import FAILED, MEMORY, TOO_LONG

_REASONS: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.InterruptException, TOO_LONG),
    (duckdb.OutOfMemoryException, MEMORY),
    (duckdb.ConversionException, "converts a value to a type it does not have; use TRY_CAST"),
    (duckdb.OutOfRangeException, "reaches a number or a length beyond what can be held"),
    (duckdb.BinderException, "does not fit the table: a name, a type or an argument is wrong"),
    (duckdb.CatalogException, "names something that does not exist"),
    (duckdb.ParserException, "is not SQL that can be read"),
    (duckdb.SyntaxException, "is not SQL that can be read"),
    (duckdb.PermissionException, "tries to leave the table"),
    (duckdb.InvalidInputException, "gives a function something it does not take"),
    (duckdb.NotImplementedException, "uses something that is not supported"),
    (duckdb.TypeMismatchException, "compares values of types that do not go together"),
)


def reason_of(error: duckdb.Error) -> str:
    """Return the rest of a sentence about the rule that failed."""
    return next((text for kind, text in _REASONS if isinstance(error, kind)), FAILED)


def is_lasting(error: duckdb.Error) -> bool:
    """Say whether the rules that follow need a fresh process."""
    lasting = (duckdb.OutOfMemoryException, duckdb.FatalException, duckdb.InternalException)
    return isinstance(error, lasting)
