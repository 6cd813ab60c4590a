"""Estimates of the rows in the database: of a selection before it is run, and of a task after it was run,
against what it took.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ai_worker.errors import NotFound
from ai_worker.pipelines.corrections.control.selection import chosen_lanes
from ai_worker.pipelines.corrections.estimates.estimate import (
    Estimate,
    Past,
    Sizes,
    estimated,
    part_tokens,
    question_and_answer_tokens,
)
from ai_worker.pipelines.corrections.estimates.repository import EstimateRepository, Taken
from ai_worker.pipelines.corrections.models import described_model
from ai_worker.pipelines.corrections.service import repository
from ai_worker.stores.mysql import Row, mysql


@dataclass(frozen=True, slots=True)
class Forecast:
    """The expected use of the items of a task.

    Args:
        taken: what they took, where they are answered; as they were counted.
    """

    id_task: int
    model: str
    estimate: Estimate
    taken: Taken | None = None


def queries() -> EstimateRepository:
    """The queries behind estimates, on this process's connections."""
    return EstimateRepository(mysql())


def forecasts(task: int | None, task_item: int | None, max_item: int | None) -> Iterator[Forecast]:
    """The expected use of a run of this selection, task by task; no model is asked.

    Raises:
        NotFound: there is no such task or item.
        Conflict: the task may not be worked.
    """
    if task_item is not None:
        item = repository().fetch_item(task_item)
        if item is None:
            raise NotFound(f"there is no item {task_item}")
        row = _task(item["id_task"])
        yield _forecast(row, queries().item(task_item, part_tokens(row, described_model(row))))
        return
    left = max_item
    for lane in chosen_lanes(task, also_paused=True):
        row = _task(int(lane.value))
        sizes = queries().pending(row["id_task"], left, part_tokens(row, described_model(row)))
        if sizes.rows:
            yield _forecast(row, sizes)
        left = None if left is None else left - sizes.rows
        if left == 0:
            return


def hindsight(id_task: int) -> Forecast:
    """The expected use of a task's answered items, by what is usual, and their true use.

    Raises:
        NotFound: there is no such task.
    """
    row = _task(id_task)
    model = described_model(row)
    sizes, taken = queries().answered(id_task, part_tokens(row, model))
    return Forecast(id_task, model.name, estimated(row, model, sizes, None), taken)


def _forecast(row: Row, sizes: Sizes) -> Forecast:
    model = described_model(row)
    return Forecast(row["id_task"], model.name, estimated(row, model, sizes, _past(row)))


def _past(row: Row) -> Past | None:
    sizes, (tokens_input, tokens_output, _) = queries().latest_alike(
        row, part_tokens(row, described_model(row))
    )
    question, answer = question_and_answer_tokens(row, sizes)
    if not question or not answer:
        return None
    return Past(sizes.asked, tokens_input / question, tokens_output / answer)


def _task(id_task: int) -> Row:
    row = queries().task(id_task)
    if row is None:
        raise NotFound(f"there is no task {id_task}")
    return row
