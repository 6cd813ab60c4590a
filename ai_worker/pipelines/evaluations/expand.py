"""Expanding an evaluation task: one entry for every dataset row, model and sample, streamed, resumable, at
the cost of what is new.

What is known of a task is kept in `ai_worker_expansions`: as far as a running expansion has come, and what
there was when one came to its end. Two that run at once do no harm, for entries have the same `_id` each
time; the second is merely not begun.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from ai_worker.pipelines.evaluations.entries import digest_of
from ai_worker.pipelines.evaluations.questions.building import EntryBuilder
from ai_worker.pipelines.evaluations.repository import EvaluationRepository
from ai_worker.pipelines.evaluations.rerun.answers import AnswerRepository, with_answer
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 500
BUSY_SECONDS = 60
"""After which an expansion that was not heard of is taken to have died."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The state that a task is compared with to see whether it needs expanding.

    Args:
        digest: of the task's document.
        rows, entries: how many documents its dataset and its queue hold, by their metadata.
    """

    digest: str
    rows: int
    entries: int

    @classmethod
    def now(cls, repository: EvaluationRepository, database: str, document: Mapping[str, Any]) -> "_Known":
        rows = repository.size(database, f"dataset_{document.get('dataset_name')}")
        entries = repository.size(database, f"queue_{document.get('task_name')}")
        return cls(digest_of(document), rows, entries)

    @property
    def state(self) -> Document:
        """As it is kept."""
        return {"task": self.digest, "dataset_rows": self.rows, "queue_entries": self.entries}


def needs_expanding(
    repository: EvaluationRepository, database: str, document: Mapping[str, Any], now: datetime
) -> bool:
    """Return whether anything has changed since the task was last expanded to its end, and no other process
    expands it.

    Compares the task's own fields and the sizes of its dataset and queue, which cost no scan. A dataset row
    changed in place keeps its entries, as every row and model has exactly one: `ai-worker eval plan` shows
    such changes.
    """
    state = repository.expansion(database, document["_id"]) or {}
    known = _Known.now(repository, database, document)
    if state.get("task") == known.digest and state.get("busy_until", now) > now:
        return False
    return {name: state.get(name) for name in known.state} != known.state


def expand(
    repository: EvaluationRepository,
    database: str,
    document: Mapping[str, Any],
    now: Callable[[], datetime],
    answers: AnswerRepository | None = None,
) -> int:
    """Insert the entries that are missing.

    Args:
        now: gives the store's time.
        answers: where answers to the same questions are looked for; None: nowhere.

    Returns:
        How many entries are new.

    Raises:
        BadRequest: the document is not an evaluation task; nothing was inserted.
    """
    task = EvaluationTask.read(document)
    builder = EntryBuilder(repository, database, task)
    return _Expansion(repository, database, document, task, now, builder, answers).run()


@dataclass(frozen=True)
class _Expansion:
    repository: EvaluationRepository
    database: str
    document: Mapping[str, Any]
    task: EvaluationTask
    now: Callable[[], datetime]
    builder: EntryBuilder
    answers: AnswerRepository | None

    def run(self) -> int:
        self.repository.ensure_queue(self.database, self.task.queue)
        # Taken before the work: what comes meanwhile is then seen as new, whether or not the work has met it.
        before = self._known()
        start = self._start()
        added = self._from(start)
        if start and before.entries + added < len(self.builder.lines) * len(self.task.keys):
            # Entries that were there before have gone since.
            added += self._from(0)
        self._report(before.rows, added)
        seen = replace(before, entries=before.entries + added)
        state = {**seen.state, "name": self.task.task_name}
        self.repository.remember_expansion(self.database, self.document["_id"], state)
        return added

    def _report(self, rows: int, added: int) -> None:
        if not rows:
            log.warning(
                "[Task %s] the dataset %s.%s is empty: nothing to ask",
                self.task.task_name,
                self.database,
                self.task.dataset,
            )
        if added:
            log.info(
                "[Task %s] [START] %d new entries in %s.%s",
                self.task.task_name,
                added,
                self.database,
                self.task.queue,
            )

    def _known(self) -> _Known:
        return _Known.now(self.repository, self.database, self.document)

    def _start(self) -> int:
        """The first row whose entries may be missing: where the last expansion broke off, or where the
        dataset has grown.
        """
        state = self.repository.expansion(self.database, self.document["_id"]) or {}
        known = self._known()
        if state.get("task") != known.digest:
            return 0
        if "expanded_rows" in state:
            return int(state["expanded_rows"])
        grown = state.get("queue_entries") == known.entries and known.rows > state["dataset_rows"]
        return int(state["dataset_rows"]) if grown else 0

    def _from(self, start: int) -> int:
        added, digest = 0, digest_of(self.document)
        rows = self.repository.rows(self.database, self.task.dataset, start)
        while portion := list(islice(rows, ROWS_AT_ONCE)):
            added += self._add(start, portion)
            start += len(portion)
            progress = {
                "task": digest,
                "name": self.task.task_name,
                "expanded_rows": start,
                "busy_until": self.now() + timedelta(seconds=BUSY_SECONDS),
            }
            self.repository.remember_expansion(self.database, self.document["_id"], progress)
        return added

    def _add(self, first: int, rows: Sequence[Document]) -> int:
        known = self.repository.known_entries(self.database, self.task.queue, first, first + len(rows))
        missing = [
            entry
            for line_index, row in enumerate(rows, start=first)
            for entry in self.builder.entries(line_index, row, known)
        ]
        return self.repository.add_entries(self.database, self.task.queue, self._answered(missing))

    def _answered(self, entries: Sequence[Document]) -> list[Document]:
        """The entries, those with an answer whose question was answered before."""
        if self.answers is None or not entries:
            return list(entries)
        known = self.answers.known(self.database, self.task, {entry["asked"] for entry in entries})
        return [
            with_answer(entry, known[entry["asked"]], self.now()) if entry["asked"] in known else entry
            for entry in entries
        ]
