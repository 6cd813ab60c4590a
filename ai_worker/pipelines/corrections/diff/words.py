"""A text as the pieces that a person would call one thing: words, numbers, single marks, stretches of space."""

import regex

_EXTENDS = r"\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}"
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[\p{{L}}\p{{N}}_--[{_UNSPACED}]]"
_INSIDE = rf"[\p{{L}}\p{{N}}_{_EXTENDS}--[{_UNSPACED}--[{_EXTENDS}]]]"

_TOKEN = regex.compile(
    rf"""
      \p{{Nd}}+ (?: [.,:/] \p{{Nd}}+ ){{1,6}} (?! {_INSIDE} )   # 1,000.50 and 12:30 and 24/7 are one number
    | {_LETTER} {_INSIDE}* (?: ['’] {_LETTER} {_INSIDE}* )*   # a word, with its apostrophes: don't
    | (?: [^\S\r\n] (?! [{_EXTENDS}] ) )+                     # spaces between words, but not a line end
    | \X                                                      # anything else, a whole grapheme at a time; \r\n is one
    """,
    regex.VERSION1 | regex.VERBOSE | regex.DOTALL,
)
_WORD = regex.compile(r"[\p{L}\p{N}]")


def tokens(text: str) -> list[str]:
    """The pieces of `text`, in order; joined they are the text again.

    In scripts that write no spaces between words every character is a piece. Pieces end where graphemes end (Unicode UAX 29), so
    that no emoji or accented letter is ever cut in two.
    """
    return _TOKEN.findall(text)


def is_word(token: str) -> bool:
    """Whether a piece is a word or a number, and not a mark or space."""
    return _WORD.match(token) is not None
