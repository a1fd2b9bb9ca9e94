"""``python -m dcs`` is the same as ``dcs``."""

from dcs.cli import main

main()
