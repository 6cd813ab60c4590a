"""The progress of loops, for `ai-worker status` and the panel."""

from typing import Any

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.pipelines.loops.lanes import closed_for
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import LoopStatus

LOOPS_WATCHED = 20
_OPEN = (LoopStatus.PENDING, LoopStatus.RUNNING, LoopStatus.PAUSED)
_COUNTED = ("generated", "approved", "duplicates", "tested", "recalled")


def task_progress() -> list[TaskProgress]:
    """The latest loops, each with the rows of its current round's phase; an ended one with what it tested."""
    found = loops().loops.page(1, LOOPS_WATCHED)[1]
    reasons = closed_for([row["id"] for row in found])
    return [_of(row, reasons.get(row["id"], "")) for row in found]


def _of(row: dict[str, Any], waits: str) -> TaskProgress:
    rows = loops().rounds.rows_by_status(row["id"])
    return TaskProgress(
        pipeline="loops",
        task=f"Loop {row['name']} ({row['id'][:8]})",
        state=f"{row['status']}, round {row['current_round']}" + (f", waits: {waits}" if waits else ""),
        counts={name: row[f"total_{name}"] for name in _COUNTED},
        done=rows.get(1, 0) if row["status"] in _OPEN else row["total_tested"],
        failed=rows.get(3, 0),
        in_flight=rows.get(2, 0),
        waiting=rows.get(0, 0),
    )
