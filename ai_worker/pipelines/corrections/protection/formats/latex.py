"""LaTeX: commands, math, comments and references; the words in the arguments of `\\textbf`, `\\section` and
the like are text.
"""

from collections.abc import Iterator

import regex

from ai_worker.pipelines.corrections.protection.formats.notations import ours, url
from ai_worker.pipelines.corrections.protection.spans import Finder, Role, Span, between, by_pattern

_WORDLESS = (
    "ref|eqref|pageref|autoref|cref|Cref|cite[a-z]*|label|includegraphics|usepackage|documentclass|input|include|bibliography|"
    "bibliographystyle|url|href|verb|begin|end|newcommand|renewcommand|setlength|vspace|hspace|pagestyle|color|lstinputlisting|SI|si|num"
)
_OPTIONS = r"(?:\[[^\[\]\n]{0,200}\])*"
_BODY = r"\{[^{}\n]{0,400}\}"
_MATH_BLOCKS = "equation|align|gather|multline|eqnarray|displaymath|verbatim|lstlisting|tikzpicture|tabular"

blocks: Finder = by_pattern(
    rf"\\begin\{{((?:{_MATH_BLOCKS})\*?)\}}(?:(?!\\begin\{{\1\}})(?:[^\\]++|\\)){{0,20000}}?\\end\{{\1\}}",
    "math",
    Role.KEEP,
    needs=("\\begin",),
)
wordless: Finder = by_pattern(rf"\\(?:{_WORDLESS})\*?{_OPTIONS}{_BODY}{_OPTIONS}", "command", needs=("\\",))
comment: Finder = by_pattern(r"(?m)(?<!\\)%[^\r\n]*", "comment", needs=("%",))
line_break: Finder = by_pattern(r"\\\\(?:\[[^\[\]\n]{0,20}\])?|\\[%&_#$ ,;!]", "sign", needs=("\\",))
math: tuple[Finder, ...] = (
    between("$$", "$$", "math"),
    between("\\[", "\\]", "math"),
    between("\\(", "\\)", "math"),
    by_pattern(r"(?<![\\$])\$(?!\s)[^$\n]{1,400}(?<![\s\\])\$(?!\d)", "math", needs="$"),
)
_COMMAND = regex.compile(rf"\\[A-Za-z@]+\*?{_OPTIONS}(\{{)?")


def commands(text: str) -> Iterator[Span]:
    """Commands; of one with an argument the part up to its brace, and the brace that closes it."""
    if "\\" not in text:
        return
    closing = _closing_braces(text)
    for found in _COMMAND.finditer(text):
        hint = regex.sub(r"[^a-z]", "", found.group().casefold())[:12]
        if found[1] is None:
            yield Span(*found.span(), Role.KEEP, hint)
        elif (end := closing.get(found.end() - 1)) is not None:
            yield Span(*found.span(), Role.KEEP, hint)
            yield Span(end, end + 1, Role.KEEP, "/" + hint)


def _closing_braces(text: str) -> dict[int, int]:
    """Each opening brace and the one that closes it."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for found in regex.finditer(r"\\.|[{}]", text, regex.DOTALL):
        if found.group() == "{":
            opened.append(found.start())
        elif found.group() == "}" and opened:
            pairs[opened.pop()] = found.start()
    return pairs


FINDERS: tuple[Finder, ...] = (ours, blocks, *math, comment, wordless, line_break, commands, url)
