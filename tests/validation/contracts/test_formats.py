"""Formats: the patterns say what the standard library's own parsers say."""

import ipaddress
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcs.validation.contracts.formats import TEXTS, date_format, read_instant

PIECES = st.lists(
    st.sampled_from([":", "::", "1", "0", "ffff", "db8", "10000", ".", "192.0.2.1", "g"])
)


def is_address(text: str, version: type[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> bool:
    try:
        version(text)
    except ValueError:
        return False
    return "%" not in text


@given(
    PIECES.map("".join)
    | st.ip_addresses(v=6).map(str)
    | st.ip_addresses(v=6).map(lambda a: a.exploded)
)
def test_an_ipv6_address_is_what_the_standard_library_takes_for_one(text: str) -> None:
    assert bool(re.fullmatch(TEXTS["ipv6"], text)) == is_address(text, ipaddress.IPv6Address)


@given(st.ip_addresses(v=4).map(str) | st.from_regex(r"[0-9.]{1,15}", fullmatch=True))
def test_an_ipv4_address_is_what_the_standard_library_takes_for_one(text: str) -> None:
    assert bool(re.fullmatch(TEXTS["ipv4"], text)) == is_address(text, ipaddress.IPv4Address)


@given(st.uuids().map(str))
def test_a_uuid_is_one(text: str) -> None:
    assert re.fullmatch(TEXTS["uuid"], text)
    assert not re.fullmatch(TEXTS["uuid"], uuid.UUID(text).hex)


@pytest.mark.parametrize("pattern", ["QQQ yyyy", "yyyy-'W'ww", "", "'only words'", "yyyyy"])
def test_a_pattern_with_letters_nobody_knows_is_not_guessed(pattern: str) -> None:
    assert date_format(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd", "2024-02-29"),
        ("dd.MM.yy HH:mm", "29.02.24 13:00"),
        ("hh:mm a, d MMMM uuuu", "01:05 PM, 3 March 2024"),
        ("yyyy'%'MM", "2024%02"),
        ("yyyy''MM", "2024'02"),
    ],
)
def test_a_date_is_read_by_its_pattern(pattern: str, text: str) -> None:
    form = date_format(pattern)
    assert form is not None
    assert re.fullmatch(form.looks, text)
    assert read_instant(text, form) is not None
