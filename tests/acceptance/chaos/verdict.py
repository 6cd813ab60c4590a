"""Whether every promise was kept: nothing lost, nothing doubled, extra calls bounded."""

from dataclasses import dataclass, field

from tests.acceptance.chaos.load import CALLS_THAT_FAIL, Load


@dataclass
class Verdict:
    """What came out, and what is wrong with it.

    Args:
        rows: put in.
        done: with one answer each.
        calls: that the model server received; `failed` of them were answered by a fault.
        extra: calls beyond one good answer a row.
        allowed: calls in flight at the kills and restarts: the most that may have been asked again.
        lost: owners that vanished, summed over the rows.
    """

    rows: int
    done: int
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
    wrong += [
        f"{key}: status {row.get('status', row.get('status_id'))}, {row.get('error_class')}: {row.get('error')}"
        for key, row, done in found
        if not done
    ]
    wrong += [f"{key}: still held" for key, row, _ in found if row.get("lease_token") or row.get("due_at")]
    for id_task in load.tasks:
        task = load.cluster.task(id_task)
        items = load.cluster.query("SELECT COUNT(*) AS items FROM task_item WHERE id_task = %s", (id_task,))[0]["items"]
        if (task["status_id"], task["records_processed"]) != (2, items):
            wrong.append(f"task {id_task}: status {task['status_id']}, {task['records_processed']} of {items} counted")
    counts = load.cluster.model.counts()
    failed = sum(counts["by_answer"].get(fault, 0) for fault in CALLS_THAT_FAIL)
    extra = counts["total"] - failed - load.total
    if not 0 <= extra <= allowed:
        wrong.append(f"{extra} extra calls, {allowed} allowed")
    lost = sum(row.get("lost", 0) for _, row, _ in found)
    done = sum(done for _, _, done in found)
    return Verdict(load.total, done, counts["total"], failed, extra, allowed, lost, wrong)
