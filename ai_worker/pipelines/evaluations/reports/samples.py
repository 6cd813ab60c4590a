"""Single answers to be read: prompt, answer, reasoning, judges' verdicts, the score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.llm.prompt_template import fill
from ai_worker.llm.reasoning import split_reasoning
from ai_worker.llm.response_text import text_of
from ai_worker.pipelines.evaluations.scoring.scored_entries import ScoredEntry, group_of


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer.

    Args:
        kind: of its verdict.
        fields: what is shown of it, in this order; empty ones are not.
    """

    line_index: Any
    model: str
    kind: str
    fields: Mapping[str, str]


def sample_of(scored: ScoredEntry) -> Sample:
    """The fields of an entry that are shown; it must be whole."""
    entry, verdict = scored.entry, scored.verdict
    said = split_reasoning(text_of(entry.get("response")))
    score = "" if verdict.score is None else f"{verdict.score:g}"
    fields = {
        "system": str(entry.get("system") or ""),
        "before": "\n".join(f"{turn['role']}: {turn['content']}" for turn in entry.get("messages") or ()),
        "prompt": _question(entry),
        "reasoning": said.reasoning,
        "answer": said.answer or "",
        "expected": "" if entry.get("target") is None else str(entry["target"]),
        "verdict": " ".join(filter(None, [verdict.kind.value, score])),
        "read as": verdict.answer or "",
        "why": verdict.detail,
        "judges": "\n".join(
            f"{judge.get('model')}: {text_of(judge.get('response'))}" for judge in scored.judges
        ),
        "error": str(entry.get("error") or ""),
        "group": group_of(entry),
    }
    return Sample(entry.get("line_index"), str(entry.get("model")), verdict.kind.value, fields)


def chosen_samples(
    entries: Iterable[ScoredEntry],
    *,
    lines: Sequence[int] = (),
    models: Sequence[str] = (),
    kinds: Sequence[str] = (),
    limit: int,
) -> list[Sample]:
    """The first samples that are asked for.

    Args:
        lines, models, kinds: only these; empty: all.
    """
    found: list[Sample] = []
    for scored in entries:
        if len(found) == limit:
            break
        entry = scored.entry
        fits = not lines or entry.get("line_index") in lines
        fits = fits and (not models or entry.get("model") in models)
        if fits and (not kinds or scored.verdict.kind in kinds):
            found.append(sample_of(scored))
    return found


def _question(entry: Mapping[str, Any]) -> str:
    try:
        return fill(str(entry.get("prompt") or ""), entry.get("variables") or {})
    except BadRequest:
        return str(entry.get("prompt"))
