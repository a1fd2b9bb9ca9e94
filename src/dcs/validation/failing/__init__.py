"""
Which rows failed which check: found again in the published table whenever somebody asks.

The table of a version never changes, and neither does its data contract, so the
answer is what the judge counted. Nothing is kept beside the report for it.
"""

from dcs.validation.failing.service import Failing, FailingRows

__all__ = ["Failing", "FailingRows"]
