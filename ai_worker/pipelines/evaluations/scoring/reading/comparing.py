"""Normal forms of texts: two answers are the same where their normal forms are.

`text`, the usual one, is after SQuAD's `normalize_answer` (Rajpurkar et al. 2016), and keeps whatever could
be content: that one makes `C` and `C#`, 3.5 and 35, `[2,5)` and `(2,5]`, "for a man" and "for man" the same.
`squad` is SQuAD's to the letter, `exact` leaves everything but surrounding white space. A task chooses by its
field `normalise`.
"""

import string
import unicodedata
from collections.abc import Callable, Mapping

import regex

from ai_worker.pipelines.evaluations.scoring.reading.dress import undress
from ai_worker.pipelines.evaluations.scoring.reading.texts import fold, settled

_QUOTED = regex.compile(
    r"«([^«»]*+)»|“([^“”]*+)”|„([^„“”]*+)[“”]|‹([^‹›]*+)›|「([^「」]*+)」|『([^『』]*+)』"
    r"|(?<![^\s(\[])\"([^\"]*+)\"(?![\p{L}\p{N}])|(?<![^\s(\[])['‘]([^'‘’]*+)['’](?!\w)"
)
_LONE_QUOTES = regex.compile(r"[«»“”„‹›「」『』]|\A\"|(?<!\d)\"\Z")
_LEADING = regex.compile(r"\A(?:[;:?¿¡。，；：？]|\.{2,}|,(?!\d))[\s.]*+")
_TRAILING = regex.compile(
    r"(?:[.,;:?。，；：？！]|(?<=[\p{L}'’]\p{M}*\p{L}\p{M}*|\p{Lo}|[\p{P}--[!)]]|(?<!\w)\p{Lu})!+|(?<=\s)-)+\Z",
    regex.V1,
)
_ENCLOSED = regex.compile(
    r"\A(?:\(([^()\[\]{},;]*+)\)|\[([^()\[\]{},;]*+)\]|\{([^()\[\]{},;]*+)\}|(\w{1,2})\))\Z"
)
_LISTED = regex.compile(r"(?<=\p{L})[,;](?=\w)|(?<=\w)[,;](?=\p{L})")
_IN_BRACKETS = regex.compile(r"(?<=\A[(\[{].*[,;]) ")
_BETWEEN = regex.compile(
    r"(?<=\d)[,;] (?=\d)(*SKIP)(*FAIL)|(?<=\S)(?:[;:.?,]|(?<=\p{L}\p{L})!)++(?= )| [,;](?= )"
)
_JOINED = regex.compile(r"(?<=\p{L}\p{L}) ?- ?(?=\p{L}\p{L})")
_MINUS = regex.compile(r"(?<=(?<!\p{L})\p{L}|\d) ?- ?(?=\d|\p{L}(?!\p{L}))")
_SPACED = regex.compile(r" ?([=+*/^<>≤≥≠≈×÷·|&%°$€£]) ?|(?<=\d) (?=\p{L})|(?<=\d) ?: ?(?=\d)(*SKIP)(*FAIL)")
_ARTICLE = regex.compile(r"\A(?:a|an|the) (?=\w\w)")
_SQUAD_ARTICLE = regex.compile(r"\b(a|an|the)\b")
_SQUAD_MARKS = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """`fold`, and without dress: mark-up, quotes, brackets around the whole, marks of sentences, an article
    at the beginning.

    A mark is a sentence's where white space or the text's end follows it. What stands within or tight before
    a word stays: a.b, -x, !x, we're, C#, 5%. `5!` stays, for it may be a factorial. A hyphen between words
        parts them (well-known is well
    known). White space around operators and before units does not count. A text of nothing but marks stays as
    it is.
    """
    return settled(_without_marks, text) or fold(text)


def squad(text: str) -> str:
    """SQuAD's own form: lower case, no ASCII punctuation, no English article anywhere, single spaces.

    `normalize_answer` of `evaluate-v1.1.py` (Rajpurkar et al. 2016).
    """
    return " ".join(_SQUAD_ARTICLE.sub(" ", text.lower().translate(_SQUAD_MARKS)).split())


def exact(text: str) -> str:
    """The text but for surrounding white space, in Unicode's composed form (NFC)."""
    return unicodedata.normalize("NFC", text.strip())


FORMS: Mapping[str, Callable[[str], str]] = {"text": normalise, "squad": squad, "exact": exact}
"""The values of a task's `normalise`."""


def _without_marks(text: str) -> str:
    bare = _TRAILING.sub("", undress(text).strip())
    folded = fold(_LONE_QUOTES.sub("", _QUOTED.sub(_inner, bare))).replace("’", "'")
    plain = _TRAILING.sub("", _LEADING.sub("", folded))
    plain = _ENCLOSED.sub(_inner, plain)
    plain = _IN_BRACKETS.sub("", _LISTED.sub(" ", _BETWEEN.sub("", plain)))
    plain = _MINUS.sub("-", _JOINED.sub(" ", plain))
    plain = _SPACED.sub(lambda found: found[1] or found[0].strip(), plain)
    # A mark taken out can leave an accent beside its letter: folded again they are one character.
    return fold(_ARTICLE.sub("", " ".join(plain.split())))


def _inner(found: "regex.Match[str]") -> str:
    return next((group for group in found.groups() if group is not None), "")
