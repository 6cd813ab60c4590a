"""Differences between a task's document and dataset and the entries of its queue."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any

from ai_worker.pipelines.evaluations.entries import RTA, digest_of
from ai_worker.pipelines.evaluations.questions.building import EntryBuilder
from ai_worker.pipelines.evaluations.repository import EvaluationRepository
from ai_worker.pipelines.evaluations.rerun.answers import AnswerRepository
from ai_worker.pipelines.evaluations.rerun.repository import PlanRepository
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document

ROWS_AT_ONCE = 200

ASKED = (
    "prompt",
    "variables",
    "system",
    "messages",
    "temperature",
    "seed",
    "max_tokens",
    "stop",
    "logprobs_wanted",
)
"""The fields that the model is asked with: if one of these differs, its answer is to another question."""
JUDGING = ("rta_prompt", "rta_model", "rta_temperature", "rta_seed")
"""The fields that judges are asked with; the answer stays."""
RULES = (
    "task_name",
    "dataset_name",
    "metric",
    "target",
    "regexp",
    "include_list",
    "exclude_list",
    "number_format",
    "normalise",
    "options",
    "score_truncated",
    "group",
)
"""The fields that scores are computed from; no model is asked."""


class Change(StrEnum):
    """The fate of an entry when the plan is applied."""

    ADDED = "added"
    STALE = "stale"
    """Answered, and its question has changed: the answer is put away, and the model is asked again."""
    REWORDED = "reworded"
    """Not asked yet, and its question has changed."""
    REJUDGED = "judged again"
    RESCORED = "rescored"
    REMOVED = "removed"
    """Its row, model or sample is gone: it is put away."""
    DOUBLE = "double"
    """Another entry of the same row, model and sample; `ai-worker eval adopt` puts such away."""
    RETURNED = "answered before"
    """New, or its question has changed, and there is an answer to just this question: it is taken over."""
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry, as it is and as it is wanted.

    Args:
        entry: without its response; None for one that is missing.
        wanted: None for one that is not wanted any more.
        answer: for `RETURNED`, an answered entry of the same question.
        judged: for `RETURNED`, the judges who have judged that answer already.
    """

    change: Change
    entry: Document | None
    wanted: Document | None
    answer: Document | None = None
    judged: frozenset[str] = frozenset()

    @property
    def source(self) -> Document | None:
        """For `RETURNED`, the entry as its judges would be asked about it."""
        if self.wanted is None or self.answer is None:
            return None
        return {**self.wanted, "response": self.answer["response"]}

    @property
    def model(self) -> str:
        """The entry's model."""
        return str((self.wanted or self.entry or {}).get("model"))


def portions(
    tasks: EvaluationRepository,
    plans: PlanRepository,
    database: str,
    task: EvaluationTask,
    advance: Callable[[int], None],
    answers: AnswerRepository | None = None,
) -> Iterator[list[Difference]]:
    """Every entry that there is or should be, in portions of some rows of the dataset, then those beyond its
    end.

    Args:
        advance: called with the number of further rows that have been looked at.
        answers: where answers to the same questions are looked for; None: nowhere.
    """
    rows = tasks.rows(database, task.dataset)
    builder = EntryBuilder(tasks, database, task)
    first = 0
    while portion := list(islice(rows, ROWS_AT_ONCE)):
        entries = plans.entries(database, task.queue, first, first + len(portion))
        found = list(compared(_wanted(builder, first, portion), entries))
        yield found if answers is None else list(_with_answers(answers, database, task, found))
        first += len(portion)
        advance(len(portion))
    beyond = plans.entries_from(database, task.queue, first)
    while gone := list(islice(beyond, ROWS_AT_ONCE)):
        yield [Difference(Change.REMOVED, entry, None) for entry in gone]


def _with_answers(
    answers: AnswerRepository, database: str, task: EvaluationTask, found: Sequence[Difference]
) -> Iterator[Difference]:
    """The differences, those to be asked whose question was answered before as `RETURNED`."""
    asks = {
        of.wanted["asked"]
        for of in found
        if of.wanted and of.change in (Change.ADDED, Change.STALE, Change.REWORDED)
    }
    known = answers.known(database, task, asks) if asks else {}
    returned = [_returned(of, known) for of in found]
    sources = [of.source for of in returned if of.change is Change.RETURNED]
    judged = answers.judged(database, task, [source for source in sources if source])
    for of in returned:
        by = judged.get((of.wanted or {}).get("_id")) if of.change is Change.RETURNED else None
        yield replace(of, judged=by) if by else of


def _returned(of: Difference, known: Mapping[str, Document]) -> Difference:
    if of.wanted is None or of.change not in (Change.ADDED, Change.STALE, Change.REWORDED):
        return of
    answer = known.get(of.wanted["asked"])
    return replace(of, change=Change.RETURNED, answer=answer) if answer else of


def _wanted(builder: EntryBuilder, first: int, rows: Sequence[Document]) -> Iterator[Document]:
    for line_index, row in enumerate(rows, start=first):
        yield from builder.entries(line_index, row)


def compared(wanted: Iterable[Document], entries: Iterable[Document]) -> Iterator[Difference]:
    """The differences between wanted entries and those of the same rows that are there."""
    missing = {_key(entry): entry for entry in wanted}
    seen = set()
    for entry in entries:
        key = _key(entry)
        if key in missing:
            target = missing.pop(key)
            seen.add(key)
            yield Difference(change_of(entry, target), entry, target)
        else:
            yield Difference(Change.DOUBLE if key in seen else Change.REMOVED, entry, None)
    for target in missing.values():
        yield Difference(Change.ADDED, None, target)


def change_of(entry: Mapping[str, Any], wanted: Mapping[str, Any]) -> Change:
    """The fate of an entry that is wanted."""
    if _differ(entry, wanted, ASKED):
        return Change.REWORDED if entry.get("status") == "pending" else Change.STALE
    if wanted["metric"] == RTA and (_differ(entry, wanted, JUDGING) or entry.get("metric") != RTA):
        return Change.REJUDGED
    return Change.RESCORED if _differ(entry, wanted, RULES) else Change.UNCHANGED


def _differ(entry: Mapping[str, Any], wanted: Mapping[str, Any], names: Sequence[str]) -> bool:
    return any(not _same(entry.get(name), wanted.get(name)) for name in names)


def _same(one: Any, other: Any) -> bool:
    # In Python 1 and True are equal; as part of a question they are not.
    return one == other if type(one) is type(other) is str else digest_of(one) == digest_of(other)


def _key(entry: Mapping[str, Any]) -> tuple[Any, Any, int]:
    return entry.get("line_index"), entry.get("model"), entry.get("sample") or 0
