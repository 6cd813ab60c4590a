"""Every way of answering badly in one run: each row comes to its right end, after the right number of
attempts, and holds up no other.
"""

import json
from dataclasses import dataclass
from typing import Any

from tests.acceptance.models.conftest import NewCluster, add_task, hurry, texts
from tests.waiting import wait_until

PENDING, PROCESSED, ERROR = 0, 1, 3
ATTEMPTS = 6
"""Of a row whose tries count: the first, and as many more as celery_config.py says."""
GOOD = 60
"""So many rows are answered at once that the faults do not open the breaker."""


@dataclass(frozen=True)
class Case:
    """A row that meets a fault.

    Args:
        rule: how the model answers it.
        attempts: what its row says at the end: tries that failed and count.
        asked: how often the model was asked.
        error_class: of a row that fails for good.
    """

    rule: dict[str, Any]
    attempts: int
    asked: int
    error_class: str | None = None


CASES = {
    "429-with-seconds": Case({"fault": "429", "retry_after": 1, "times": 2}, 0, 3),
    "429-with-date": Case({"fault": "429", "retry_after": 2, "retry_after_form": "date", "times": 1}, 0, 2),
    "429-without": Case({"fault": "429", "times": 1}, 0, 2),
    "500": Case({"fault": "500", "times": 2}, 2, 3),
    "503": Case({"fault": "503", "times": 1}, 1, 2),
    "503-with-seconds": Case({"fault": "503", "retry_after": 1, "times": 1}, 1, 2),
    "reset": Case({"fault": "reset", "times": 1}, 1, 2),
    "close": Case({"fault": "close", "times": 1}, 1, 2),
    "half-body": Case({"fault": "half_body", "times": 1}, 1, 2),
    "blackhole": Case({"fault": "blackhole", "times": 1}, 1, 2),
    "drip-feed": Case({"fault": "drip_body", "interval": 0.2, "times": 1}, 1, 2),
    "error-body-200": Case({"fault": "error_body_200", "times": 1}, 1, 2),
    "truncated-json": Case({"fault": "truncated_json", "times": 1}, 1, 2),
    "empty": Case({"fault": "empty", "times": 1}, 1, 2),
    "always-empty": Case({"fault": "empty"}, ATTEMPTS, ATTEMPTS, "bad_answer"),
    "always-truncated": Case({"fault": "truncated_json"}, ATTEMPTS, ATTEMPTS, "bad_answer"),
    "cut-by-length": Case({"fault": "length"}, 1, 1, "truncated"),
    "safety-block": Case({"fault": "safety_block"}, 1, 1, "refused"),
    "bad-request": Case({"fault": "400"}, 1, 1, "bad_request"),
}
SCHEMA = {
    "type": "object",
    "properties": {"mood": {"type": "string"}},
    "required": ["mood"],
    "additionalProperties": False,
}


def test_every_fault_comes_to_its_right_end(new_cluster: NewCluster) -> None:
    cluster = new_cluster(MODEL_DEADLINE_SECONDS="2")
    rules = [{"match": {"contains": f"row-{name}:"}, **case.rule} for name, case in CASES.items()]
    away = {"match": {"model": "away"}, "fault": "503"}
    misfits = [{"match": {"contains": "row-misfit-once"}, "fault": "wrong_schema", "times": 1}]
    misfits += [{"match": {"contains": "row-misfit-always"}, "fault": "wrong_schema"}]
    cluster.model.tell(*rules, *misfits, away, latency=0.1)
    id_task = add_task(cluster, [*texts(GOOD), *(f"Marker row-{name}: teh text." for name in CASES)])
    analysis = add_task(
        cluster,
        ["Marker row-misfit-once.", "Marker row-misfit-always."],
        kind="analysis",
        answer_schema=json.dumps(SCHEMA),
    )
    outage = add_task(cluster, ["Marker row-outage."], "away")
    cluster.await_ready(*(cluster.worker(slots=15) for _ in range(2)))
    cluster.beat()
    open_rows = dict.fromkeys((id_task, analysis, outage), 1)

    def only_the_outage_is_open() -> bool:
        open_rows.update({task: hurry(cluster, task) for task in open_rows})
        return [task for task, rows in open_rows.items() if rows] == [outage]

    wait_until(only_the_outage_is_open, "every row final", seconds=90, every=0.3)

    task = cluster.task(id_task)
    failed = [name for name, case in CASES.items() if case.error_class]
    found = {_name(item["text_original"]): item for item in cluster.items(id_task)}
    asked = cluster.model.counts()["by_row"]
    seen = {name: _end(found[name], asked[f"row-{name}"]) for name in CASES}
    assert seen == {name: _expected(case) for name, case in CASES.items()}
    assert (task["records_processed"], task["records_failed"]) == (
        GOOD + len(CASES) - len(failed),
        len(failed),
    )
    assert {asked[f"row-{number}"] for number in range(GOOD)} == {1}, "a fault of one row asks no other again"

    repaired, misfit = cluster.items(analysis)
    assert (repaired["status_id"], asked["row-misfit-once"]) == (PROCESSED, 2)
    # A cooldown that comes between a question and its repair ends the attempt: its answer was paid for.
    assert repaired["attempts"] <= 1
    assert (misfit["status_id"], misfit["error_class"], misfit["attempts"]) == (ERROR, "bad_answer", ATTEMPTS)
    assert ATTEMPTS <= asked["row-misfit-always"] <= 2 * ATTEMPTS

    wait_until(
        lambda: hurry(cluster, outage) == 1 and cluster.items(outage)[0]["attempts"] > ATTEMPTS,
        "more tries",
        seconds=40,
        every=0.3,
    )
    assert cluster.items(outage)[0]["error_class"] == "overloaded", (
        "an outage gives no row up before its age limit"
    )
    cluster.model.tell()
    wait_until(lambda: hurry(cluster, outage) == 0, "the outage's end", seconds=40, every=0.3)
    assert cluster.items(outage)[0]["status_id"] == PROCESSED

    said = cluster.command("retry", "--class", "refused", "--task", str(id_task))
    assert f"1 row of task {id_task} is pending again." in said
    wait_until(lambda: hurry(cluster, id_task) == 0, "the chosen failure asked again", seconds=30, every=0.3)
    again = {_name(item["text_original"]): item["status_id"] for item in cluster.items(id_task)}
    assert again["safety-block"] == PROCESSED
    assert {name for name, status in again.items() if status == ERROR} == set(failed) - {"safety-block"}, (
        "the others stay"
    )


def test_a_wrong_key_closes_the_model_and_no_row_is_harmed(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    cluster.model.tell({"match": {"model": "locked"}, "fault": "401"}, latency=0.05)
    locked, healthy = add_task(cluster, texts(300), "locked"), add_task(cluster, texts(60, 1000), "healthy")
    cluster.await_ready(*(cluster.worker(slots=10) for _ in range(2)))
    cluster.beat()
    assert cluster.await_task(healthy, seconds=60)["records_failed"] == 0
    wait_until(lambda: "closed: unauthorized" in cluster.command("status"), "the reason in the status")
    asked = cluster.model.counts()["by_model"]["locked"]
    assert asked <= 20, "those under way when the first was answered"
    assert {item["attempts"] for item in cluster.items(locked)} == {0}
    assert {item["status_id"] for item in cluster.items(locked)} <= {PENDING, 2}
    cluster.model.tell()
    assert "may be asked again" in cluster.command("models", "reopen", "locked")
    hurry(cluster, locked)
    task = cluster.await_task(locked, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (300, 0)


def test_a_rejection_of_everything_closes_the_model_and_one_of_a_row_ends_it(
    new_cluster: NewCluster,
) -> None:
    cluster = new_cluster()
    odd = {"fault": "400", "body": {"error": {"message": "E1077: operation refused"}}}
    one = {"match": {"contains": "row-7:"}, **odd}
    cluster.model.tell({"match": {"model": "odd"}, **odd}, one, latency=0.05)
    alone = add_task(cluster, texts(1, 7), "lonely")
    rejected, healthy = add_task(cluster, texts(200, 1000), "odd"), add_task(cluster, texts(60), "healthy")
    cluster.await_ready(*(cluster.worker(slots=10) for _ in range(2)))
    cluster.beat()
    assert cluster.await_task(alone, seconds=60)["records_failed"] == 1, "without any neighbour"
    assert cluster.await_task(healthy, seconds=60)["records_failed"] == 1, "beside good neighbours"
    ended = [item for task in (alone, healthy) for item in cluster.items(task) if item["status_id"] == ERROR]
    assert {(item["error_class"], item["attempts"]) for item in ended} == {("bad_request", 1)}
    wait_until(lambda: "closed: rejects_all" in cluster.command("status"), "the reason in the status")
    assert cluster.model.counts()["by_model"]["odd"] <= 40, "those under way, and a question for each worker"
    assert {item["attempts"] for item in cluster.items(rejected)} == {0}
    cluster.model.tell()
    assert "may be asked again" in cluster.command("models", "reopen", "odd")
    hurry(cluster, rejected)
    task = cluster.await_task(rejected, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (200, 0)


def _name(text: str) -> str:
    return text.removeprefix("Marker row-").partition(":")[0]


def _end(item: dict[str, Any], asked: int) -> tuple[int, str | None, int, int]:
    return item["status_id"], item["error_class"], item["attempts"], asked


def _expected(case: Case) -> tuple[int, str | None, int, int]:
    return ERROR if case.error_class else PROCESSED, case.error_class, case.attempts, case.asked
