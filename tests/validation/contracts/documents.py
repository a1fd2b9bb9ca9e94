"""Contracts to try, written short."""

HEAD = "apiVersion: v3.2.0\nkind: DataContract\nid: c1\nversion: 1.0.0\nstatus: active\n"


def contract(*properties: str, object: str = "", more: str = "") -> str:  # noqa: A002  # ODCS's word
    """
    Return a contract of one object ``t`` as YAML.

    Args:
        properties: Each in YAML's flow style without its braces.
        object: Further members of the object, a line each.
        more: Further members of the contract, a line each.
    """
    lines = "".join(f"      - {{{each}}}\n" for each in properties)
    members = "".join(f"    {line}\n" for line in object.splitlines())
    return f"{HEAD}{more}schema:\n  - name: t\n{members}    properties:\n{lines}"
