"""Questions about a section of a document, and verdicts on such questions."""

import json
import re
from collections.abc import Mapping

from devtools.offline_model.question import chance, steady
from devtools.offline_model.reading import language_of

_WRITES = "You write questions that test"
_JUDGES = "You judge a question that is meant to test"
_COMPARES = "You decide whether a new question asks for the same"
_CODE = re.compile(r"^Code: (\w+)$", re.MULTILINE)
_NUMBER = re.compile(r"^Questions: (\d+)$", re.MULTILINE)
_FACT = re.compile(r"[^.!?。！？\n<>]+[.!?。！？]")
_WORD = re.compile(r"\w+")
_PLAIN = {
    "en": "Is it so that {}?",
    "pl": "Czy to prawda, że {}?",
    "ru": "Верно ли, что {}?",
    "zh": "{}，对吗？",
}
"""Of sentences for which the samples have no question."""


def quiz(system: str, prompt: str, questions: Mapping[str, str]) -> str | None:
    """The answer to a prompt of loops; None where it is another prompt.

    Args:
        questions: by sentence, the questions that the samples have.
    """
    if system.startswith(_WRITES):
        return json.dumps(_written(prompt, questions), ensure_ascii=False)
    if system.startswith(_JUDGES):
        return json.dumps(_verdict(prompt))
    return json.dumps({"same_as": 0}) if system.startswith(_COMPARES) else None


def _written(prompt: str, questions: Mapping[str, str]) -> list[dict[str, str]]:
    wanted = _NUMBER.search(prompt)
    earlier = _within(prompt, "earlier-questions")
    facts = [fact.strip() for fact in _FACT.findall(_within(prompt, "section"))]
    asked = [(questions.get(fact) or _plain(fact), fact) for fact in facts]
    new = [
        {"question": question, "answer": fact, "source_chunk": fact}
        for question, fact in asked
        if question not in earlier
    ]
    return new[: int(wanted.group(1)) if wanted else 1]


def _plain(fact: str) -> str:
    return _PLAIN[language_of(fact)].format(fact[:-1])


def _verdict(prompt: str) -> dict[str, object]:
    """Full marks where the words of the answer stand in the section; clarity differs a little."""
    section = set(_WORD.findall(_within(prompt, "section").casefold()))
    answer = set(_WORD.findall(_within(prompt, "answer").casefold()))
    supported = 1.0 if answer and answer <= section else 0.2
    clarity = round(0.7 + 0.3 * chance("clarity", steady(_within(prompt, "question"))), 2)
    marks = {"answerable": supported, "self_contained": 1.0, "supported": supported, "language": 1.0}
    reasons = "the section says so" if supported == 1.0 else "the section does not say all of it"
    return {**marks, "clarity": clarity, "reasons": reasons}


def _within(prompt: str, tag: str) -> str:
    code = _CODE.search(prompt)
    if code is None:
        return ""
    name = f"{tag}-{code.group(1)}>"
    return prompt.partition(f"<{name}\n")[2].partition(f"\n</{name}")[0]
