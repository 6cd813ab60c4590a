"""`ai-worker eval judge`: every answer of a task judged again, by other judges or by another prompt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ai_worker.pipelines.evaluations.entries import judges_named
from ai_worker.pipelines.evaluations.judging.repository import JudgeRepository
from ai_worker.pipelines.evaluations.judging.rounds import missing_in_round
from ai_worker.pipelines.evaluations.repository import EvaluationRepository, judges_of
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.stores.mongo import Document


@dataclass(frozen=True)
class NewJudgement:
    """One more judgement of the answers of a queue.

    Args:
        models: the judges; those that each entry names where empty.
        prompt: what they are asked with; each entry's own where None.
    """

    tasks: EvaluationRepository
    judges: JudgeRepository
    scores: ScoreRepository
    database: str
    queue: str
    models: Sequence[str] = ()
    prompt: str | None = None

    def add(self, advance: Callable[[int], None] = lambda count: None) -> tuple[int, int]:
        """Add the judges' entries, pending. One that was broken off is finished, not begun anew.

        Args:
            advance: called with the number of further answers that have been looked at.

        Returns:
            The number of the judgement, and how many entries are new.
        """
        judges = judges_of(self.queue)
        self.judges.prepare(self.database, judges)
        number = self._number()
        added = 0
        for portion in self.scores.handed_over(self.database, self.queue):
            about = self.scores.judges(self.database, judges, [source["_id"] for source in portion])
            entries = [
                entry
                for source in portion
                for entry in missing_in_round(self._asked(source), about.get(source["_id"], ()), number)
            ]
            added += self.tasks.add_entries(self.database, judges, entries)
            advance(len(portion))
        return number, added

    def _asked(self, source: Document) -> Document:
        changed: Document = {"rta_model": list(self.models)} if self.models else {}
        return {**source, **changed, **({} if self.prompt is None else {"rta_prompt": self.prompt})}

    def _number(self) -> int:
        """The next number; the last one where its judges and prompt are the same and it lacks some
        answers.
        """
        judges = judges_of(self.queue)
        last = self.judges.last_judgement(self.database, judges)
        lacking = False
        for portion in self.scores.handed_over(self.database, self.queue) if last else ():
            about = self.scores.judges(
                self.database, judges, [source["_id"] for source in portion], whole=True
            )
            for source in map(self._asked, portion):
                there = [entry for entry in about.get(source["_id"], ()) if entry.get("judgement", 0) == last]
                if any(
                    entry.get("prompt") != source.get("rta_prompt")
                    or entry["model"] not in judges_named(source)
                    for entry in there
                ):
                    return last + 1
                lacking = lacking or len(there) < len(judges_named(source))
        return last if lacking else last + 1
