"""What the offline model answers: always the same to the same question, and fit to be shown in a demo."""

import json
import re
from collections.abc import Callable
from typing import Any

from ai_worker.offline.correcting import Corrector
from ai_worker.offline.instances import instance
from ai_worker.offline.judging import choice, refusal, verdict
from ai_worker.offline.question import chance
from ai_worker.offline.reading import language_of, target_language, text_within
from ai_worker.offline.samples import Samples

Answer = Callable[[str, str, str, dict[str, Any] | None], str]
"""Model, standing instructions, prompt and schema to the answer's text."""

_TRANSLATE = re.compile(r"translat|przetłumacz|tłumacz|перевед|перевод|翻译", re.IGNORECASE)
_CORRECT = re.compile(r"correct|proofread|popraw|korekt|исправ|корректур|纠正", re.IGNORECASE)
_ANALYSE = re.compile(r"analy[sz]e|analysis|przeanalizuj|analiz|проанализ", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?。]+")
_OPENINGS = {
    "en": ("In short: it depends on the details, but there is a usual way.", "Here is a brief answer: start small and check the result."),
    "pl": ("Krótko: to zależy od szczegółów, ale jest na to zwykły sposób.", "Oto krótka odpowiedź: zacznij od małego kroku."),
    "ru": ("Коротко: это зависит от деталей, но обычный способ есть.", "Вот краткий ответ: начните с малого и проверьте результат."),
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

    def __call__(self, model: str, system: str, prompt: str, schema: dict[str, Any] | None) -> str:
        """The answer's text; with a schema an instance of it as JSON."""
        text = self._text(model, system, prompt)
        return text if schema is None else json.dumps(instance(schema, text, f"{model}|{prompt}"), ensure_ascii=False)

    def _text(self, model: str, system: str, prompt: str) -> str:
        worked_on = text_within(prompt)
        # Words inside the text to work on say nothing about what is to be done with it.
        instructions = system or prompt.replace(worked_on, "") or prompt
        if not system or _JUDGING_SYSTEM.search(system):
            for found in (verdict(prompt), choice(model, prompt, self._samples)):
                if found is not None:
                    return found
        if _TRANSLATE.search(instructions):
            return self._corrector.translated(worked_on, target_language(f"{system}\n{prompt}"))
        if _CORRECT.search(instructions):
            return self._corrector.corrected(worked_on)
        if _ANALYSE.search(instructions):
            return f"The text has {len(worked_on.split())} words in {len(_SENTENCE.findall(worked_on)) or 1} sentences."
        return refusal(model, prompt, self._samples) or _plain(model, prompt)


_JUDGING_SYSTEM = re.compile(r"judge|classif|verify|oceń|оцени", re.IGNORECASE)


def _plain(model: str, prompt: str) -> str:
    openings = _OPENINGS[language_of(prompt)]
    opening = openings[int(chance("opening", model, prompt) * len(openings))]
    return f"{opening} ({model}, {len(prompt)})"
