"""Why a rule is not run: said by its own text, never by a cell's value."""


class RefusedError(Exception):
    """
    The rule is not run, or did not come to a number.

    Attributes:
        reason: The rest of a sentence about the rule, without any value of the table.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
