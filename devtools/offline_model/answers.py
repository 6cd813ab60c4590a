"""The answers of the offline model: always the same to the same question, and fit to be shown in a demo."""

import json
import re
from collections.abc import Callable
from typing import Any

from devtools.offline_model.correcting import Corrector
from devtools.offline_model.instances import instance
from devtools.offline_model.judging import choice, refusal, verdict
from devtools.offline_model.question import chance, steady
from devtools.offline_model.quiz.quiz import quiz
from devtools.offline_model.reading import language_of, target_language, text_within
from devtools.offline_model.samples import Samples
from devtools.offline_model.stories.tell import story
from devtools.offline_model.talk.decide import note

Answer = Callable[[str, str, str, dict[str, Any] | None], str]
"""Model, standing instructions, prompt and schema to the answer's text."""

_JUDGING_SYSTEM = re.compile(r"judge|classif|verify|oceń|оцени", re.IGNORECASE)
_KIND = re.compile(r"^Kind: (correction|translation|analysis)$", re.MULTILINE)
_TRANSLATE = re.compile(r"translat|przetłumacz|tłumacz|перевед|перевод|翻译", re.IGNORECASE)
_CORRECT = re.compile(r"correct|proofread|popraw|korekt|исправ|корректур|纠正", re.IGNORECASE)
_ANALYSE = re.compile(r"analy[sz]e|analysis|przeanalizuj|analiz|проанализ", re.IGNORECASE)
_KINDS = {"translation": _TRANSLATE, "correction": _CORRECT, "analysis": _ANALYSE}
_SENTENCE = re.compile(r"[.!?。]+")
_OPENINGS = {
    "en": (
        "In short: it depends on the details, but there is a usual way.",
        "Here is a brief answer: start small and check the result.",
    ),
    "pl": (
        "Krótko: to zależy od szczegółów, ale jest na to zwykły sposób.",
        "Oto krótka odpowiedź: zacznij od małego kroku.",
    ),
    "ru": (
        "Коротко: это зависит от деталей, но обычный способ есть.",
        "Вот краткий ответ: начните с малого и проверьте результат.",
    ),
    "zh": ("简而言之：这取决于具体情况。", "简短的回答：从小处开始，然后检查结果。"),
}


class Answers:
    """The usual behaviour, with what the samples know.

    Args:
        samples: corrections, translations, refusals and right answers of the sample work.
    """

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._corrector = Corrector(samples)
        self._questions = dict(samples.questions)

    def __call__(self, model: str, system: str, prompt: str, schema: dict[str, Any] | None) -> str:
        """The answer's text; with a schema an instance of it as JSON."""
        seed = f"{model}|{steady(prompt)}"
        if schema is not None and (told := story(schema, prompt, seed)) is not None:
            return json.dumps(told, ensure_ascii=False)
        if schema is None and (quizzed := quiz(system, prompt, self._questions)) is not None:
            return quizzed
        text = note(system, prompt) or self._text(model, system, prompt)
        return text if schema is None else json.dumps(instance(schema, text, seed), ensure_ascii=False)

    def _text(self, model: str, system: str, prompt: str) -> str:
        worked_on = text_within(prompt)
        # Words inside the text to work on say nothing about what is to be done with it.
        around = prompt.replace(worked_on, "")
        if kind := _KIND.search(around):
            return self._worked(kind.group(1), worked_on, around)
        instructions = system or around or prompt
        if not system or _JUDGING_SYSTEM.search(system):
            for found in (verdict(prompt), choice(model, prompt, self._samples)):
                if found is not None:
                    return found
        for named, pattern in _KINDS.items():
            if pattern.search(instructions):
                return self._worked(named, worked_on, f"{system}\n{around}")
        return refusal(model, prompt, self._samples) or _plain(model, prompt)

    def _worked(self, kind: str, text: str, instructions: str) -> str:
        if kind == "translation":
            return self._corrector.translated(text, target_language(instructions))
        if kind == "correction":
            return self._corrector.corrected(text)
        return f"The text has {len(text.split())} words in {len(_SENTENCE.findall(text)) or 1} sentences."


def _plain(model: str, prompt: str) -> str:
    openings = _OPENINGS[language_of(prompt)]
    opening = openings[int(chance("opening", model, prompt) * len(openings))]
    return f"{opening} ({model}, {len(prompt)})"
