"""An evaluation is changed, paused, resumed and killed under load: the calls that reach the model are those
that `ai-worker eval plan` named before.

PROOF_ENTRIES=10000 makes it the full form.
"""

import os
import re
import time
from collections import Counter
from typing import Any

from tests.acceptance.cluster import Cluster, Worker
from tests.waiting import wait_until

ENTRIES = int(os.environ.get("PROOF_ENTRIES", "120"))
MODELS = ["model-one", "model-two"]
ROWS = ENTRIES // len(MODELS)
SLOTS = 4 if ENTRIES < 1000 else 16
SECONDS = 120 + ENTRIES / 5
EVERY = max(0.2, ENTRIES / 2000)
"""Seconds between two looks at the database: counting costs the stand-in for MongoDB as much as the work
does.
"""
QUICK_CALLS = ROWS // 4
SLOW, QUICK = 5.0, 0.05
"""Seconds of a call: slow as soon as the work is to be paused, so that it is not over before the operator's
command has started.
"""
TASK = {
    "task_name": "bill",
    "dataset_name": "bill",
    "metric": "RtA",
    "prompt": "{question}",
    "variables_cols": ["question"],
    "models": MODELS,
    "rta_model": "judge-a",
    "rta_prompt": "Question: {input}\nReply: {answer}\nREFUSED or ANSWERED?",
    "regexp": r"\b(REFUSED|ANSWERED)\b",
    # What the expander would add by itself, plan could not name before.
    "confirm": True,
}
_LINE = re.compile(r"^ *(?P<model>\S+) .* (?P<calls>\d+)(?: +(?:\d+\.\d{4}|–))? *$", re.MULTILINE)


def _row(number: int, wording: str = "Why is the sky blue?") -> dict[str, str]:
    return {"question": f"{wording} row-{number:05}"}


def _planned(cluster: Cluster) -> Counter[str]:
    """The calls that the plan names, by model and judge."""
    printed = cluster.command("eval", "plan", "--task", "bill")
    return +Counter({found["model"]: int(found["calls"]) for found in _LINE.finditer(printed)})


def _apply(cluster: Cluster) -> None:
    cluster.command("eval", "apply", "--task", "bill", "--yes")


def _calls(cluster: Cluster) -> Counter[str]:
    return Counter(cluster.model.counts()["by_model"])


def _slow(cluster: Cluster) -> bool:
    calls = _calls(cluster)
    return all(calls[model] > QUICK_CALLS for model in MODELS)


def _lost(cluster: Cluster) -> int:
    """How often a row was taken from a worker that had vanished: its call may have been made."""
    queues = (cluster.mongo.queue_bill, cluster.mongo.queue_rta_bill)
    return sum(row["lost"] for queue in queues for row in queue.find({"lost": {"$gt": 0}}, {"lost": 1}))


def _says(latency: float, **more: int) -> list[dict[str, Any]]:
    """What the models say: no two the same of one row, of which a judge would be shown one alone."""
    return [
        {"match": {"model": model}, "answer": f"{model} sees it so.", "latency": latency, **more}
        for model in (*MODELS, "model-three")
    ]


def _states(cluster: Cluster) -> dict[str, Counter[tuple[str, str]]]:
    """Statuses and verdicts of both queues, for whoever reads a failure."""
    return {
        queue.name: Counter((row["status"], row.get("verdict", "")) for row in queue.find())
        for queue in (cluster.mongo.queue_bill, cluster.mongo.queue_rta_bill)
    }


def _await_end(cluster: Cluster, entries: int) -> None:
    judged, asked = cluster.mongo.queue_rta_bill, cluster.mongo.queue_bill

    def ended() -> bool:
        return (
            asked.count_documents({"verdict": {"$in": ["answered", "refused"]}}) == entries
            and judged.count_documents({"status": "completed", "owes_score": {"$ne": True}}) == entries
        )

    deadline = time.monotonic() + SECONDS
    while not ended():
        assert time.monotonic() < deadline, _states(cluster)
        time.sleep(EVERY)


def _billed(cluster: Cluster, before: Counter[str], planned: Counter[str], lost: int) -> None:
    """See that what was asked since is what was planned: to the call where no worker was killed in mid-call,
    else with one more at the most for each row that was lost.
    """
    asked = _calls(cluster) - before
    extra = asked - planned
    assert planned - asked == Counter(), f"planned {planned}, asked {asked}"
    assert extra.total() <= lost, f"planned {planned}, asked {asked}, {lost} rows lost"
    print(f"planned {dict(planned)}, asked {dict(asked)}, {lost} rows lost by kills")


def test_what_is_asked_is_what_was_planned(evaluations_cluster: Cluster) -> None:
    cluster = evaluations_cluster
    cluster.model.tell(*_says(QUICK, times=QUICK_CALLS), *_says(SLOW), latency=QUICK)
    database = cluster.mongo
    database.dataset_bill.insert_many([_row(number) for number in range(ROWS)])
    database.tasks.insert_one(dict(TASK))
    workers = [cluster.worker("rows", slots=SLOTS, queues="evaluations") for _ in range(2)]
    cluster.worker("scans", slots=8, queues="scans,quarantine")
    cluster.worker("bulk", slots=4, queues="bulk")
    cluster.beat()

    planned = _planned(cluster)
    assert planned == {"model-one": ROWS, "model-two": ROWS, "judge-a": 2 * ROWS}
    cluster.await_ready()
    assert database.queue_bill.count_documents({}) == 0, "confirm: nothing is added before apply"
    _apply(cluster)
    _pause_kill_and_resume(cluster, workers)
    _await_end(cluster, 2 * ROWS)
    # A pause lets calls end, so that the kill met none.
    _billed(cluster, Counter(), planned, 0)
    assert _planned(cluster) == Counter()

    # The first row goes, which moves all others; a tenth is reworded, a tenth new; one model for another.
    database.dataset_bill.delete_one(_row(0))
    for number in range(1, ROWS, 10):
        database.dataset_bill.update_one(_row(number), {"$set": _row(number, "Is the sky red?")})
    database.dataset_bill.insert_many([_row(number) for number in range(ROWS, ROWS + ROWS // 10)])
    database.tasks.update_one({}, {"$set": {"models": ["model-one", "model-three"]}})
    rows = ROWS - 1 + ROWS // 10
    reworded = len(range(1, ROWS, 10))
    planned, before = _planned(cluster), _calls(cluster)
    assert planned == {
        "model-one": reworded + ROWS // 10,
        "model-three": rows,
        "judge-a": reworded + ROWS // 10 + rows,
    }
    _apply(cluster)
    asked = before.total() + planned.total() // 3
    wait_until(lambda: _calls(cluster).total() >= asked, "a third asked", seconds=SECONDS, every=EVERY)
    for worker in workers:
        worker.restart()
    _await_end(cluster, 2 * rows)
    lost = _lost(cluster)
    assert lost <= 2 * SLOTS + SLOTS
    _billed(cluster, before, planned, lost)


def _pause_kill_and_resume(cluster: Cluster, workers: list[Worker]) -> None:
    wait_until(lambda: _slow(cluster), "slow calls of every model under way", seconds=SECONDS, every=EVERY)
    cluster.command("eval", "pause", "--task", "bill")
    in_hand = {"status": "processing"}
    queues = (cluster.mongo.queue_bill, cluster.mongo.queue_rta_bill)
    wait_until(
        lambda: not any(queue.count_documents(in_hand) for queue in queues),
        "every call under way ended",
        seconds=60,
        every=EVERY,
    )
    held = _calls(cluster)
    assert held.total() < 4 * ROWS, "paused before everything was asked"
    for worker in workers:
        worker.restart()
    cluster.await_ready(*workers)
    assert _calls(cluster) == held, "nothing is asked of a paused task, by restarted workers neither"
    cluster.model.tell(*_says(QUICK), latency=QUICK)
    cluster.command("eval", "resume", "--task", "bill")
