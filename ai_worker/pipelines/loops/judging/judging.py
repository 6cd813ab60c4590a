"""The question to the judge, and the columns of `qa_gen_question` that its verdict fills."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_worker.pipelines.loops.judging.verdict import Verdict, read_verdict
from ai_worker.pipelines.loops.ports import Ask, Asked
from ai_worker.pipelines.loops.texts.fences import fenced, instruction
from ai_worker.pipelines.loops.texts.text_forms import collapsed
from ai_worker.pipelines.loops.writing.language import NAMES, language_of

PROMPT = Path(__file__).parent / "prompts" / "judge.md"
SHOWN_CHARACTERS = 6_000
IMAGE_CHARACTERS = 1_500


@dataclass(frozen=True, slots=True)
class Judged:
    """The case that is put before the judge.

    Args:
        section: the chunk's whole text.
        images: descriptions of its images, where the loop shows them.
        source: the writer's quotation; of a giant chunk the part around it is shown.
    """

    question: str
    answer: str
    section: str
    headers: str = ""
    images: str = ""
    source: str = ""


def judge_question(judged: Judged, ask: Ask) -> Verdict:
    """Ask the judge.

    Raises:
        BadAnswer: its answer holds no verdict.
        WorkError: it gives no answer.
    """
    shown = around(judged.section, judged.source)
    language = language_of(shown)
    texts = {
        "headings": judged.headers,
        "section": shown,
        "images": judged.images[:IMAGE_CHARACTERS],
        "question": judged.question,
        "answer": judged.answer,
    }
    facts = {"Language": NAMES.get(language or "", language or "that of the section")}
    return read_verdict(ask(Asked("judge", instruction(PROMPT)[1], fenced(facts, texts))))


def verdict_columns(verdict: Verdict, threshold: float, model: str) -> dict[str, Any]:
    """`quality_score` and `quality_detail`. The status stays pending: whether it is a duplicate is not known
    yet.
    """
    detail = {
        "by": model,
        "prompt": instruction(PROMPT)[0],
        **verdict.criteria,
        "reasons": verdict.reasons,
        "threshold": threshold,
        "passed": verdict.passes(threshold),
    }
    return {"quality_score": verdict.score, "quality_detail": json.dumps(detail, ensure_ascii=False)}


def around(text: str, quotation: str, characters: int = SHOWN_CHARACTERS) -> str:
    """The part of a text around a quotation; its beginning where the quotation is not found."""
    if len(text) <= characters:
        return text
    place = _place(text, quotation)
    start = max(0, min(place + len(quotation) // 2 - characters // 2, len(text) - characters))
    return text[start : start + characters]


def _place(text: str, quotation: str) -> int:
    exact = text.find(quotation[:80])
    if exact >= 0:
        return exact
    # Folding changes lengths little: near enough to choose a window.
    return max(0, collapsed(text).find(collapsed(quotation)[:60]))
