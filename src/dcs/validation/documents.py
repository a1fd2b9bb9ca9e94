"""YAML and JSON that people send: small, without aliases, and with texts left as they are."""

from collections import Counter
from collections.abc import Hashable
from typing import Any

import yaml

MAX_BYTES = 256 * 1024
MAX_DEPTH = 60
TIMESTAMP = "tag:yaml.org,2002:timestamp"


class DocumentError(Exception):
    """The bytes are not a document that is read; the message says why, and begins with what follows its name."""


class _Loader(yaml.SafeLoader):
    """
    Safe YAML without aliases, with which a few lines can become gigabytes.

    Dates stay the texts they were written as, as in YAML 1.2 and in JSON.
    """

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise DocumentError("has YAML aliases, which are not accepted")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise DocumentError(
                f"is not readable YAML that we accept: it is nested more than {MAX_DEPTH} deep"
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _StrictLoader(_Loader):
    """Refuse a member that is given twice: readers differ in which one counts."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        names = Counter(each.value for each, _ in node.value if isinstance(each, yaml.ScalarNode))
        if names and (most := names.most_common(1)[0])[1] > 1:
            line = node.start_mark.line + 1
            raise DocumentError(
                f"is ambiguous: {most[0]!r} is given twice in what begins on line {line}"
            )
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_document(document: bytes, *, strict: bool = True) -> dict[str, Any]:
    """
    Return the mapping that YAML or JSON stands for.

    Args:
        strict: Refuse a member that is given twice; documents of earlier releases may have one.

    Raises:
        DocumentError: Too large, not YAML, or not a mapping.
    """
    if len(document) > MAX_BYTES:
        raise DocumentError(f"is longer than {MAX_BYTES // 1024} KiB")
    loader = _StrictLoader if strict else _Loader
    try:
        data = yaml.load(document, Loader=loader)  # noqa: S506  # SafeLoaders, made stricter
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise DocumentError("is not readable YAML or JSON") from error
    if not isinstance(data, dict):
        raise DocumentError("is no mapping")
    return data
