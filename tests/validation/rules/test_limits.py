"""What rules may use is the operator's to say."""

import pytest

from dcs.core.settings import Settings, SettingsError, load_settings
from dcs.studio import rule_limits
from dcs.validation.rules import RuleLimits


def test_without_a_word_the_limits_are_those_of_the_rules() -> None:
    assert rule_limits(Settings(environment="test")) == RuleLimits()


def test_each_limit_is_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DCS_RULES__RULE_SECONDS", "5")
    monkeypatch.setenv("DCS_RULES__MEMORY", str(128 * 1024**2))
    limits = rule_limits(load_settings())
    assert (limits.rule_seconds, limits.memory) == (5, 128 * 1024**2)
    monkeypatch.setenv("DCS_RULES__RULE_SECONDS", "-1")
    with pytest.raises(SettingsError, match="DCS_RULES__RULE_SECONDS"):
        load_settings()
