"""Letters of options: which one a text is, also where it is written by a letter that only looks like it."""

import regex

from ai_worker.pipelines.evaluations.scoring.reading.comparing import normalise
from ai_worker.pipelines.evaluations.scoring.reading.dress import undress

_LOOKS_LIKE = str.maketrans(
    "АВСЕНОРКМТХІЈЅУΑΒΕΗΙΚΜΝΟΡΤΥΧΖасеорхіјѕу", "ABCEHOPKMTXIJSYABEHIKMNOPTYXZaceopxijsy"
)
_LETTER = regex.compile(r"\p{L}")


def same_letter(answer: str, target: str) -> bool:
    """Return whether both are one letter and look alike: the Cyrillic В is B where options are letters.

    Only single letters are so compared: a word in letters of another alphabet is another word.
    """
    one, other = only_letter(answer), only_letter(target)
    return one is not None and other is not None and latin(one) == latin(other)


def latin(letter: str) -> str:
    """The letter, in capitals, or the Latin one that it looks like."""
    return letter.translate(_LOOKS_LIKE).upper()


def only_letter(text: str) -> str | None:
    """The one letter that a text is, as it is written, but for dress; None where it is anything else."""
    if not _LETTER.fullmatch(normalise(text)):
        return None
    found = _LETTER.search(undress(text))
    return found[0] if found else None
