"""How a file is refused: by name and place, without any cell's value."""

from dcs.validation.models import Sample


class StructureError(Exception):
    """
    The file is not a table that can be read.

    Attributes:
        rule: A stable name of what is wrong, for example ``ragged_rows``.
        message: What is wrong and where, without any cell's value.
        fix: What would mend it.
        rows: How many records are wrong.
        samples: Where the first of them are.
    """

    def __init__(
        self, rule: str, message: str, fix: str, rows: int = 0, samples: tuple[Sample, ...] = ()
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.fix = fix
        self.rows = rows
        self.samples = samples
