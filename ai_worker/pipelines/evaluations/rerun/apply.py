"""Making a queue what its task's document and dataset ask for. Entries that are as they should be are never
touched.

Every step is done for a portion of entries, is safe to repeat, and checks that an entry is still as it was
read: one that has gone on meanwhile is left for the next plan. What goes is put away first (`archive.py`).
What is missing `expand` adds.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.judging.rounds import dismissed, missing_in_round, round_for
from ai_worker.pipelines.evaluations.judging.settling import settle
from ai_worker.pipelines.evaluations.repository import EvaluationRepository, judges_of
from ai_worker.pipelines.evaluations.rerun.answers import AnswerRepository, with_answer
from ai_worker.pipelines.evaluations.rerun.apply_rules import judge_rules, rescored, with_rules
from ai_worker.pipelines.evaluations.rerun.differences import Change, Difference, portions
from ai_worker.pipelines.evaluations.rerun.repository import PlanRepository
from ai_worker.pipelines.evaluations.rerun.resetting import reset
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.stores.mongo import Document

Pairs = Sequence[tuple[Document, Document]]
"""Entries, whole and as they are, each with what it should be."""


@dataclass(frozen=True)
class Application:
    """Applies the plan of one task.

    Args:
        now: gives the store's time.
    """

    tasks: EvaluationRepository
    plans: PlanRepository
    scores: ScoreRepository
    archive: Archive
    database: str
    task: EvaluationTask
    now: Callable[[], Any]
    answers: AnswerRepository | None = None

    def apply(self, advance: Callable[[int], None] = lambda count: None) -> Counter[Change]:
        """Apply everything but what is to be added.

        Args:
            advance: called with the number of further rows of the dataset that are done.

        Returns:
            How many entries were changed how.
        """
        done: Counter[Change] = Counter()
        if self.answers is not None:
            self.answers.prepare(self.database, self.task)
        for portion in portions(self.tasks, self.plans, self.database, self.task, advance, self.answers):
            done[Change.RETURNED] += self._take_over(portion)
            for change, step in self._steps().items():
                if concerned := [difference for difference in portion if difference.change is change]:
                    done[change] += step(self._whole(concerned))
        if self.answers is not None:
            # The archive may be new: transfers look in it for each answer.
            self.answers.prepare(self.database, self.task)
        self.plans.release_orphans(self.database, self.task.queue, self._judges)
        settle(self.scores, self.database, self._judges, self.now())
        return +done

    def _steps(self) -> Mapping[Change, Callable[[Pairs], int]]:
        return {
            Change.STALE: self._ask_again,
            Change.REWORDED: self._reword,
            Change.REJUDGED: self._judge_again,
            Change.RESCORED: self._rescore,
            Change.REMOVED: self._remove,
        }

    @property
    def _judges(self) -> str:
        return judges_of(self.task.queue)

    def _whole(self, differences: Iterable[Difference]) -> Pairs:
        wanted = {of.entry["_id"]: of.wanted or {} for of in differences if of.entry is not None}
        return [
            (entry, wanted[entry["_id"]])
            for entry in self.scores.whole(self.database, self.task.queue, list(wanted)).values()
        ]

    def _ask_again(self, pairs: Pairs) -> int:
        entries = [entry for entry, _ in pairs]
        self.archive.copy(self.database, self.task.queue, entries, "its question has changed", self.now())
        self._put_judgements_away(entries, "the question of its source has changed")
        return self._reword(pairs)

    def _take_over(self, portion: Iterable[Difference]) -> int:
        """Give entries the answers that their questions had before; returns how many."""
        returned = [of for of in portion if of.change is Change.RETURNED and of.wanted and of.answer]
        if not returned:
            return 0
        new = [
            with_answer(of.wanted, of.answer, self.now())
            for of in returned
            if of.entry is None and of.wanted and of.answer
        ]
        done = self.tasks.add_entries(self.database, self.task.queue, new)
        changed = {of.entry["_id"]: of for of in returned if of.entry is not None}
        entries = list(self.scores.whole(self.database, self.task.queue, list(changed)).values())
        answered = [entry for entry in entries if entry.get("response") is not None]
        self.archive.copy(self.database, self.task.queue, answered, "its question has changed", self.now())
        self._put_judgements_away(entries, "the question of its source has changed")
        updates = [
            reset(entry, with_answer(of.wanted, of.answer, self.now()))
            for entry in entries
            for of in [changed[entry["_id"]]]
            if of.wanted and of.answer
        ]
        return done + self.scores.update(self.database, self.task.queue, updates)

    def _reword(self, pairs: Pairs) -> int:
        return self.scores.update(
            self.database, self.task.queue, [reset(entry, wanted) for entry, wanted in pairs]
        )

    def _remove(self, pairs: Pairs) -> int:
        entries = [entry for entry, _ in pairs]
        self._put_judgements_away(entries, "its source was removed")
        return self.archive.move(
            self.database, self.task.queue, entries, "its row, model or sample was removed", self.now()
        )

    def _put_judgements_away(self, sources: Iterable[Document], because: str) -> None:
        about = self.scores.judges(
            self.database, self._judges, [source["_id"] for source in sources], whole=True
        )
        self.archive.move(
            self.database, self._judges, [entry for of in about.values() for entry in of], because, self.now()
        )

    def _judge_again(self, pairs: Pairs) -> int:
        handed_over = {
            entry["_id"]: {**entry, **wanted, **_as_it_was(entry)}
            for entry, wanted in pairs
            if _handed_over(entry)
        }
        about = self.scores.judges(self.database, self._judges, handed_over, whole=True)
        added: list[Document] = []
        gone: list[Document] = []
        for source_id, source in handed_over.items():
            number = round_for(source, about.get(source_id, []))
            added += missing_in_round(source, about.get(source_id, []), number)
            gone += dismissed(source, about.get(source_id, []), number)
        self.tasks.add_entries(self.database, self._judges, added)
        self.archive.move(self.database, self._judges, gone, "its judge was removed", self.now())
        self.scores.mark(self.database, self._judges, list(handed_over))
        return self.scores.update(
            self.database, self.task.queue, [with_rules(entry, wanted) for entry, wanted in pairs]
        )

    def _rescore(self, pairs: Pairs) -> int:
        if self.task.metric != RTA:
            return self.scores.update(
                self.database,
                self.task.queue,
                [rescored(entry, wanted, self.now()) for entry, wanted in pairs],
            )
        about = self.scores.judges(self.database, self._judges, [entry["_id"] for entry, _ in pairs])
        updates = [
            judge_rules(judge, wanted, self.now())
            for entry, wanted in pairs
            for judge in about.get(entry["_id"], ())
        ]
        self.scores.update(self.database, self._judges, updates)
        return self.scores.update(
            self.database, self.task.queue, [with_rules(entry, wanted) for entry, wanted in pairs]
        )


def _handed_over(entry: Document) -> bool:
    return entry.get("metric") == RTA and entry.get("status") == "transfered_to_rta"


def _as_it_was(entry: Document) -> Document:
    return {name: entry.get(name) for name in ("_id", "status", "response")}
