"""The page about access says of channels what the table says."""

import re
from pathlib import Path

from dcs.policy import CHANNELS

PAGE = Path(__file__).parents[2] / "docs" / "access.md"


def test_every_channel_is_told_with_its_action() -> None:
    told = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert told == [(channel.value, action.value) for channel, action in CHANNELS.items()]
