"""Business rules of a data contract: SQL and conditions on rows, run where they can harm nothing."""

from dcs.validation.rules.judging import judge_rules
from dcs.validation.rules.listing import list_broken
from dcs.validation.rules.models import (
    RowRule,
    Rule,
    RuleLimits,
    SqlRule,
    Threshold,
    Verdict,
)

__all__ = [
    "RowRule",
    "Rule",
    "RuleLimits",
    "SqlRule",
    "Threshold",
    "Verdict",
    "judge_rules",
    "list_broken",
]
