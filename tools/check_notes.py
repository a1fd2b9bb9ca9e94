"""Check the notes in ``changes/``: one for each change, of a known type, one sentence or more."""

import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "changes"
TYPES = {"breaking", "security", "feature", "fix"}


def main() -> None:
    """Fail with the names of the notes that are not well-formed."""
    notes = [path for path in FOLDER.iterdir() if path.name not in {"README.md", ".gitignore"}]
    wrong = [path.name for path in notes if not _is_well_formed(path)]
    if wrong:
        sys.exit(f"notes are named NAME.TYPE.md and say something: {', '.join(wrong)}")


def _is_well_formed(path: Path) -> bool:
    parts = path.name.split(".")
    return len(parts) == 3 and parts[1] in TYPES and parts[2] == "md" and len(path.read_text()) > 20


if __name__ == "__main__":
    main()
