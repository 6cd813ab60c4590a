"""A model's word on a question that letters and vectors leave undecided."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ai_worker.pipelines.loops.dedup.entries import Entry
from ai_worker.pipelines.loops.faults import BadAnswer
from ai_worker.pipelines.loops.ports import Ask, Asked
from ai_worker.pipelines.loops.texts.fences import fenced, instruction
from ai_worker.pipelines.loops.writing.answers import whole_objects

PROMPT = Path(__file__).parent / "prompts" / "compare.md"


def same_as(entry: Entry, earlier: Sequence[Entry], ask: Ask) -> str | None:
    """The id of the earlier question that asks for the same; None where none does.

    Raises:
        BadAnswer: the answer names no number of the list.
        WorkError: the model gives no answer.
    """
    texts = {
        "new": _shown(entry),
        **{f"earlier-{number}": _shown(one) for number, one in enumerate(earlier, 1)},
    }
    answer = ask(Asked("compare", instruction(PROMPT)[1], fenced({}, texts)))
    number = _number(whole_objects(answer, "same_as"), len(earlier))
    return earlier[number - 1].id if number else None


def _shown(entry: Entry) -> str:
    return f"{entry.question}\nAnswer: {entry.answer}" if entry.answer else entry.question


def _number(found: Sequence[Mapping[str, object]], most: int) -> int:
    given = found[-1]["same_as"] if found else None
    try:
        number = int(str(given if given is not None else 0)) if found else -1
    except ValueError:
        number = -1
    if not 0 <= number <= most:
        raise BadAnswer(f"the model named earlier question {given!r}; there are {most}")
    return number
