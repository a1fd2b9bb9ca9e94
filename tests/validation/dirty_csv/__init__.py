"""
Generated dirty CSV files whose delimiter, quote and escape are known.

The measure for whatever detects dialects, so it knows nothing of any detector:
the files are made from tables (``tables``), made dirty (``dirt``), written by a
writer of its own (``writing``) and thrown away where a careful reader could see
two tables in them (``reading``).
"""

from tests.validation.dirty_csv.cases import cases
from tests.validation.dirty_csv.reading import ambiguous, read_back
from tests.validation.dirty_csv.writing import Case

__all__ = ["Case", "ambiguous", "cases", "read_back"]
