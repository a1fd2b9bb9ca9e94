"""Read the patterns of numbering plans: digits, classes, groups, alternatives and counts."""

import re
from functools import reduce

from tools.numbering.languages import DIGITS, Languages

_TOKEN = re.compile(r"\(\?:|\(|\)|\||\\d|\[[\d-]+\]|\d|\{\d+(?:,\d+)?\}|\?")


def language_of(pattern: str, then: int, languages: Languages) -> int:
    """
    Return the strings that a pattern matches, each followed by one of the set *then*.

    Raises:
        ValueError: The pattern has something that no numbering plan had so far.
    """
    tokens = _TOKEN.findall(pattern)
    if "".join(tokens) != pattern:
        raise ValueError(f"unknown syntax in {pattern}")
    found, rest = _alternatives(tokens, then, languages)
    if rest:
        raise ValueError(f"brackets do not match in {pattern}")
    return found


def _alternatives(tokens: list[str], then: int, languages: Languages) -> tuple[int, list[str]]:
    """Return the set of alternatives up to a closing bracket, and the tokens from there on."""
    choices: list[list[tuple[list[str], int, int]]] = [[]]
    while tokens and tokens[0] != ")":
        if tokens[0] == "|":
            choices.append([])
            tokens = tokens[1:]
            continue
        size = _size(tokens)
        part, tokens = tokens[:size], tokens[size:]
        least, most = 1, 1
        if tokens and tokens[0][0] in "{?":
            numbers = [int(each) for each in re.findall(r"\d+", tokens[0])] or [0, 1]
            least, most = numbers[0], numbers[-1]
            tokens = tokens[1:]
        choices[-1].append((part, least, most))
    sets = [_sequence(each, then, languages) for each in choices]
    return reduce(languages.union, sets), tokens


def _size(tokens: list[str]) -> int:
    """Return how many tokens the first part has: one, or a whole group."""
    depth = 0
    for place, each in enumerate(tokens):
        depth += each.startswith("(")
        depth -= each == ")"
        if depth == 0:
            return place + 1
    raise ValueError("a group does not end")


def _sequence(parts: list[tuple[list[str], int, int]], then: int, languages: Languages) -> int:
    for part, least, most in reversed(parts):
        repeated = then
        for _ in range(most - least):
            repeated = languages.union(then, _part(part, repeated, languages))
        for _ in range(least):
            repeated = _part(part, repeated, languages)
        then = repeated
    return then


def _part(part: list[str], then: int, languages: Languages) -> int:
    first = part[0]
    if first.startswith("("):
        found, rest = _alternatives(part[1:-1], then, languages)
        if rest:
            raise ValueError("brackets do not match")
        return found
    if first == r"\d":
        return languages.one_of(DIGITS, then)
    if first.startswith("["):
        digits = re.sub(r"(\d)-(\d)", lambda span: DIGITS[int(span[1]) : int(span[2]) + 1], first)
        return languages.one_of(digits.strip("[]"), then)
    return languages.one_of(first, then)
