"""Build the kernels: ``python -m dcs.validation.kernels [FILE]``."""

import sys
from pathlib import Path

from dcs.validation.kernels.build import built, compile_all

if len(sys.argv) > 1:
    compile_all(Path(sys.argv[1]))
else:
    built()
