"""Who has to agree to a version, how many of them and until when: what each tenant chose."""

from dcs.workflow.templates.errors import (
    ApprovalTemplateChangedError,
    ApprovalTemplateInvalidError,
)
from dcs.workflow.templates.models import ApprovalTemplate, LevelRule, built_in
from dcs.workflow.templates.service import ApprovalTemplates, ChosenTemplate, chosen

__all__ = [
    "ApprovalTemplate",
    "ApprovalTemplateChangedError",
    "ApprovalTemplateInvalidError",
    "ApprovalTemplates",
    "ChosenTemplate",
    "LevelRule",
    "built_in",
    "chosen",
]
