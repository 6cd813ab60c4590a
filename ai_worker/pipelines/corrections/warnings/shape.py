"""The shape of an answer: untouched, out of proportion, repeating itself, with letters written as codes."""

from collections import Counter
from collections.abc import Iterator, Sequence

import regex

from ai_worker.pipelines.corrections.diff.changes import Change
from ai_worker.pipelines.corrections.remark import Remark, shown

_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’][\p{L}]+)*|[\p{Han}\p{Hiragana}\p{Katakana}]")
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_SENTENCE = regex.compile(r"[^.!?…。！？\n]{12,}+[.!?…。！？]?")
_CODE = regex.compile(r"\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|Ã[\x80-\xbf©¡³]|â€[™œ“”]|[ÐÑ][\x80-\xbf]")

SHORT = 30
"""Characters below which a length says little."""
CORRECTED = (0.6, 1.6)
TRANSLATED = (0.4, 2.5)
_DENSE_LETTERS = 2.5
"""Latin letters that one character of Chinese, Japanese or Korean stands for."""
OMITTED = 6
"""Words in one change with hardly any in their place."""
_LONGEST_PERIOD = 40
_TIMES = 3
_WORDS_OF_A_LOOP = 9


def unchanged(source: str, answer: str) -> Iterator[Remark]:
    """A translation that is the text itself."""
    words = [
        word
        for word in _WORD.findall(source)
        if any(letter.islower() for letter in word) or _DENSE.match(word)
    ]
    if len(words) >= 3 and _bare(source) == _bare(answer):
        yield Remark("unchanged", "the answer is the text itself")


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def length(source: str, answer: str, *, translates: bool) -> Iterator[Remark]:
    """An answer out of proportion to its text."""
    before, after = _size(source), _size(answer)
    least, most = TRANSLATED if translates else CORRECTED
    if (before >= SHORT and not least * before <= after <= most * before) or (
        before < SHORT < after and after > 4 * max(before, 8)
    ):
        yield Remark("length", f"{len(answer)} characters for {len(source)}")


def _size(text: str) -> float:
    text = text.strip()
    if text.isascii():
        return len(text)
    return len(text) + (_DENSE_LETTERS - 1) * len(_DENSE.findall(text))


def omissions(changes: Sequence[Change]) -> Iterator[Remark]:
    """Long stretches of a text that a correction left out, or wrote on its own."""
    for change in changes:
        before, after = _WORD.findall(change.before), _WORD.findall(change.after)
        if len(before) >= OMITTED and len(after) * 4 <= len(before):
            yield Remark("length", f"left out: {shown([change.before])}")
        elif len(after) >= OMITTED and len(before) * 4 <= len(after):
            yield Remark("length", f"added: {shown([change.after])}")


def repetition(source: str, answer: str) -> Iterator[Remark]:
    """Sentences that an answer says more often than its text, or words that it goes round in at its end."""
    before, after = _sentences(source), _sentences(answer)
    most = max(before.values(), default=1)
    repeated = [
        sentence
        for sentence, times in after.items()
        if times > 1 and times > 2 * most - 1 and len(sentence) > 12
    ]
    if repeated:
        yield Remark("repeated", shown(repeated))
        return
    loop = _loop(_WORD.findall(answer))
    if loop and _loop(_WORD.findall(source)) != loop:
        yield Remark("repeated", shown([" ".join(loop)]))


def _sentences(text: str) -> Counter[str]:
    return Counter(" ".join(_WORD.findall(sentence.casefold())) for sentence in _SENTENCE.findall(text))


def _loop(words: Sequence[str]) -> Sequence[str]:
    """The words that the end of the text repeats, if it does so several times."""
    for period in range(1, min(_LONGEST_PERIOD, len(words) - 1) + 1):
        if words[-1] != words[-1 - period]:
            continue
        times = max(_TIMES, -(-_WORDS_OF_A_LOOP // period))
        end = words[-period * times :]
        if len(end) == period * times and all(
            word == end[number % period] for number, word in enumerate(end)
        ):
            return end[:period]
    return ()


def escapes(source: str, answer: str) -> Iterator[Remark]:
    """Letters written as codes (`\\u0144`) or read in a wrong encoding, which the text has not."""
    codes = _CODE.findall(answer)
    if codes and (added := Counter(codes) - Counter(_CODE.findall(source))):
        yield Remark("escape", shown(added))
