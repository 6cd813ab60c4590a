"""Questions about one chunk: asked for until as many are kept as are wanted, or the model has no more."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ai_worker.pipelines.loops.chunks.chunk import Chunk, asked_about
from ai_worker.pipelines.loops.chunks.windows import WINDOW_CHARACTERS, window_of
from ai_worker.pipelines.loops.faults import BadAnswer, RequestRejected, Truncated
from ai_worker.pipelines.loops.ports import Ask, Asked, Once
from ai_worker.pipelines.loops.texts.fences import fenced, instruction
from ai_worker.pipelines.loops.texts.text_forms import normal
from ai_worker.pipelines.loops.writing.answers import is_empty_list, whole_objects
from ai_worker.pipelines.loops.writing.draft_checks import Draft, Passage, draft_of
from ai_worker.pipelines.loops.writing.language import NAMES, language_of
from ai_worker.pipelines.loops.writing.source_text import holds_nothing

PROMPT = Path(__file__).parent / "prompts" / "write.md"
FILLS = 4
"""The most calls for one chunk."""
EARLIER_SHOWN = 20
"""Earlier questions of the chunk that the writer is shown, the newest."""
IMAGE_CHARACTERS = 1_500
SMALLEST_WINDOW = 400
TEMPERATURE = 0.3
_TOO_LONG = ("too long", "context", "too many tokens", "maximum", "max_tokens", "length")


@dataclass(frozen=True, slots=True)
class Visit:
    """A round's visit to a chunk.

    Args:
        number: earlier visits to this chunk; it chooses the part of a giant chunk.
        wanted: questions.
        multimodal: whether descriptions of images are shown.
        earlier: questions asked about the chunk so far, oldest first.
    """

    chunk: Chunk
    number: int
    wanted: int
    multimodal: bool = True
    earlier: Sequence[str] = ()


@dataclass(slots=True)
class Written:
    """The outcome of a visit.

    Args:
        kept: as many as wanted, or fewer with the reason in `shortfall`.
        rejected: drafts that failed a check, each once.
        shortfall: why fewer were kept; None where none is missing.
    """

    kept: list[Draft] = field(default_factory=list)
    rejected: list[Draft] = field(default_factory=list)
    shortfall: str | None = None


def write_questions(visit: Visit, ask: Ask, once: Once) -> Written:
    """Ask for questions until `wanted` are kept, at most `FILLS` times; two calls in a row that bring none
    end it.

    Raises:
        BadAnswer: the first answer holds no JSON.
        WorkError: the model gives no answer.
    """
    text = asked_about(visit.chunk, visit.multimodal)
    if holds_nothing(text):
        return Written(shortfall="the chunk holds no text to ask about")
    written, seen = Written(), {normal(question) for question in visit.earlier}
    fruitless, drafts = 0, 0
    for fill in range(FILLS):
        answered = once(f"fill-{fill}", lambda fill=fill: _fill(visit, text, written, ask, fill))  # type: ignore[misc]
        if answered is None:
            written.shortfall = "the model's answer to a further request held no JSON"
            break
        before, drafts = len(written.kept), drafts + len(answered)
        _sort_in(written, [Draft(**fields) for fields in answered], seen, visit.wanted)
        if len(written.kept) == visit.wanted:
            return written
        fruitless = fruitless + 1 if len(written.kept) == before else 0
        if fruitless == 2:
            break
    written.shortfall = written.shortfall or _reason(written, visit.wanted, drafts)
    return written


def _sort_in(written: Written, drafts: Sequence[Draft], seen: set[str], wanted: int) -> None:
    for draft in drafts:
        form = normal(draft.question)
        if form in seen or len(written.kept) == wanted:
            continue
        seen.add(form)
        (written.rejected if draft.check else written.kept).append(draft)


def _fill(visit: Visit, text: str, written: Written, ask: Ask, fill: int) -> list[dict[str, Any]] | None:
    """One request: drafts as JSON; None where a later answer cannot be read."""
    number, size = visit.wanted - len(written.kept), WINDOW_CHARACTERS
    while True:
        shown = window_of(text, visit.number, size)
        passage = _passage(visit, shown)
        try:
            return _read(ask(_question(visit, shown, passage, written, number)), passage, first=fill == 0)
        except Truncated:
            if number == 1:
                raise
            number = (number + 1) // 2
        except RequestRejected as fault:
            size //= 2
            if size < SMALLEST_WINDOW or not any(word in str(fault).lower() for word in _TOO_LONG):
                raise


def _passage(visit: Visit, shown: str) -> Passage:
    images = visit.chunk.image_text if visit.multimodal else ""
    return Passage(f"{shown}\n{images}", language_of(shown))


def _question(visit: Visit, shown: str, passage: Passage, written: Written, number: int) -> Asked:
    language = NAMES.get(
        passage.language or "", f"the language of the section ({passage.language or 'see its text'})"
    )
    images = visit.chunk.image_text if visit.multimodal and visit.chunk.text.strip() else ""
    texts = {
        "headings": visit.chunk.headers,
        "section": shown,
        "images": images[:IMAGE_CHARACTERS],
        "stored-question": visit.chunk.seed_question,
        "earlier-questions": "\n".join(
            [*visit.earlier[-EARLIER_SHOWN:], *(draft.question for draft in written.kept)]
        ),
        "remarks": "\n".join(
            f"{draft.question}: {draft.reason}" for draft in written.rejected[-EARLIER_SHOWN:]
        ),
    }
    user = fenced({"Questions": str(number), "Language": language}, texts)
    return Asked("write", instruction(PROMPT)[1], user, TEMPERATURE)


def _read(answer: str, passage: Passage, first: bool) -> list[dict[str, Any]] | None:
    found = whole_objects(answer, "question")
    if not found and not is_empty_list(answer):
        if first:
            raise BadAnswer("the answer holds no whole JSON object with a question")
        return None
    return [asdict(draft_of(fields, passage)) for fields in found]


def _reason(written: Written, wanted: int, drafts: int) -> str:
    if not drafts:
        return f"0 of {wanted} questions kept: the model answered with an empty list"
    failed: dict[str, int] = {}
    for draft in written.rejected:
        failed[draft.check] = failed.get(draft.check, 0) + 1
    checks = ", ".join(f"{number} failed the check {check}" for check, number in failed.items())
    return f"{len(written.kept)} of {wanted} questions kept: " + (
        checks or "the model wrote no more that were new"
    )
