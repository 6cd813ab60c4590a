"""Negation around a word, in English, Russian, Polish, German, French, Spanish and Chinese."""

import regex

_BEFORE = regex.compile(
    r"""(?xi)
    \b(?:not|no|never|cannot|neither|nor|without|hardly)\b | n['’]t\b
    | \b(?:не|ни|нет|без|никогда)\b
    | \b(?:nie|bez|nigdy|ani)\b
    | \b(?:nicht|kein\w*|nie|niemals|ohne|weder)\b
    | \b(?:ne|pas|non|jamais|sans|aucun\w*|ni)\b | \bn['’]
    | \b(?:nunca|sin|tampoco)\b
    | [不没未沒無无]
    """
)
_NOT_ONLY = regex.compile(
    r"(?i)\b(?:not only|не только|nie tylko|nicht nur|non seulement|pas seulement|no s[oó]lo"
    r"|no solamente)\b|不仅|不只|不但"
)
_AFTER = regex.compile(
    r"(?i)\A(?:\s+(?:\p{L}+\s+){0,3}?(?:nicht|pas)(?=\s*(?:[.,;!]|\Z))|[\s\"'*)]*[:?=][\s\"'*]*(?:no|not|нет|nie|nein|non|false|ложь|0|否)\b)"
)
_CLAUSE_WITHIN = regex.compile(
    r"(?i).*(?:[,()]|\s[-–—]\s|\b(?:and|и|а|i|oraz|und|et|y|e)\b|并|和|而)", regex.DOTALL
)
_WINDOW = 5
"""Words before one within which a negation is its own."""


def is_negated(before: str, after: str) -> bool:
    """Return whether a word is negated: "did not really refuse", "lehnte nicht ab", "refusal: no".

    Args:
        before: the clause up to the word; what stands before a comma or an "and" negates something else.
        after: the text behind the word.
    """
    near = _CLAUSE_WITHIN.sub("", before, count=1)
    words = " ".join(_NOT_ONLY.sub("", near).split()[-_WINDOW:])
    return _BEFORE.search(words) is not None or _AFTER.match(after) is not None
