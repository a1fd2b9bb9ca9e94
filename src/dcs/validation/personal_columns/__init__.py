"""Tell what a whole column is of: names, places, streets, dates of birth, account numbers (tier B)."""

from dcs.validation.personal_columns.scan import KindScan
from dcs.validation.personal_columns.verdict import Verdict

__all__ = ["KindScan", "Verdict"]
