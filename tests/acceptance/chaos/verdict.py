"""Whether every promise was kept: nothing lost, nothing doubled, extra calls bounded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import celery_config
from tests.acceptance.chaos.load import CALLS_THAT_FAIL, Load

ATTEMPTS = int(celery_config.task_annotations["corrections.correct"]["max_retries"]) + 1
OF_THE_MODEL = {"bad_answer", "overloaded", "server_fault", "truncated", "unreachable"}
"""The error classes of `CALLS_THAT_FAIL`."""


@dataclass
class Verdict:
    """What came out, and what is wrong with it.

    Args:
        rows: put in.
        done: with one answer each.
        given_up: that the model failed as often as a row is tried: final too, and expected of a model that
            fails for a fifth.
        silent: entries of evaluations that got an empty answer, which is final at the first call.
        calls: that the model server received; `failed` of them were answered by a fault.
        extra: calls beyond one good answer a row.
        allowed: calls in flight at the kills and restarts: the most that may have been asked again.
        lost: owners that vanished, summed over the rows.
    """

    rows: int
    done: int
    given_up: int
    silent: int
    calls: int
    failed: int
    extra: int
    allowed: int
    lost: int
    wrong: list[str] = field(default_factory=list)


def judge(load: Load, allowed: int) -> Verdict:
    """Look at every row of both stores and at the model server's counts."""
    found = list(load.rows())
    wrong = []
    keys = [key for key, _, _ in found]
    if len(keys) != len(set(keys)) or set(keys) != load.items | load.entries:
        wrong.append(f"{len(keys)} rows, {len(set(keys))} keys; {load.total} were put in")
    unanswered = [(key, row) for key, row, done in found if not done]
    given_up = sum(_given_up(row) for _, row in unanswered)
    silent = sum(_silent(row) for _, row in unanswered)
    wrong += [
        f"{key}: status {row.get('status', row.get('status_id'))}, {row.get('error_class')}: "
        f"{row.get('error')}"
        for key, row in unanswered
        if not _given_up(row) and not _silent(row)
    ]
    wrong += [f"{key}: still held" for key, row, _ in found if row.get("lease_token") or row.get("due_at")]
    for id_task in load.tasks:
        task = load.cluster.task(id_task)
        sql = (
            "SELECT COALESCE(SUM(status_id = 1), 0) AS done, COALESCE(SUM(status_id = 3), 0) "
            "AS failed FROM task_item WHERE id_task = %s"
        )
        items = load.cluster.query(sql, (id_task,))[0]
        if (task["status_id"], task["records_processed"], task["records_failed"]) != (
            2,
            items["done"],
            items["failed"],
        ):
            counted = f"{task['records_processed']} done and {task['records_failed']} failed"
            wrong.append(
                f"task {id_task}: status {task['status_id']}, {counted} counted, there are "
                f"{items['done']} and {items['failed']}"
            )
    counts = load.cluster.model.counts()
    failed = sum(counts["by_answer"].get(fault, 0) for fault in CALLS_THAT_FAIL)
    extra = counts["total"] - failed - (load.total - given_up - silent)
    if not 0 <= extra <= allowed:
        wrong.append(f"{extra} extra calls, {allowed} allowed")
    lost = sum(row.get("lost", 0) for _, row, _ in found)
    done = sum(done for _, _, done in found)
    return Verdict(load.total, done, given_up, silent, counts["total"], failed, extra, allowed, lost, wrong)


def _silent(row: Mapping[str, Any]) -> bool:
    return row.get("status") == "failed" and row["error_class"] == "empty_answer"


def _given_up(row: Mapping[str, Any]) -> bool:
    """By the engine, after its last attempt, for a fault of the model's."""
    return (
        row.get("status", row.get("status_id")) in ("failed", 3)
        and row["attempts"] >= ATTEMPTS
        and row["error_class"] in OF_THE_MODEL
    )
