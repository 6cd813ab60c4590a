"""The agreement of reviewers with models, and estimates against true use, as tables of plain values."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from ai_worker.errors import NotFound
from ai_worker.pipelines.corrections.estimates.estimating import hindsight
from ai_worker.pipelines.corrections.estimates.report_repository import ReportRepository
from ai_worker.stores.mysql import Row, mysql

LATEST_TASKS = 20

Value = str | int | float | Decimal | None
Line = dict[str, Value]


class By(StrEnum):
    """The subject of a report's lines."""

    MODEL = "model"
    KIND = "kind"
    TASK = "task"


def report(by: By, id_task: int | None) -> list[Line]:
    """The lines of a report.

    Args:
        by: `MODEL`: answers and changes accepted and rejected, by model and prompt version; `KIND`: changes
            by their kind, too; `TASK`: what each of the latest tasks was expected to take, and what it took.
        id_task: of this task only.

    Raises:
        NotFound: there is no such task.
    """
    queries = ReportRepository(mysql())
    if id_task is not None and not queries.has_task(id_task):
        raise NotFound(f"there is no task {id_task}")
    if by is By.TASK:
        return [
            _task_line(one)
            for one in ([id_task] if id_task is not None else queries.latest_tasks(LATEST_TASKS))
        ]
    if by is By.KIND:
        return [
            {**_names(row), "kind": row["kind"], **_change_counts([row])}
            for row in queries.changes_by_kind(id_task)
        ]
    changes = queries.changes_by_kind(id_task)
    return [
        {**_names(row), **_item_counts(row), **_change_counts(_of(changes, row))}
        for row in queries.items(id_task)
    ]


def _names(row: Row) -> Line:
    return {"model": row["model_name"], "prompt_version": row["prompt_version"]}


def _of(changes: Sequence[Row], row: Row) -> list[Row]:
    return [change for change in changes if _names(change) == _names(row)]


def _item_counts(row: Row) -> Line:
    accepted, rejected = int(row["accepted"]), int(row["rejected"])
    return {
        "answers": int(row["answers"]),
        "accepted": accepted,
        "rejected": rejected,
        "exported": int(row["exported"]),
        "conflicts": int(row["conflicts"]),
        "acceptance": _rate(accepted, rejected),
    }


def _change_counts(rows: Sequence[Row]) -> Line:
    accepted, rejected = sum(int(row["accepted"]) for row in rows), sum(int(row["rejected"]) for row in rows)
    return {
        "changes_accepted": accepted,
        "changes_rejected": rejected,
        "change_acceptance": _rate(accepted, rejected),
    }


def _rate(accepted: int, rejected: int) -> float | None:
    return round(accepted / (accepted + rejected), 4) if accepted + rejected else None


def _task_line(id_task: int) -> Line:
    found = hindsight(id_task)
    estimate, taken = found.estimate, found.taken or (0, 0, None)
    cost = estimate.cost or (None, None)
    return {
        "task": id_task,
        "model": found.model,
        "items": estimate.sizes.rows,
        "input_low": estimate.tokens_input[0],
        "input_high": estimate.tokens_input[1],
        "input_taken": taken[0],
        "output_low": estimate.tokens_output[0],
        "output_high": estimate.tokens_output[1],
        "output_taken": taken[1],
        "cost_low": cost[0],
        "cost_high": cost[1],
        "cost_taken": taken[2],
    }
