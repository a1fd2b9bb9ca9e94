"""How sensitive a dataset is: four levels in a fixed order."""

from enum import StrEnum


class Classification(StrEnum):
    """The label a dataset carries; `level` orders the labels from open to closed."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    CONFIDENTIAL = "CONFIDENTIAL"
    SECRET = "SECRET"  # noqa: S105  # a label, not a password

    @property
    def level(self) -> int:
        """0 for PUBLIC to 3 for SECRET: the clearance a reader needs."""
        return list(Classification).index(self)
