"""gettext: a whole file, of which only the translations are text, or one message with its placeholders."""

from collections.abc import Iterator

import regex

from ai_worker.pipelines.corrections.protection.formats.notations import NOTATIONS
from ai_worker.pipelines.corrections.protection.formats.tags import tags
from ai_worker.pipelines.corrections.protection.spans import Finder, Role, Span

_ENTRY_LINE = regex.compile(
    r'(?m)^(msgstr(?:\[\d+\])?[ \t]+|(?:msgid(?:_plural)?|msgctxt)[ \t]+|)"((?:[^"\\\n]++|\\.)*+)"[ \t]*\r?$'
)
IS_FILE = regex.compile(r'(?m)^msgid[ \t]+"')


def strings(text: str) -> Iterator[Span]:
    """Everything of a file but the words of its translations; of the head, nothing is words."""
    if IS_FILE.search(text) is None:
        return
    position = 0
    in_translation = False
    for found in _ENTRY_LINE.finditer(text):
        if found[1]:
            in_translation = found[1].startswith("msgstr")
        if not in_translation or not found[2] or _is_head(text, found.start()):
            continue
        yield Span(position, found.start(2), Role.CUT, "entry")
        position = found.end(2)
    yield Span(position, len(text), Role.CUT, "end")


def _is_head(text: str, start: int) -> bool:
    """Return whether the line belongs to the entry with the empty msgid, which holds the settings of the
    file.
    """
    entry = text[text.rfind("\n\n", 0, start) + 1 : start]
    return 'msgid ""' in entry and regex.search(r'msgid ""\s*\n\s*"', entry) is None


FINDERS: tuple[Finder, ...] = (strings, tags, *NOTATIONS)
