"""What the rules mean: the help behind a finding, for whoever has never met the rule."""

from collections.abc import Mapping

from dcs.validation.report.models import Kind

HELP: Mapping[Kind, str] = {
    Kind.STRUCTURE: "The file has to be a table: one header, and rows that all have its fields.",
    Kind.COMPLETENESS: "A column that is meant to be filled has few empty cells.",
    Kind.UNIQUENESS: "A column that tells rows apart has many different values.",
    Kind.FORMAT: "E-mail addresses, telephone numbers and the like are written as such.",
    Kind.FORMULA: "No cell begins like a formula, which a spreadsheet would run when it opens it.",
    Kind.ZSCORE: "No number is more than three standard deviations from its column's mean.",
    Kind.IQR: "No number is more than 1.5 interquartile ranges outside its column's quartiles.",
    Kind.CONTRACT: "The file keeps what its data contract promises.",
    Kind.RULE: "Every row follows the business rules of the data contract.",
    Kind.DRIFT: "The file resembles the previous active version of its dataset.",
    Kind.PERSONAL_DATA: "An operator's own model for names was asked, and its answer could be used.",
}
PERSONAL_HELP = (
    "Personal data is declared in the data contract, which classifies its column, so that it is "
    "masked for whoever may not see it. Tier A is verified by structure, tier B by a column's "
    "name and values, tier C is suspected in free text."
)


def help_of(kind: Kind) -> str:
    """Return what rules of a kind are about."""
    return HELP[kind]
