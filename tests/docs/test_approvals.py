"""The page about approvals shows a template that the door takes, with every field it has."""

import json
import re
from pathlib import Path

from dcs.api.models import ApprovalTemplateBody, LevelRuleBody

PAGE = Path(__file__).parents[2] / "docs" / "approvals.md"


def test_the_template_that_is_shown_can_be_set() -> None:
    [shown] = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    body = ApprovalTemplateBody.model_validate(json.loads(shown))
    assert body.levels.L1.group == "data-owners"


def test_every_field_of_a_template_is_told() -> None:
    rows = "\n".join(re.findall(r"^\| (`[^|]*) \|", PAGE.read_text(), re.MULTILINE))
    told = set(re.findall(r"`(\w+)`", rows))
    fields = {*LevelRuleBody.model_fields, *ApprovalTemplateBody.model_fields} - {"levels"}
    assert told == fields
