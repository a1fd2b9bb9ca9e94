"""Why a rule is not run: said by its own text, never by a cell's value."""

TOO_LONG = "took longer than a rule may"
ALL_TOO_LONG = "was not reached in the time that all rules have"
MEMORY = "needed more memory than a rule may"
FAILED = "could not be run"


class RefusedError(Exception):
    """
    The rule is not run, or did not come to a number.

    Attributes:
        reason: The rest of a sentence about the rule, without any value of the table.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
