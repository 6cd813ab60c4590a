"""All entries that a task wants of a row of its dataset."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, Protocol

from ai_worker.pipelines.evaluations.entries import entry_of
from ai_worker.pipelines.evaluations.questions.parts import Example, example_lines, lines_of
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document


class Dataset(Protocol):
    """The parts of a whole dataset that a builder reads."""

    def size(self, database: str, collection: str, /) -> int:
        """The number of its rows."""
        ...

    def rows_at(self, database: str, dataset: str, line_index: int, /) -> list[Document]:
        """The row at a position, in a list; an empty one where there is none."""
        ...


class EntryBuilder:
    """Builds the entries of one task; what it needs of the dataset as a whole is read once.

    Args:
        database: where its dataset is.
    """

    def __init__(self, repository: Dataset, database: str, task: EvaluationTask) -> None:
        self._repository = repository
        self._database = database
        self._task = task

    @cached_property
    def lines(self) -> "set[int] | range":
        """The rows that are asked about, by `line_index`."""
        # Without a trial every row is, also one that comes while the builder is at work.
        whole = self._task.sample is None and self._task.limit is None
        size = self._repository.size(self._database, self._task.dataset)
        return range(size) if whole else lines_of(self._task, size)

    @cached_property
    def examples(self) -> list[Example]:
        """The rows from which few-shot examples are taken."""
        size = self._repository.size(self._database, self._task.dataset)
        return [
            (line_index, row)
            for line_index in example_lines(self._task, size)
            for row in self._repository.rows_at(self._database, self._task.dataset, line_index)
        ]

    def entries(
        self, line_index: int, row: Mapping[str, Any], known: Collection[tuple[int, str | None, int]] = ()
    ) -> Iterator[Document]:
        """The entries of a row, without those that are known; none of a row that is not asked about."""
        trial = self._task.sample is not None or self._task.limit is not None
        if trial and line_index not in self.lines:
            return
        for model, sample in self._task.keys:
            if (line_index, model, sample) not in known:
                yield entry_of(self._task, line_index, row, model, sample, self.examples)
