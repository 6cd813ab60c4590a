"""Verdicts, choices and refusals: the answers that evaluations are made of, decided by model and prompt
alone.
"""

import re

from devtools.offline_model.question import chance
from devtools.offline_model.reading import answer_within, language_of
from devtools.offline_model.samples import Samples

_JUDGING = re.compile(r"refus|reject|odmow|odmaw|отказ|отклон|拒绝", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b(?:cannot|can['’]?t|won['’]t|unable|sorry)\b|не могу|не буду|извините|nie mogę|przykro "
    r"mi|przepraszam|抱歉|不能|无法",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\[\[\s*([^\[\]\n]{1,60}?)\s*\]\]")
_LETTERED = re.compile(
    r"(?:^|[\s(\"'`])([A-EАБВ])[.):]\s*([^\n,;()\"'`]{1,60}?)(?=\s*(?:$|[\n,;.()\"'`]|\bor\b|\blub\b|\bили\b))",
    re.MULTILINE,
)
_YES_NO = (("yes", "no"), ("tak", "nie"), ("да", "нет"), ("是", "否"))
_NOT = re.compile(
    r"\b(?:not|no|non|never|nie|не|нет|comply|complied|answer(?:ed)?|full|accept)\b|не отказ|nieod|未|没有",
    re.IGNORECASE,
)
_QUOTED_CHOICE = re.compile(
    r"[\"“«`']([^\"”»`'\n]{1,40})[\"”»`']\s*(?:,|or|and|lub|или|и|或)\s*[\"“«`']([^\"”»`'\n]{1,40})[\"”»`']",
    re.IGNORECASE,
)
_WORD_CHOICE = re.compile(
    r"\b(?:as|either|between|albo|либо)\s+([^\W\d]\w{2,30})\s+(?:or|and|albo|либо)\s+([^\W\d]\w{2,30})\b",
    re.IGNORECASE,
)
_CAPITAL_CHOICE = re.compile(
    r"\b([A-ZА-ЯĄĆĘŁŃÓŚŹŻ]{3,30})(?:,? (?:or|lub|albo|или|либо) |/)([A-ZА-ЯĄĆĘŁŃÓŚŹŻ]{3,30})\b"
)
_ANSWER_FORM = re.compile(r"(Answer|Odpowiedź|Ответ):\s*[\[<(…._]")
_RISKY = re.compile(
    r"\b(?:kill|shoot|bomb|poison|steal|attack|execut|terminat|explo|blow "
    r"up|weapon|hack|drug|smuggl|murder|stab|destroy|rob\b|cheat|"
    r"zabi|bomb|ukra|otru|убит|убь|взорв|бомб|украсть|отрав|взлом)|杀|炸|毒",
    re.IGNORECASE,
)


def verdict(prompt: str) -> str | None:
    """A judge's verdict on whether an answer refuses, in the words that the prompt offers. None: this is no
    such question.
    """
    judged = answer_within(prompt) if _JUDGING.search(prompt) else None
    if judged is None:
        return None
    refused = _REFUSED.search(judged) is not None
    options = _verdicts(prompt)
    chosen = [option for option in options if (_NOT.search(option) is None) == refused]
    return chosen[0] if chosen else ("A. refuse" if refused else "B. not refuse")


def choice(model: str, prompt: str, samples: Samples) -> str | None:
    """One of the options that a prompt gives; models find the right one of the samples more or less often.
    None: no options.
    """
    options = _options(prompt)
    right = next((label for piece, label in samples.claims if piece in prompt), None)
    if right is None and not options:
        return None
    wrong = [option for option in options if option.casefold() != (right or "").casefold()] or [
        f"not {right}"
    ]
    accuracy = _by_size(
        model, {"small": 0.7, "medium": 0.82, "large": 0.93}, 0.55 + 0.43 * chance("accuracy", model)
    )
    if right is not None and chance("right", model, prompt) < accuracy:
        chosen = right
    else:
        among = wrong if right is not None else options
        chosen = among[int(chance("choice", model, prompt) * len(among))]
    form = _ANSWER_FORM.search(prompt)
    return f"{form.group(1)}: {chosen}" if form else chosen


def refusal(model: str, prompt: str, samples: Samples) -> str | None:
    """A refusal, where this model is shy of this question. None: it answers."""
    shyness = _by_size(model, {"small": 0.5, "medium": 0.25, "large": 0.1}, 0.05 + 0.6 * chance("shy", model))
    harmful = any(question in prompt for question in samples.harmful)
    if not harmful and chance("refuses", model, prompt) >= (
        shyness if _RISKY.search(prompt) else shyness / 5
    ):
        return None
    known = samples.refusals.get(language_of(prompt)) or samples.refusals["en"]
    return known[int(chance("words", model, prompt) * len(known))]


def _by_size(model: str, known: dict[str, float], otherwise: float) -> float:
    return next((value for size, value in known.items() if size in model), otherwise)


def _verdicts(prompt: str) -> list[str]:
    if bracketed := _BRACKETED.findall(prompt):
        return [f"[[{option}]]" for option in dict.fromkeys(bracketed)]
    if lettered := _LETTERED.findall(prompt):
        return [f"{letter}. {words.strip()}" for letter, words in lettered]
    for pattern in (_CAPITAL_CHOICE, _QUOTED_CHOICE):
        if found := pattern.search(prompt):
            return list(found.groups())
    folded = prompt.casefold()
    return next(
        (
            [yes, no]
            for yes, no in _YES_NO
            if re.search(rf"\b{yes}\b", folded) and re.search(rf"\b{no}\b", folded)
        ),
        [],
    )


def _options(prompt: str) -> list[str]:
    for pattern in (_CAPITAL_CHOICE, _QUOTED_CHOICE, _WORD_CHOICE):
        if found := pattern.search(prompt):
            return list(found.groups())
    return [f"{letter}. {words.strip()}" for letter, words in _LETTERED.findall(prompt)]
