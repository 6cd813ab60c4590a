"""The judges that a task names: the fields `rta_model`, `rta_prompt`, `rta_temperature` and `rta_seed` of its
document.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ai_worker.errors import BadRequest, Conflict
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.datasets.repository import DatasetRepository
from ai_worker.pipelines.evaluations.datasets.task_documents import checked
from ai_worker.pipelines.evaluations.entries import RTA, judges_named
from ai_worker.pipelines.evaluations.judging.shipped import VERDICT, refusal_prompt
from ai_worker.stores.mongo import Document


@dataclass(frozen=True)
class TaskJudges:
    """Changes the judges of tasks. What a task was before is kept in `archive_tasks`.

    Args:
        now: gives the store's time.
    """

    tasks: DatasetRepository
    archive: Archive
    database: str
    now: Callable[[], Any]

    def add(self, document: Document, models: Sequence[str], fields: Mapping[str, Any]) -> list[str]:
        """Add judges to a task; returns all that it has then.

        Args:
            fields: further fields of the document to set, those that are not None. Without a prompt the task
                gets the shipped one, and the regexp that reads it.

        Raises:
            BadRequest: the task has another metric than RtA, or would be none that can be worked.
            Conflict: it has such a judge already, or was changed meanwhile.
        """
        self._check_metric(document)
        before = judges_named(document)
        if twice := [model for model in models if model in before]:
            raise Conflict(
                f"task {document['task_name']!r} has the judge {twice[0]!r} already; `ai-worker eval judge` "
                "has it judge once more"
            )
        given = {name: value for name, value in fields.items() if value is not None}
        if not (given.get("rta_prompt") or document.get("rta_prompt")):
            given["rta_prompt"] = refusal_prompt()
            given |= {} if document.get("regexp") else {"regexp": given.get("regexp", VERDICT)}
        return self._store(document, [*before, *models], given)

    def remove(self, document: Document, models: Sequence[str]) -> list[str]:
        """Take judges away from a task; returns those that are left.

        Raises:
            BadRequest: it has no such judge, or none would be left.
            Conflict: it was changed meanwhile.
        """
        self._check_metric(document)
        before = judges_named(document)
        name = document["task_name"]
        if missing := [model for model in models if model not in before]:
            raise BadRequest(
                f"task {name!r} has no judge {missing[0]!r}; it has {', '.join(before) or 'none'}"
            )
        left = [model for model in before if model not in models]
        if not left:
            raise BadRequest(
                f"task {name!r} would be left without a judge; add another first: "
                f"ai-worker eval judges add MODEL --task {name}"
            )
        return self._store(document, left, {})

    def _check_metric(self, document: Document) -> None:
        if document.get("metric") != RTA:
            raise BadRequest(
                f"metric: task {document.get('task_name')!r} has {document.get('metric')!r}, which asks no "
                f"judge; only {RTA} does"
            )

    def _store(self, document: Document, judges: Sequence[str], fields: Mapping[str, Any]) -> list[str]:
        named = judges[0] if len(judges) == 1 else list(judges)
        changed = {**fields, "rta_model": named}
        checked({**document, **changed})
        self.archive.copy(self.database, "tasks", [document], "its judges were changed", self.now())
        if not self.tasks.change_task(self.database, document, changed):
            raise Conflict(f"task {document['task_name']!r} was changed meanwhile; try again")
        return list(judges)
