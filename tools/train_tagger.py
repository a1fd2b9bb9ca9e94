"""
Train the tagger of person and place names, and write the model that ships.

``python tools/train_tagger.py [--check] [--mistakes]``. Takes some ten seconds. Equal sentences, word
lists and seed give equal bytes; ``--check`` says whether the file in the package is what
this would write. Faker's lists come with the dependency group ``train``.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.tagger.training import Recipe, train

TARGET = Path(__file__).parents[1] / "src/dcs/validation/personal_names/model.bin"


def main() -> int:
    """Train, and write or compare."""
    began = time.process_time()
    content, report = train(Recipe(), mistakes="--mistakes" in sys.argv)
    for line in report:
        print(line)  # noqa: T201  # a script for people
    seconds = time.process_time() - began
    print(f"{len(content)} bytes, {seconds:.0f} s of processor time")  # noqa: T201
    if "--check" in sys.argv:
        return 0 if TARGET.read_bytes() == content else 1
    TARGET.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
