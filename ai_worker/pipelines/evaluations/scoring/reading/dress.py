"""Dress: the mark-up around an answer, which is no content. HTML, Markdown, LaTeX, as models write them."""

import html
import unicodedata

import regex

from ai_worker.pipelines.evaluations.scoring.reading.latex import undress_latex

_RAISED = regex.compile(r"<sup>\s*+([^<>]*+)</sup>", regex.IGNORECASE)
_LOWERED = regex.compile(r"(?<=\d)<sub>\s*+([^<>]*+)</sub>", regex.IGNORECASE)
_BREAK = regex.compile(r"<(?:br|/?p|/?div|/?li|/?tr|/?td|/?h[1-6])\b[^<>]*+>", regex.IGNORECASE)
_TAG = regex.compile(
    r"</?(?:b|i|u|s|em|strong|span|code|pre|mark|small|big|font|tt|q|ul|ol|a|center|sup|sub|table"
    r"|answer|final|final_answer|verdict|label|choice|result|output)(?:\s[^<>]*+)?/?>",
    regex.IGNORECASE,
)
_ENTITY = regex.compile(r"&(?:nbsp|lt|gt|amp|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_FENCE = regex.compile(r"\A\s*+```[\w+#-]*+[ \t]*+\n(.*?)\n?[ \t]*+```\s*+\Z", regex.DOTALL)
_CODE = regex.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_STRONG = regex.compile(r"(\*\*|~~|(?<!\w)__)(?=\S)([^*~\n]+?)(?<=\S)\1(?(?<=_)(?!\w))")
_EMPHASIS = regex.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])|(?<!\w)_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?!\w)"
)
_UNPAIRED = regex.compile(r"\A\s*+\*\*(?!\*)|(?<![*\s])\*\*\s*+\Z")
_HEADING = regex.compile(r"^#{1,6}[ \t]++", regex.MULTILINE)
_BULLET = regex.compile(r"\A\s*+(?:[•·‣▪●○]\s*+|\*\s++|-\s++(?=\p{L}{2}|\p{Lu}\b)|[—―]\s*+)")
_SHORT = regex.compile(r"\b(?:\p{Lu}\.){2,}(?:\p{Lu}\b)?+")


def undress(text: str) -> str:
    """The text without mark-up: `<b>B</b>`, `**B**`, `$B$`, `- B` and `` `B` `` are B.

    Tags of formatting go, and those by which prompts ask for an answer; other tags stay. Emphasis goes where
    it is in pairs around words, so that a*b and x_1 stay. A bullet stands before a word: `- x` and `-x` stay.
    The full stops of
    abbreviations in capitals go: U.S.A. is USA, a.b is not ab.
    """
    plain = unicodedata.normalize("NFC", text)
    plain = _tags(plain) if "<" in plain or "&" in plain else plain
    plain = undress_latex(_markdown(plain))
    return _SHORT.sub(lambda found: found[0].replace(".", ""), plain)


def _tags(text: str) -> str:
    plain = _RAISED.sub(
        lambda found: "^" + found[1].strip(), _LOWERED.sub(lambda found: "_" + found[1].strip(), text)
    )
    plain = _TAG.sub("", _BREAK.sub(" ", plain))
    return _ENTITY.sub(lambda found: html.unescape(found[0]), plain)


def _markdown(text: str) -> str:
    plain = _FENCE.sub(r"\1", text)
    plain = _CODE.sub(r"\2", plain)
    plain = _STRONG.sub(r"\2", plain)
    plain = _EMPHASIS.sub(lambda found: found[1] or found[2], plain)
    return _HEADING.sub("", _BULLET.sub("", _UNPAIRED.sub("", plain)))
