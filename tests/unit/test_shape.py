"""The shape of the house: sizes of files, functions and folders, measured."""

import ast
import statistics
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "ai_worker").rglob("*.py"))
}
LINES = {name: text.count("\n") for name, text in FILES.items() if text}


@cache
def _functions() -> dict[str, int]:
    """Their lines. Not read at the import: every process of pytest imports this, and one runs the test."""
    return {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, text in FILES.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


def _over(sizes: dict[str, int], largest: int) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if size > largest}


def test_it_measures_what_is_there() -> None:
    assert len(LINES) > 500
    assert len(_functions()) > 2000


def test_no_file_is_longer_than_400_lines_and_half_of_them_than_80() -> None:
    assert _over(LINES, 400) == {}
    assert statistics.median(LINES.values()) <= 80


def test_no_function_is_longer_than_80_lines_and_few_than_40() -> None:
    assert _over(_functions(), 80) == {}
    assert statistics.quantiles(_functions().values(), n=20)[-1] <= 40


def test_no_folder_holds_more_than_14_modules() -> None:
    modules = Counter(str(Path(name).parent) for name in FILES if not name.endswith("/__init__.py"))
    assert _over(modules, 14) == {}


def test_every_folder_says_what_it_is() -> None:
    silent = [
        name
        for name, text in FILES.items()
        if name.endswith("/__init__.py") and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []
