"""A text as the pieces that a reader takes for one thing: words, numbers, addresses, single marks, stretches
of space.
"""

import re
from itertools import islice
from operator import methodcaller

import regex

from ai_worker.pipelines.corrections.diff.turns import AT_ONCE, let_others_run

_EXTENDS = r"\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}"
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[\p{{L}}\p{{N}}_--[{_UNSPACED}]]"
_INSIDE = rf"[\p{{L}}\p{{N}}_{_EXTENDS}--[{_UNSPACED}--[{_EXTENDS}]]]"

# Country domains that are also words ("it", "me", "is", "to") would join two sentences that lack a space
# between them.
_DOMAINS = "com|org|net|edu|gov|info|biz|dev|app|pl|ru|de|uk|eu|fr|cz|sk|ua|ch|nl|jp|cn|io"
_URL = r"[^\s<>\"'`()\[\]{}|\\^⟦⟧⟪⟫]*(?<![.,;:!?…*_~])"
_ADDRESS = regex.compile(
    rf"""
    (?<![\w@./:⟦⟪-])
    (?: [A-Za-z][A-Za-z0-9+.-]{{1,15}}+://{_URL}                          # https://example.com/a?b=c
      | www\.[\w-]{_URL}
      | [\w.+-]{{1,64}}+@[\w-]{{1,63}}+(?:\.[\w-]{{1,63}}+){{1,5}}+        # an e-mail address
      | [@#](?=[\w]*[A-Za-z])[\w](?:[\w.]*\w)?                             # @handle, #tag
      | (?:[A-Za-z0-9-]{{1,63}}\.){{1,4}}(?:{_DOMAINS})(?![\w-])(?:[/?\#]{_URL})?
      | (?:~|\.{{1,2}})?/[\w.-]+(?:/[\w.-]+)+/?                            # /usr/local/bin
      | [A-Za-z]:\\[\w.-]+(?:\\[\w.-]+)*                                   # C:\Users
    )
    """,
    regex.VERSION1 | regex.VERBOSE,
)
# The standard library's: nothing here needs more, and it takes half the time.
_MAY_HOLD_ADDRESS = re.compile(rf"://|www\.|[@#/\\]|[A-Za-z0-9]\.(?:{_DOMAINS})(?!\w)")
_TOKEN = regex.compile(
    rf"""
      [⟦⟪] [^⟦⟧⟪⟫\s]{{1,60}} [⟧⟫]                                # a placeholder
    | \p{{Nd}}+ (?: [.,:/] \p{{Nd}}+ ){{1,6}} (?! {_INSIDE} )   # 1,000.50 and 12:30 and 24/7 are one number
    | {_LETTER} {_INSIDE}* (?: ['’] {_LETTER} {_INSIDE}* )*   # a word, with its apostrophes: don't
    | (?: [^\S\r\n] (?! [{_EXTENDS}] ) )+                     # spaces between words, but not a line end
    | \X                                                      # anything else, by graphemes; \r\n is one
    """,
    regex.VERSION1 | regex.VERBOSE | regex.DOTALL,
)
_EXTENDING = regex.compile(rf"[{_EXTENDS}]")


def tokens(text: str) -> list[str]:
    """The pieces of `text`, in order; joined they are the text again.

    In scripts that write no spaces between words every character is a piece. Pieces end where graphemes end
    (Unicode UAX 29), so that no emoji or accented letter is ever cut in two.
    """
    if text.isascii() and text.isalnum():
        # One word.
        return [text]
    if not may_hold_address(text):
        return _plain(text)
    pieces: list[str] = []
    position = 0
    for found in _ADDRESS.finditer(text):
        if _EXTENDING.match(text, found.end()):  # an accent or joiner that follows belongs to the last letter
            continue
        pieces += _plain(text[position : found.start()])
        pieces.append(found.group())
        position = found.end()
    return [*pieces, *_plain(text[position:])]


def is_word(token: str) -> bool:
    """Return whether a piece is a word, a number or an address, and not a mark or space."""
    return token[0].isalnum() or (len(token) > 1 and is_address(token))


def may_hold_address(text: str) -> bool:
    """Return whether a text has anything that addresses are made of; most texts have not."""
    return _MAY_HOLD_ADDRESS.search(text) is not None


def is_address(token: str) -> bool:
    """Return whether a piece is an address, a path, a domain or a handle: one character of it decides where
    it leads.
    """
    return (
        not token.isalnum()
        and _MAY_HOLD_ADDRESS.search(token) is not None
        and _ADDRESS.fullmatch(token) is not None
    )


def _plain(text: str) -> list[str]:
    if len(text) <= AT_ONCE:
        return _TOKEN.findall(text)
    pieces: list[str] = []
    found = map(methodcaller("group"), _TOKEN.finditer(text))
    while portion := list(islice(found, AT_ONCE)):
        pieces += portion
        let_others_run()
    return pieces
