"""The text in an answer, without what models wrap around it whatever they are asked: phrases, quotation
marks, JSON, tokens of chats.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import regex

from ai_worker.outbound.errors import BadAnswer

INVISIBLE = "\ufeff\u200b\u2060\u00ad\u180e"
"""Byte order marks, zero-width spaces, soft hyphens; joiners (U+200C, U+200D) are letters' business."""
_INVISIBLE = regex.compile(rf"[{INVISIBLE}]")

_TOKEN = regex.compile(
    r"<\|[\w▁ -]{1,40}\|>|<｜[\w▁ -]{1,40}｜>|</?s>|<(?:end|start)_of_turn>|<(?:eos|bos|pad|unk)>|\[/?INST\]"
    r"|<<?/?SYS>>?"
    r"|</?(?:answer|output|corrected|correction|translation|response|result|text)>",
)
_TURN = regex.compile(
    r"(?:<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>|<\|)[ ]*(?:assistant|model|final)[ ]*"
    r"(?:<\|end_header_id\|>|\|>)?\s*"
)
_THOUGHTS = regex.compile(r"\A\s*<(think|thinking|reasoning|scratchpad)>.*?</\1>\s*", regex.DOTALL)

_WHAT = (
    r"(?:text|version|translation|correction|sentence|paragraph|answer|result|output|tekst\w*|wersj\w+"
    r"|tłumaczeni\w+|popraw\w+|текст\w*"
    r"|перевод\w*|версия|übersetzung|fassung|texte?|traduction|traducción|corrig\w+|corrected|translated"
    r"|revised|fixed|edited)"
)
_PHRASE = regex.compile(
    rf"""(?ix)\A\s*(?:\*\*|[#]+\s+)?
    (?:
      (?:(?:sure|certainly|of\ course|absolutely|okay|ok|great|jasne|oczywiście|конечно|natürlich|gerne
        |bien\ sûr|claro)\b[^\n:]{{0,40}}?[!,.]\s*)?
      (?:here(?:'s|’s|\ is|\ are)|below\ is|this\ is|the|my|oto|poniżej|вот|ниже|hier\ ist|voici
        |aquí\ (?:está|tienes)|ecco)\b
        [^\n:]{{0,60}}?\b{_WHAT}\b[^\n:]{{0,60}}:
    | (?:corrected|revised|fixed|edited|improved|final|translated|poprawion\w+|przetłumaczon\w+
      |исправленн\w+|korrigiert\w*|übersetzt\w*)
        \s+{_WHAT}\b[^\n:]{{0,30}}:
    | (?:translation|correction|answer|output|result|response|tłumaczenie|korekta|odpowiedź|перевод
      |исправление|ответ|übersetzung|korrektur
        |antwort|traduction|traducción|traduzione)(?:\ \([^()\n]{{1,30}}\)|\ (?:to|into|in)\ \w+)?\s*:
    )(?:\*\*)?[ \t]*"""
)
_REMARKS = regex.compile(
    r"(?im)\n[ \t]*\r?\n[ \t]*(?:-{3,}[ \t]*\r?\n\s*)?(?:\*\*|#+ |\(|\*)?(?:note|notes|changes(?: made)?"
    r"|explanation|corrections(?: made)?"
    r"|summary of changes|what i changed|i(?:'ve| have)? (?:corrected|changed|fixed|made|translated)"
    r"|uwag[ai]|zmiany|wyjaśnienie"
    r"|wprowadzone zmiany|poprawki|примечание|изменения|пояснение|что исправлено|hinweis|änderungen"
    r"|anmerkung|erklärung"
    r"|let me know|feel free|is there anything|if you(?:'d| would) like|daj znać|дайте знать)\b"
)
_QUOTES: Sequence[tuple[str, str]] = (
    ('"', '"'),
    ("“", "”"),
    ("„", "”"),
    ("„", "“"),
    ("«", "»"),
    ("'", "'"),
    ("‘", "’"),
    ('"""', '"""'),
)
_FENCE = regex.compile(r"\A(`{3,}|~{3,})[^\n`]*\n(.*?)\n?\1[ \t]*\Z", regex.DOTALL)
_FENCE_INSIDE = regex.compile(
    r"\A[^\n]{0,200}:\s*\n+(`{3,}|~{3,})[^\n`]*\n(.*?)\n?\1[ \t]*(?:\n.*)?\Z", regex.DOTALL
)
_KEYS = regex.compile(
    r"(?i)(?:text|corrected|correction|translated|translation|result|output|answer|response"
    r"|content)(?:_?(?:text|version|output))?"
    r"|(?:final|revised|fixed)_?(?:text|answer)"
)


def unwrapped(source: str, answer: str) -> str:
    """The text in the answer.

    Each wrapping goes only where the text that was asked about has none of its kind: then it cannot be part
        of the answer.

    Raises:
        BadAnswer: something is left that is no part of a text.
    """
    bare = answer if _INVISIBLE.search(source) else _INVISIBLE.sub("", answer)
    for _ in range(4):
        before = bare
        for unwrap in _STEPS:
            bare = unwrap(source, bare).strip()
        if bare == before:
            break
    if (left := _TOKEN.search(bare)) and left.group() not in source and not _is_tag_of(source, left.group()):
        raise BadAnswer(f"the answer holds a token of a chat, {left.group()}")
    return bare


def _is_tag_of(source: str, token: str) -> bool:
    return token.strip("</>").isalpha() and f"<{token.strip('</>')}" in source


def _thoughts(source: str, answer: str) -> str:
    return answer if _THOUGHTS.match(source) else _THOUGHTS.sub("", answer)


def _tokens(source: str, answer: str) -> str:
    """Without tokens of a chat at the ends; what follows the end of the model's turn is another's."""
    if _TOKEN.search(source):
        return answer
    answer = _TURN.sub("", answer, count=1) if _TURN.match(answer.strip()) else answer
    first = _TOKEN.search(answer)
    while first and not answer[: first.start()].strip():
        answer = answer[first.end() :]
        first = _TOKEN.search(answer)
    return answer[: first.start()] if first else answer


def _fence(source: str, answer: str) -> str:
    """Without the fence of code around it; one that is of another kind than the text's own is none of the
    text's.
    """
    found = _FENCE.match(answer.strip())
    if found and not source.lstrip().startswith(found[1]) and not _opens_inside(found[2], found[1]):
        return found[2]
    inside = _FENCE_INSIDE.match(answer.strip())
    if inside and "```" not in source and "~~~" not in source and _PHRASE.match(answer):
        return inside[2]
    return answer


def _opens_inside(body: str, fence: str) -> bool:
    return sum(line.lstrip().startswith(fence) for line in body.splitlines()) % 2 == 1


def _json(source: str, answer: str) -> str:
    """The text out of an object or string of JSON."""
    stripped = answer.strip()
    if (
        source.lstrip()[:1] in tuple('{["')
        or stripped[:1] not in tuple('{["')
        or stripped[-1:] not in tuple('}]"')
    ):
        return answer
    try:
        found = json.loads(stripped, strict=False)
    except ValueError:
        return answer
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    text = _text_of(found)
    if text is None:
        raise BadAnswer("the answer is JSON, and not the text")
    return text


def _text_of(found: Any) -> str | None:
    if isinstance(found, str):
        return found
    if not isinstance(found, dict):
        return None
    named = [value for key, value in found.items() if _KEYS.fullmatch(str(key)) and isinstance(value, str)]
    strings = [value for value in found.values() if isinstance(value, str)]
    return named[0] if named else strings[0] if len(found) == len(strings) == 1 else None


def _phrase(source: str, answer: str) -> str:
    """Without "Here is the corrected text:", on a line of its own or not."""
    found = _PHRASE.match(answer)
    if found is None or _PHRASE.match(source):
        return answer
    rest = answer[found.end() :]
    if not rest.strip() or (_has_label(source, len(found.group())) and _first(rest) != _first(source)):
        return answer
    return rest


def _has_label(source: str, length: int) -> bool:
    """Return whether the text itself begins with something before a colon; those of placeholders do not
    count.
    """
    return ":" in regex.sub(r"[⟪⟦][^⟪⟫⟦⟧]*[⟫⟧]", "", source.strip().partition("\n")[0])[:length]


def _first(text: str) -> str:
    """The first word or placeholder."""
    found = regex.search(r"[⟪⟦][^⟪⟫⟦⟧]*[⟫⟧]|[\p{L}\p{N}]+", text[:200])
    return found.group() if found else ""


def _remarks(source: str, answer: str) -> str:
    """Without the notes on what was changed that follow a text."""
    found = _REMARKS.search(answer)
    if found is None or _REMARKS.search(source):
        return answer
    text = answer[: found.start()]
    return text if text.strip() and _paragraphs(text) >= _paragraphs(source) else answer


def _paragraphs(text: str) -> int:
    return len([paragraph for paragraph in regex.split(r"\n[ \t]*\r?\n", text) if paragraph.strip()])


def _quotes(source: str, answer: str) -> str:
    """Without quotation marks around all of it."""
    stripped, text = answer.strip(), source.strip()
    for opening, closing in reversed(_QUOTES):
        inside = stripped[len(opening) : -len(closing)]
        if (
            len(stripped) > len(opening) + len(closing)
            and stripped.startswith(opening)
            and stripped.endswith(closing)
            and not (text.startswith(opening) or text.endswith(closing) or text[:1] in "\"“„«'‘")
            and opening not in inside
            and closing not in inside.replace("’", "'" if closing != "’" else "’")
        ):
            return inside
    return answer


_STEPS: Sequence[Callable[[str, str], str]] = (_thoughts, _tokens, _fence, _json, _phrase, _remarks, _quotes)
