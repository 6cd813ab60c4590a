"""Reasoning that a model writes into its answer, split off: patterns, judges and scores read the answer
alone.

Models that think aloud mark it by a pair of tags before the answer. Chat templates often write the opening
tag into the prompt, so an answer may hold the closing tag only. A block that is not closed was cut off, and
what it holds is no answer. The raw text stays with its owner; nothing here changes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

_WORDS = (
    "think|thinking|thought|thoughts|reasoning|reason|reflection|analysis|scratchpad|seed:think|antthinking"
)
_OPENING = (
    rf"<(?:{_WORDS})(?:\s[^<>]*+)?>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|START_THINKING\|>|<unused94>"
    r"|<\|channel>thought\b|\[unused16\]"
    r"|<\|channel\|>(?:analysis|commentary)[^<]*+<\|message\|>"
)
_CLOSING = (
    rf"</(?:{_WORDS})\s*+>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|END_THINKING\|>|<unused95>"
    r"|<channel\|>|\[unused17\]"
    r"|<\|channel\|>final[^<]*+<\|message\|>"
)
_TAG = rf"(?P<open>{_OPENING})|(?P<close>{_CLOSING})"
_MENTION = (
    rf"(?<=[\p{{L}}\p{{N}}] )<(?:{_WORDS})> (?:[^\s<]{{1,15}} ){{0,2}}"
    rf"</(?:{_WORDS})>(?-i:(?= [\p{{Ll}}\p{{Lo}}]|[.,;:!?)]))"
)
"""A pair of tags that stand like words within one sentence: "Models write <think> and </think> around it." A
word before the first, two at most between them, and the sentence continues after the second.
"""
_QUOTES = "*_\"'“”„«»‘’"
_AS_A_WORD = (
    rf"(?:(?<=[\p{{L}}\p{{N}}] )</(?:{_WORDS})>"
    rf"(?-i:(?= [\p{{Ll}}\p{{Lo}}]|[.,;:!?)]|[{_QUOTES}]{{1,2}}[\s.,;:!?)\]}}]))"
    rf"|(?<=(?:\A|[\s(\[])[{_QUOTES}]{{1,2}})</(?:{_WORDS})>(?=[{_QUOTES}]{{1,2}}(?:[\s.,;:!?)\]]|\Z)))"
)
"""A closing tag alone that stands like a word: "A model ends its thoughts by </think> and answers.", or in
quotation marks. What really ends thoughts follows a sentence or a line without a space, and an answer follows
it without one or on another line: `…the answer is 391.</think>391`, `…\n</think>\n\nHello!`.
"""
_TAGS = regex.compile(rf"(?i)(?P<mention>{_MENTION})|{_TAG}")
_TAGS_AND_CODE = regex.compile(
    rf"(?is)(?P<code>```.*?```|`[^`\n]*+`)|(?P<mention>{_MENTION}|{_AS_A_WORD})|{_TAG}"
)
"""Tags within code are an answer about tags. Within reasoning a back-tick opens no code, and a closing tag is
no word: see `_tags`.
"""
_THINK = regex.compile(r"(?i)</?think\s*>")
"""Tags that models write before an answer, whatever the text holds."""
_AROUND = regex.compile(
    r"<\|start\|>(?:assistant)?+|<\|(?:end|return|call|begin_of_solution|end_of_solution|START_RESPONSE|END_RESPONSE)\|>"
)
_BARE_CHANNELS = regex.compile(r"\Aanalysis(?=[\sA-Z]).*?assistantfinal(?=\W|[A-Z0-9])", regex.DOTALL)
"""The channels of gpt-oss where a server has taken the special tokens out and left their names."""


@dataclass(frozen=True, slots=True)
class Split:
    """A response in two.

    Args:
        answer: what the model says; None where its reasoning was never closed, so that no answer was begun.
        reasoning: what it thought before and between, without the tags; empty where it wrote none.
    """

    answer: str | None
    reasoning: str = ""


def split_reasoning(text: str, own: str = "") -> Split:
    """Split reasoning off a response: `<think>…</think>` and its kin, the closing tag alone, several blocks.

    An opening tag begins a block at the beginning of the text or of a line, or wherever a closing tag
    follows; elsewhere it is a word of the answer, and so is a pair of tags that stand like words within one
    sentence, or a closing tag that does where no block is open. Several closing tags in a row end one block,
    at the last: reasoning may speak of its own tag.

    Args:
        text: the response as the provider gave it.
        own: a text that the answer gives back; tags such as `<reason>` that stand in it are its own.

    Returns:
        The answer, trimmed where something was taken out, else the text as it is.
    """
    bare = _BARE_CHANNELS.match(text)
    if bare is not None:
        return Split(text[bare.end() :].strip(), bare[0])
    blocks = list(_blocks(text, own.lower()))
    if not blocks:
        return Split(text)
    answer, reasoning, at = [], [], 0
    for begin, inner_begin, inner_end, end in blocks:
        answer.append(text[at:begin])
        reasoning.append(text[inner_begin:inner_end].strip())
        at = end
    thought = _AROUND.sub("", "\n".join(reasoning)).strip()
    if blocks[-1][2] == blocks[-1][3] == len(text):
        return Split(None, thought)
    answer.append(text[at:])
    return Split(_AROUND.sub("", "".join(answer)).strip(), thought)


def _blocks(text: str, own: str) -> Iterator[tuple[int, int, int, int]]:
    """Begin, begin of the inner text, its end, end: of every block. The last one reaches the end where it is
    not closed.
    """
    begun: tuple[int, int] | None = None
    closed: tuple[int, int] | None = None
    at = 0
    for kind, begin, end in _tags(text, own):
        if kind == "open":
            if closed is not None:
                yield _block(begun, closed, at)
                at, begun, closed = closed[1], None, None
            begun = begun or (begin, end)
        else:
            closed = (begin, end)
    if closed is not None:
        yield _block(begun, closed, at)
    elif begun is not None and (at > 0 or _begins_line(text, begun[0])):
        yield *begun, len(text), len(text)


def _block(begun: tuple[int, int] | None, closed: tuple[int, int], at: int) -> tuple[int, int, int, int]:
    return *(begun or (at, at)), *closed


def _tags(text: str, own: str) -> list[tuple[str, int, int]]:
    """The tags outside of code, in order; those within code too where a block is open that only they can
    close.
    """
    found, at, inside = [], 0, False
    while (tag := (_TAGS if inside else _TAGS_AND_CODE).search(text, at)) is not None:
        at = tag.end()
        if own and not _THINK.fullmatch(tag[0]) and tag[0].lower() in own:
            continue
        opens, closes = tag["open"] is not None, tag["close"] is not None
        if opens or closes:
            inside = opens
            found.append(("open" if opens else "close", tag.start(), at))
    return found


def _begins_line(text: str, place: int) -> bool:
    before = text[text.rfind("\n", 0, place) + 1 : place]
    return not _AROUND.sub("", before).strip()
