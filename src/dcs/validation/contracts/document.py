"""A data contract's bytes as plain data: small, without aliases, and with texts left as they are."""

from collections import Counter
from collections.abc import Hashable
from typing import Any

import yaml

from dcs.validation.errors import InvalidContractError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 60
TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """
    Safe YAML without aliases, with which a few lines can become gigabytes.

    Dates stay the texts they were written as, as in YAML 1.2 and in JSON.
    """

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise InvalidContractError("YAML aliases are not accepted in a data contract.")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InvalidContractError(
                f"The data contract is not readable YAML that we accept: "
                f"it is nested more than {MAX_DEPTH} deep."
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
            raise InvalidContractError(
                f"{most[0]!r} is given twice in what begins on line {line} of the data contract."
            )
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_document(document: bytes, *, strict: bool = True) -> dict[str, Any]:
    """
    Return the mapping that a contract's YAML or JSON stands for.

    Args:
        strict: Refuse a member that is given twice; contracts of earlier releases may have one.

    Raises:
        InvalidContractError: Too large, not YAML, or not a mapping.
    """
    if len(document) > MAX_BYTES:
        raise InvalidContractError(f"A data contract has at most {MAX_BYTES // 1024} KiB.")
    loader = _StrictLoader if strict else _Loader
    try:
        data = yaml.load(document, Loader=loader)  # noqa: S506  # SafeLoaders, made stricter
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise InvalidContractError("The data contract is not readable YAML or JSON.") from error
    if not isinstance(data, dict):
        raise InvalidContractError("A data contract is a mapping.")
    return data
