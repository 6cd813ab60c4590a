"""The option that an answer chooses of several: a letter from A on, or the option's own text."""

from collections.abc import Sequence

import regex

from ai_worker.pipelines.evaluations.scoring.reading.comparing import normalise
from ai_worker.pipelines.evaluations.scoring.reading.decisive import Mention, Undecided, clause_before
from ai_worker.pipelines.evaluations.scoring.reading.dress import undress
from ai_worker.pipelines.evaluations.scoring.reading.letters import latin, only_letter
from ai_worker.pipelines.evaluations.scoring.reading.negation import is_negated

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER = r"(?P<letter>[A-ZАВСЕНОКМТΑΒΕΗΙΚΜΝΟΡΤΧΖ])(?![\p{L}\p{N}'’+#*=-])"
_CUED = regex.compile(
    r"\b(?i:answer|option|choice|choose|select|correct|ответ|вариант|выбираю|odpowiedź|opcja|wybieram|antwort|option|réponse|choix"
    r"|respuesta|opción|答案|选项|选择)[^\p{L}\n]{0,4}"
    r"(?:(?i:is|are|must be|would be|это|то|to|ist|est|es|是)(?P<not> (?:not|nicht|pas|no|не|nie))?)?"
    rf"[\s*_`\"'«“„(\[:=\-–—$\\{{]*+{_LETTER}"
)
_LABELLED = regex.compile(rf"^[ \t]*+[*_`(\[]*+{_LETTER}[*_`]*+(?:[).:\]]|\s*+[-–—]\s)", regex.MULTILINE)
_STANDING = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}'’])(?!A (?!(?:or|and|is|but|because|seems|are)\b)\p{{Ll}}){_LETTER}"
)


def chosen(text: str, options: Sequence[str] = (), count: int = 0) -> str | None:
    """The letter of the option that an answer chooses.

    Read in this order: the answer is a letter, or an option's text; the last "answer is B" of it; the one
        line that begins
    with a letter and a mark; a letter standing by itself. A letter that only looks like it counts as it, В as
    B.

    Args:
        options: the texts of the options, in the order of their letters; may be empty where only letters are
            asked for.
        count: how many options there are, where their texts are not given; 0: not known.

    Returns:
        A capital letter; None where no option is named.

    Raises:
        Undecided: several are.
    """
    allowed = LETTERS[: len(options) or count or len(LETTERS)]
    whole = _as_letter(text, allowed) or _as_text(text, options)
    if whole is not None:
        return whole
    plain = undress(text)
    cued = [found for found in _CUED.finditer(plain) if latin(found["letter"]) in allowed]
    meant = [latin(found["letter"]) for found in cued if not found["not"]]
    if meant:
        return _unless_joined(plain, cued[-1].end(), meant[-1], allowed)
    lines = [
        (latin(found["letter"]), found.end())
        for found in _LABELLED.finditer(plain)
        if latin(found["letter"]) in allowed
    ]
    if len({letter for letter, _ in lines}) == 1:
        return lines[0][0]
    mentions = [
        Mention(*found.span("letter"), latin(found["letter"]))
        for found in _STANDING.finditer(plain)
        if latin(found["letter"]) in allowed
    ]
    kept = {one.label for one in mentions if not is_negated(clause_before(plain, one.begin), "")}
    if len(kept) > 1:
        raise Undecided(f"it names {', '.join(sorted(kept))}")
    return kept.pop() if kept else None


def _as_letter(text: str, allowed: str) -> str | None:
    written = only_letter(text)
    return latin(written) if written is not None and latin(written) in allowed else None


def _as_text(text: str, options: Sequence[str]) -> str | None:
    normal = normalise(text)
    same = [letter for letter, option in zip(LETTERS, options, strict=False) if normalise(option) == normal]
    if len(same) > 1:
        raise Undecided("two options have the same text")
    return same[0] if same else None


def _unless_joined(plain: str, end: int, letter: str, allowed: str) -> str:
    """The letter, unless another one is joined to it: "the answer is A or B"."""
    joined = regex.match(
        rf"[\s,)\]]*+(?:(?:or|and|или|и|lub|albo|i|oder|und|ou|et|o|y|/|,|&)\s*+)[(\[]?{_LETTER}",
        plain[end : end + 20],
    )
    if joined is not None and latin(joined["letter"]) in allowed and latin(joined["letter"]) != letter:
        raise Undecided(f"{letter} and {latin(joined['letter'])} are both named")
    return letter
