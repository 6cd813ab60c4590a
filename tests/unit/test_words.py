"""English of docstrings, comments, help, log lines and errors: the mechanical part of CONTRIBUTING.md."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from devtools.layout import ROOT

FOLDERS = ("ai_worker", "devtools")
BANNED = re.compile(
    r"\b(nobody|somebody|anybody|whoever|go(?:es)? on|went on|told|said|mend(?:s|ed|ing)?|bears"
    r"|c[oa]mes? about|so many|at the most|turnstiles?|purses?|canar(?:y|ies)|the door|a seat|seats)\b",
    re.IGNORECASE,
)
FIRST_LINE = re.compile(r"(What|How|Whether|Which|Whose|Who|Where|When|Why|That|There|If|It|They)\b")
LOGGED = {"debug", "info", "warning", "error", "exception", "critical"}
HELPS = {"help", "description", "epilog", "short_help", "usage", "metavar"}
SAMPLES = ("devtools/offline_model/stories/",)
"""Texts that are data, e.g. invented posts."""


def files() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Docstrings of modules, classes and functions, and those of attributes."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            value = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value


def texts(node: ast.AST) -> Iterator[ast.Constant]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part


def shown(tree: ast.Module) -> Iterator[ast.Constant]:
    """Texts of help, log lines and errors."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield from texts(node.exc)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in LOGGED:
                yield from (text for argument in node.args for text in texts(argument))
            yield from (
                text for keyword in node.keywords if keyword.arg in HELPS for text in texts(keyword.value)
            )


def comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of everything in a file that is written for people. Names of code stand in backticks."""
    for text in (*docstrings(tree_of(path)), *shown(tree_of(path))):
        yield text.lineno, str(text.value)
    yield from comments(path)


def without_names(text: str) -> str:
    """The text without what is quoted, and without the names of arguments that `Args:` explains."""
    text = re.sub(r"`[^`]*`|\{[^}]*\}", "", text)
    return re.sub(r"^ +[\w, ]+: ", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_banned_word(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {word[0]}"
        for path in files()
        if path.is_relative_to(ROOT / folder) and not path.relative_to(ROOT).as_posix().startswith(SAMPLES)
        for line, text in prose(path)
        for word in BANNED.finditer(without_names(text))
    ]
    assert found == []


READ = (
    "*.txt",
    "*.md",
    "*.toml",
    "*.yml",
    ".env.example",
    "docs/**/*.md",
    "deploy/**/*.yml",
    ".github/**/*.*",
)
SHOWN = ("ai_worker/**/*.html", "ai_worker/**/*.lua")


def test_no_banned_word_in_documents_and_pages() -> None:
    paths = [path for pattern in (*READ, *SHOWN) for path in sorted(ROOT.glob(pattern)) if path.is_file()]
    assert len(paths) > 50
    found = [
        f"{path.relative_to(ROOT)}:{number} {word[0]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for word in BANNED.finditer(re.sub(r"<[^>]*>", "", without_names(line)))
    ]
    assert found == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_first_lines_are_noun_phrases_or_imperatives(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{text.lineno} {str(text.value).strip().splitlines()[0]}"
        for path in files()
        if path.is_relative_to(ROOT / folder)
        for text in docstrings(tree_of(path))
        if FIRST_LINE.match(str(text.value).strip())
    ]
    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "ai_worker").rglob("__init__.py")), ids=str)
def test_a_folder_says_its_entry_and_what_it_may_not_know(path: Path) -> None:
    text = (ast.get_docstring(tree_of(path)) or "").lower()
    if path.parent != ROOT / "ai_worker":
        assert re.search(r"\bentr(y|ies)\b", text), "names no entry"
        assert re.search(r"may not|may know|know|asks no|no |nothing", text), (
            "does not say what it may not know"
        )


FOREIGN = {"evaluate-v1.1.py"}
"""Published programs that a docstring names."""


def test_files_that_docstrings_name_exist() -> None:
    folders = (*FOLDERS, "tests", "benchmarks")
    known = {path.relative_to(ROOT).as_posix() for folder in folders for path in (ROOT / folder).rglob("*.*")}
    known |= {path.name for path in ROOT.glob("*.py")}
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in files()
        for line, text in prose(path)
        for name in re.findall(r"[\w./-]+\.(?:py|lua)\b", text)
        if name not in FOREIGN and not any(f"/{file}".endswith(f"/{name}") for file in known)
    ]
    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "ai_worker").rglob("__init__.py")), ids=str)
def test_what_a_folder_names_in_its_files_exists(path: Path) -> None:
    missing = [
        f"{module}.{name}"
        for module, name in re.findall(r"`(\w+)\.(\w+)`", ast.get_docstring(tree_of(path)) or "")
        if name != "py" and (file := path.parent / f"{module}.py").is_file()
        if not re.search(
            rf"^(?:(?:async def|def|class|from .* import(?: .*,)?) )?{name}\b", file.read_text("utf-8"), re.M
        )
    ]
    assert missing == []


def test_the_words_are_found_where_they_stand() -> None:
    text = 'def f(x):\n    """Whoever asks."""  # nobody\n    raise ValueError("it was told")\n'
    tree = ast.parse(text)
    assert [part.value for part in docstrings(tree)] == ["Whoever asks."]
    assert [part.value for part in shown(tree)] == ["it was told"]
    assert BANNED.search("At the most ten") and not BANNED.search(without_names("`told` is a name"))


def test_first_lines_of_pages_that_decide_exist() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("0*.md"))
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert len(pages) >= 9
    assert [page.name for page in pages if page.name not in index] == []


def test_tests_and_files_that_documents_name_exist() -> None:
    known = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    for page in (*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert {name for name in re.findall(r"`(test_\w+)`", text) if name not in known} == set(), page.name
        for path in re.findall(
            r"\b(?:ai_worker|devtools|tests|examples|docs|benchmarks)/[\w/.-]*[\w/]", text
        ):
            assert (ROOT / path).exists(), f"{page.name} names {path}"
