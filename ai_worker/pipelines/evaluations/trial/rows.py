"""A file's rows, in memory, as an entry's builder reads a dataset."""

from collections.abc import Collection
from pathlib import Path

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.data_files import read_rows
from ai_worker.pipelines.evaluations.datasets.cells import typed
from ai_worker.pipelines.evaluations.datasets.rows import check_columns, document_of
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document


class FileRows:
    """The rows of one file."""

    def __init__(self, rows: list[Document]) -> None:
        self.rows = rows

    @classmethod
    def read(cls, path: Path, task: EvaluationTask, lists: Collection[str] = ()) -> "FileRows":
        """A file's rows, each seen to have what the task reads.

        Args:
            lists: columns whose cells are lists.

        Raises:
            BadRequest: a row cannot be read, or lacks a column; the message names it.
        """
        found = []
        for number, row in read_rows(path):
            try:
                document = document_of(typed(row, lists=lists) if lists else row)
                check_columns(document, [task])
            except BadRequest as fault:
                raise BadRequest(f"{path}, row {number}: {fault}") from None
            found.append(document)
        if not found:
            raise BadRequest(f"{path} has no rows")
        return cls(found)

    def size(self, database: str, dataset: str) -> int:
        """The number of rows, whatever the names."""
        return len(self.rows)

    def rows_at(self, database: str, dataset: str, line_index: int) -> list[Document]:
        """The row at a position, in a list; an empty one beyond the end."""
        return self.rows[line_index : line_index + 1]
