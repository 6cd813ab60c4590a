"""Files into `dataset_…` and `tasks`. Everything is checked before anything is written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_worker.errors import BadRequest, Conflict
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.data_files import ROWS_AT_ONCE, Row, read_rows, single_object
from ai_worker.pipelines.evaluations.datasets.cells import typed
from ai_worker.pipelines.evaluations.datasets.repository import DatasetRepository
from ai_worker.pipelines.evaluations.datasets.rows import check_columns, document_of
from ai_worker.pipelines.evaluations.datasets.task_documents import checked, from_table
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document

MOST_FAULTS = 5
"""Reported for one file; a column that is missing is missing everywhere."""
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Import:
    """Files into one database.

    Args:
        replace: put rows or tasks of the same name away (`archive_…`) instead of refusing the file.
        now: gives the store's time.
        values, lists: columns of tables whose cells are read as values, or as lists; see `cells.typed`.
    """

    datasets: DatasetRepository
    archive: Archive
    database: str
    now: Callable[[], Any]
    replace: bool = False
    values: Sequence[str] = ()
    lists: Sequence[str] = ()

    def dataset(self, path: Path, name: str, advance: Advance, tasks: Sequence[EvaluationTask] = ()) -> int:
        """A file's rows into `dataset_{name}`, in their order.

        Args:
            advance: called with the number of further rows that are read; each is read twice.
            tasks: further ones that read the dataset, beside those that are in the database.

        Returns:
            How many rows there are.

        Raises:
            BadRequest: a row cannot be stored, or lacks a column that a task on the dataset reads.
            Conflict: the dataset is there, and `replace` is off.
        """
        self.refuse_what_is_there(name)
        collection = f"dataset_{name}"
        readers = [*tasks, *self._readers(name, {task.task_name for task in tasks})]
        self._check(path, readers, advance)
        if self.datasets.size(self.database, collection):
            for portion in self.datasets.portions(self.database, collection):
                self.archive.copy(self.database, collection, portion, "its dataset was replaced", self.now())
            self.datasets.drop(self.database, collection)
        rows = (document_of(row) for _, row in self._rows(path))
        return self.datasets.fill(self.database, collection, _counted(rows, advance), ROWS_AT_ONCE)

    def refuse_what_is_there(self, dataset: str, tasks: Sequence[str] = ()) -> None:
        """See that nothing would be overwritten that may not be.

        Raises:
            Conflict: the dataset or one of the tasks is there, and `replace` is off.
        """
        rows = self.datasets.size(self.database, f"dataset_{dataset}")
        if rows and not self.replace:
            raise Conflict(
                f"{self.database}.dataset_{dataset} has {rows} rows already; --replace puts them away first"
            )
        self._tasks_there(tasks)

    def _tasks_there(self, names: Sequence[str]) -> list[Document]:
        there = self.datasets.tasks_named(self.database, names)
        if there and not self.replace:
            raise Conflict(
                f"{self.database}.tasks has {there[0]['task_name']!r} already; --replace puts it away first"
            )
        return there

    def _readers(self, name: str, besides: set[str]) -> list[EvaluationTask]:
        readers = []
        for document in self.datasets.tasks_on(self.database, name):
            if document.get("task_name") not in besides:
                try:
                    readers.append(EvaluationTask.read(document))
                except BadRequest:
                    # Its own fault, which `ai-worker eval tasks` shows; no row can be right or wrong for it.
                    continue
        return readers

    def _rows(self, path: Path) -> Iterator[Row]:
        if not (self.values or self.lists):
            yield from read_rows(path)
            return
        for number, row in read_rows(path):
            try:
                yield number, typed(row, self.values, self.lists)
            except BadRequest as fault:
                raise BadRequest(f"{path}, row {number}: {fault}") from None

    def _check(self, path: Path, tasks: Sequence[EvaluationTask], advance: Advance) -> None:
        faults: list[str] = []
        number = 0
        for number, row in _counted(self._rows(path), advance):
            try:
                check_columns(document_of(row), tasks)
            except BadRequest as fault:
                faults.append(
                    f"row {number}, {fault}" if str(fault).startswith("column") else f"row {number}: {fault}"
                )
                if len(faults) == MOST_FAULTS:
                    break
        if faults:
            raise BadRequest(f"{path}: {'; '.join(faults)}. Nothing was written.")
        if not number:
            raise BadRequest(f"{path} has no rows. Nothing was written.")

    def tasks(self, documents: Iterable[tuple[str, Document]]) -> list[str]:
        """Documents into `tasks`.

        Args:
            documents: each with the place where it stands, for messages.

        Returns:
            The names of the tasks.

        Raises:
            BadRequest: one is not a task that can be worked, or its dataset lacks a column that it reads.
            Conflict: one is there already, and `replace` is off.
        """
        ready: dict[str, Document] = {}
        for place, document in documents:
            try:
                task = checked(document)
                self._check_dataset(task)
            except BadRequest as fault:
                raise type(fault)(f"{place}: {fault}. Nothing was written.") from None
            if task.task_name in ready:
                raise BadRequest(f"{place}: a second task {task.task_name!r}. Nothing was written.")
            ready[task.task_name] = document
        there = self._tasks_there(list(ready))
        self.archive.copy(self.database, "tasks", there, "its task was replaced", self.now())
        self.datasets.replace_tasks(self.database, ready, there)
        return list(ready)

    def _check_dataset(self, task: EvaluationTask) -> None:
        number = 0
        for number, row in enumerate(self.datasets.rows(self.database, task.dataset), start=1):
            try:
                check_columns(row, [task])
            except BadRequest as fault:
                raise BadRequest(f"{task.dataset}, row {number}: {fault}") from None
        if not number:
            raise BadRequest(
                f"dataset_name: {self.database}.{task.dataset} is empty; import the dataset first"
            )


def task_documents(path: Path) -> Iterator[tuple[str, Document]]:
    """The documents of a file of tasks, each with its place in the file. One task may stand alone, as
    `ai-worker eval init` writes it.
    """
    one = single_object(path)
    for number, row in read_rows(path) if one is None else [(1, one)]:
        document = from_table(row) if path.suffix.lower() not in (".json", ".jsonl", ".ndjson") else row
        yield f"{path}, row {number}", {name: value for name, value in document.items() if name != "_id"}


def _counted(rows: "Iterable[Any]", advance: Advance) -> "Iterator[Any]":
    for row in rows:
        yield row
        advance(1)
