"""The shape of the product: front doors only, a docstring everywhere, names that say what they are."""

import ast
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "dcs"
MODULES = sorted(SOURCE.rglob("*.py"))
MEANINGLESS = {"utils", "util", "helpers", "base", "manager", "common", "misc", "stuff"}


def folder_of(module: str) -> str:
    """Return the folder a module belongs to; each engine is a folder of its own."""
    parts = module.split(".")
    return ".".join(parts[:3] if parts[1:2] == ["engines"] else parts[:2])


def test_everybody_but_the_studio_enters_by_the_front_door() -> None:
    graph = grimp.build_graph("dcs")
    inside = [
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if folder_of(importer) != "dcs.studio"
        and folder_of(importer) != folder_of(imported)
        and not imported.startswith("dcs.core")
        and imported not in {folder_of(imported), "dcs"}
    ]
    assert inside == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), path


def test_no_name_is_meaningless() -> None:
    names = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    assert names & MEANINGLESS == set()


def test_the_map_in_the_architecture_says_what_the_folders_say() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    block = text.partition("<!-- folders -->")[2].partition("<!-- /folders -->")[0]
    told = dict(
        line.strip("| ").split(" | ", 1) for line in block.splitlines() if line.startswith("| `")
    )
    found = {}
    for path in sorted(SOURCE.iterdir()):
        module = path / "__init__.py" if path.is_dir() else path
        if module.is_file() and path.name not in {"__init__.py", "__main__.py", "py.typed"}:
            docstring = ast.get_docstring(ast.parse(module.read_text())) or ""
            found[f"`{path.name}{'/' if path.is_dir() else ''}`"] = docstring.split("\n\n")[
                0
            ].replace("\n", " ")
    assert told == found


def test_no_file_has_grown_beyond_reading() -> None:
    lengths = {path.relative_to(SOURCE): len(path.read_text().splitlines()) for path in MODULES}
    generated = "migrations"
    assert {path: n for path, n in lengths.items() if n > 500 and generated not in path.parts} == {}


def test_nothing_here_carries_the_test_virus() -> None:
    from tests.malware import EICAR

    files = [
        path
        for folder in ("src", "tests", "docs", "policies")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    ]
    assert [
        path for path in files if "__pycache__" not in path.parts and EICAR in path.read_bytes()
    ] == []
