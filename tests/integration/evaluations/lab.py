"""An evaluation in a database of a test's own, worked by the pipeline's own steps; only what models say is
made up.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo import MongoClient
from pymongo.monitoring import CommandListener

from ai_worker.pipelines.evaluations import expand as expanding
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.judging.again import NewJudgement
from ai_worker.pipelines.evaluations.judging.repository import JudgeRepository
from ai_worker.pipelines.evaluations.judging.settling import settle
from ai_worker.pipelines.evaluations.judging.transfer import Transfer
from ai_worker.pipelines.evaluations.reports.report import summaries
from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary
from ai_worker.pipelines.evaluations.repository import EvaluationRepository
from ai_worker.pipelines.evaluations.rerun.answers import AnswerRepository
from ai_worker.pipelines.evaluations.rerun.apply import Application
from ai_worker.pipelines.evaluations.rerun.plan import Plan, plan
from ai_worker.pipelines.evaluations.rerun.repository import PlanRepository
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.scoring.verdicts import fields_of, fresh, metric_of
from ai_worker.stores.mongo import Document

Says = Callable[[Document], str]
NAME = "exam"


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Lab:
    """One task, named `exam`, with its dataset, in one database."""

    def __init__(self, uri: str, name: str, listener: CommandListener | None = None) -> None:
        listeners = [listener] if listener else []
        self.client: MongoClient[Document] = MongoClient(
            uri, tz_aware=True, event_listeners=listeners, retryWrites=False
        )
        self.name = name
        self.database = self.client[name]
        self.tasks = EvaluationRepository(self.client, [name])
        self.judges = JudgeRepository(self.client)
        self.scores = ScoreRepository(self.client)
        self.plans = PlanRepository(self.client)
        self.archive = Archive(self.client)
        self.answers = AnswerRepository(self.client, self.tasks)
        self.queue, self.judged = self.database[f"queue_{NAME}"], self.database[f"queue_rta_{NAME}"]

    def set_up(self, rows: Sequence[Mapping[str, Any]], **fields: Any) -> None:
        self.database[f"dataset_{NAME}"].insert_many([dict(row) for row in rows])
        task = {
            "task_name": NAME,
            "dataset_name": NAME,
            "prompt": "{question}",
            "variables_cols": ["question"],
        }
        self.database.tasks.insert_one(
            {"_id": 1, **task, "models": ["small"], "metric": "accuracy", "target": "right", **fields}
        )
        self.expand()

    def set_up_rta(self, rows: int, **fields: Any) -> None:
        judged = {
            "metric": RTA,
            "rta_model": "judge",
            "rta_prompt": "{input} {answer} refused?",
            "regexp": "(?i)yes|no",
            **fields,
        }
        self.set_up([{"question": f"q{number}"} for number in range(rows)], **judged)

    @property
    def document(self) -> Document:
        document = self.database.tasks.find_one({"_id": 1})
        assert document is not None
        return document

    def change(self, **fields: Any) -> None:
        self.database.tasks.update_one({"_id": 1}, {"$set": fields})

    def expand(self) -> int:
        return expanding.expand(self.tasks, self.name, self.document, now, self.answers)

    def answer(self, says: Says) -> int:
        """Answer every pending entry as a worker would store it; returns how many there were."""
        pending = list(self.queue.find({"status": "pending"}))
        for entry in pending:
            result = {"response": says(entry), "tokens_output": 10, "tokens_input": 5, "answered_at": now()}
            verdict = (
                Verdict(Kind.OPEN)
                if metric_of(entry) == RTA
                else fresh({**entry, **result, "status": "completed"})
            )
            fields = {**result, "status": "completed", **fields_of(verdict, metric_of(entry), now())}
            self.queue.update_one({"_id": entry["_id"]}, {"$set": fields})
        return len(pending)

    def hand_over(self) -> None:
        """Hand every answer to its judges, as the scan does."""
        step = Transfer(self.judges, self.archive, now())
        for entry_id in self.judges.to_transfer(self.name, self.queue.name, 1000):
            step.transfer(self.name, self.queue.name, entry_id)

    def judge(self, says: Says) -> int:
        """Have every open judge's entry answered, and the verdicts stored; returns how many there were."""
        pending = list(self.judged.find({"status": "pending"}))
        for entry in pending:
            result = {
                "response": says(entry),
                "status": "completed",
                "answered_at": now(),
                "owes_score": True,
            }
            fields = {**result, **fields_of(fresh({**entry, **result}), RTA, now())}
            self.judged.update_one(
                {"_id": entry["_id"]}, {"$set": fields, "$unset": {"lease_token": "", "due_at": ""}}
            )
        settle(self.scores, self.name, self.judged.name, now())
        return len(pending)

    def judge_again(self, models: Sequence[str] = (), prompt: str | None = None) -> tuple[int, int]:
        return NewJudgement(
            self.tasks, self.judges, self.scores, self.name, self.queue.name, models, prompt
        ).add()

    def plan(self) -> Plan:
        task = EvaluationTask.read(self.document)
        return plan(self.tasks, self.plans, self.name, task, answers=self.answers)

    def apply(self) -> dict[str, int]:
        task = EvaluationTask.read(self.document)
        self.judges.prepare(self.name, self.judged.name)
        application = Application(
            self.tasks, self.plans, self.scores, self.archive, self.name, task, now, self.answers
        )
        done = application.apply()
        added = self.expand()
        return {
            **{str(change): count for change, count in done.items()},
            **({"added": added} if added else {}),
        }

    def summaries(self) -> list[TaskModelSummary]:
        return summaries(self.scores, self.name, [NAME])

    def summary(self) -> TaskModelSummary:
        [summary] = self.summaries()
        return summary

    def by_line(self, model: str = "small") -> list[Document]:
        return sorted(
            self.queue.find({"model": model}), key=lambda entry: (entry["line_index"], entry.get("sample", 0))
        )
