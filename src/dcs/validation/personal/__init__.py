"""Find personal data in every cell of every column, verify it, and say where it is."""

from dcs.validation.personal.headers import header_words
from dcs.validation.personal.scan import ColumnScan, Settings

__all__ = ["ColumnScan", "Settings", "header_words"]
