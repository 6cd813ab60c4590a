"""Planning and applying the tasks of a database, for command line, HTTP and panel."""

from collections import Counter
from collections.abc import Sequence

from ai_worker.errors import BadRequest, NotFound
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.control.fences import named_twice, several
from ai_worker.pipelines.evaluations.expand import expand
from ai_worker.pipelines.evaluations.reports.report import Advance
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.rerun.answers import AnswerRepository
from ai_worker.pipelines.evaluations.rerun.apply import Application
from ai_worker.pipelines.evaluations.rerun.differences import Change
from ai_worker.pipelines.evaluations.rerun.plan import Plan
from ai_worker.pipelines.evaluations.rerun.plan import plan as make_plan
from ai_worker.pipelines.evaluations.rerun.repository import PlanRepository
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.service import clock, judges, repository, scores
from ai_worker.stores.mongo import Document, mongo


def documents(database: str, names: Sequence[str]) -> list[Document]:
    """The documents of `tasks` that an operator means: those named, else all.

    Raises:
        NotFound: one of them is not there, or there is none.
        BadRequest: two of them have one name.
    """
    every = repository().tasks(database)
    known = {str(document.get("task_name")): document for document in every}
    if doubles := {name: count for name, count in named_twice(every).items() if not names or name in names}:
        name, count = next(iter(doubles.items()))
        raise BadRequest(f"{database}: {several(name, count)}")
    if missing := [name for name in names if name not in known]:
        raise NotFound(
            f"there is no task {missing[0]!r} in {database}.tasks; there are: {', '.join(known) or 'none'}"
        )
    if not known:
        raise NotFound(f"{database}.tasks is empty")
    return [known[name] for name in dict.fromkeys(names)] or list(known.values())


def rows_of(database: str, document: Document) -> int:
    """The number of rows of a task's dataset."""
    return repository().size(database, f"dataset_{document.get('dataset_name')}")


def plan(database: str, document: Document, advance: Advance) -> Plan:
    """The effects of applying a task.

    Raises:
        BadRequest: the document is not an evaluation task.
    """
    answers = AnswerRepository(mongo(), repository())
    task = EvaluationTask.read(document)
    return make_plan(repository(), PlanRepository(mongo()), database, task, advance, answers)


def apply(database: str, document: Document, advance: Advance) -> "Counter[Change]":
    """Do what `plan` shows; returns how many entries were changed how.

    Raises:
        BadRequest: the document is not an evaluation task.
    """
    task = EvaluationTask.read(document)
    repository().ensure_queue(database, task.queue)
    judges().prepare(database, judges_of(task.queue))
    answers = AnswerRepository(mongo(), repository())
    application = Application(
        repository(),
        PlanRepository(mongo()),
        scores(),
        Archive(mongo()),
        database,
        task,
        clock().now,
        answers,
    )
    done = application.apply(advance)
    done[Change.ADDED] = expand(repository(), database, document, clock().now, answers)
    return +done
