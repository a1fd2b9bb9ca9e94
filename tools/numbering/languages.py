"""
Finite sets of digit strings, as graphs that share whatever two of them have in common.

A set is a number: the place of its node in `Languages.nodes`. A node says whether
the empty string is in the set, and which set follows each digit. Equal sets get
the same number, so a graph is as small as an automaton for it can be.
"""

from functools import reduce

Node = tuple[bool, tuple[int, ...]]
DIGITS = "0123456789"
NOTHING = 0


class Languages:
    """Makes sets of digit strings, and keeps each one once."""

    def __init__(self) -> None:
        self.nodes: list[Node] = [(False, (0,) * 10)]
        self._known: dict[Node, int] = {self.nodes[0]: NOTHING}
        self._unions: dict[tuple[int, int], int] = {}
        self._both: dict[tuple[int, int], int] = {}
        self.empty = self.node((True, (NOTHING,) * 10))

    def node(self, node: Node) -> int:
        """Return the set of a node."""
        if node not in self._known:
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
        return self._known[node]

    def one_of(self, digits: str, then: int) -> int:
        """Return the strings of one of *digits* and one of the set *then*."""
        return self.node((False, tuple(then if each in digits else NOTHING for each in DIGITS)))

    def text(self, digits: str, then: int) -> int:
        """Return the strings of the set *then* with *digits* in front of each."""
        return reduce(lambda rest, digit: self.one_of(digit, rest), reversed(digits), then)

    def union(self, one: int, other: int) -> int:
        """Return the strings of either set."""
        if one == other or NOTHING in (one, other):
            return max(one, other)
        key = (min(one, other), max(one, other))
        if key not in self._unions:
            (ends, left), (stops, right) = self.nodes[one], self.nodes[other]
            follow = tuple(self.union(a, b) for a, b in zip(left, right, strict=True))
            self._unions[key] = self.node((ends or stops, follow))
        return self._unions[key]

    def both(self, one: int, other: int) -> int:
        """Return the strings that are in both sets."""
        if one == other or NOTHING in (one, other):
            return min(one, other)
        key = (min(one, other), max(one, other))
        if key not in self._both:
            (ends, left), (stops, right) = self.nodes[one], self.nodes[other]
            follow = tuple(self.both(a, b) for a, b in zip(left, right, strict=True))
            self._both[key] = self.node((ends and stops, follow))
        return self._both[key]

    def lengths(self, wanted: frozenset[int]) -> int:
        """Return every string whose length is among *wanted*."""
        found = NOTHING
        for length in range(max(wanted, default=-1), -1, -1):
            follow = (found,) * 10
            found = self.node((length in wanted, follow))
        return found
