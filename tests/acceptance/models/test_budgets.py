"""Budgets: many processes cannot spend more than there is, a spent budget rests its task visibly, and money
is forgotten by nobody.
"""

from decimal import Decimal
from pathlib import Path

from bson.decimal128 import Decimal128
from redis import Redis

from tests.acceptance.cluster import Cluster
from tests.acceptance.models.conftest import NewCluster, add_task, idle, texts
from tests.waiting import wait_until

PROCESSES, SLOTS = 8, 4
"""Thirty-two calls at once, as many as sixteen processes with two each make."""
CALL = Decimal("0.7")
"""What a call costs: 300 tokens in and 400 out at 1000 a million."""
ANSWER_TOKENS = 500
BUDGET = Decimal(16)
PRICES = {"price_input": 1000, "price_output": 1000}
USAGE = {"usage": {"input": 300, "output": 400}}


def _spent(cluster: Cluster, id_task: int) -> Decimal:
    return Decimal(
        cluster.query("SELECT COALESCE(SUM(cost), 0) AS spent FROM task_item WHERE id_task = %s", (id_task,))[
            0
        ]["spent"]
    )


def _ledger(cluster: Cluster, id_task: int) -> Decimal:
    return Decimal(
        cluster.query("SELECT spent FROM budget_ledger WHERE scope = %s", (f"corrections task {id_task}",))[
            0
        ]["spent"]
    )


def test_processes_together_spend_no_more_than_the_budget(new_cluster: NewCluster) -> None:
    """Pausing, a flushed Redis, raising the budget: one task's whole story."""
    cluster = new_cluster()
    cluster.model.tell(USAGE, latency=0.3)
    id_task = add_task(cluster, texts(60), budget=str(BUDGET), max_output_tokens=ANSWER_TOKENS, **PRICES)  # type: ignore[arg-type]
    cluster.await_ready(*(cluster.worker(slots=SLOTS) for _ in range(PROCESSES)))
    cluster.beat()
    wait_until(
        lambda: (cluster.task(id_task)["pause_reason"] or "").startswith("budget spent:"),
        "the pause",
        seconds=60,
    )
    wait_until(
        lambda: idle(cluster) and _ledger(cluster, id_task) == _spent(cluster, id_task),
        "every call to be booked",
    )
    asked = cluster.model.counts()["total"]
    assert _spent(cluster, id_task) == asked * CALL, "each call's cost stands with its row"
    assert BUDGET - 2 * CALL < _spent(cluster, id_task) <= BUDGET, (
        "used up, and not overspent: every call was estimated above its cost"
    )
    assert "PAUSED (budget spent:" in " ".join(cluster.command("status").split())

    with Redis.from_url(cluster.environment["REDIS_URL"]) as redis:
        redis.flushall()
    scans = cluster.workers[0].log.parent
    before = _scans(scans)
    wait_until(lambda: _scans(scans) >= before + 3, "three scans")
    assert cluster.model.counts()["total"] == asked, "what was spent is known from the database"

    cluster.query("UPDATE task SET budget = 1000 WHERE id_task = %s", (id_task,))
    task = cluster.await_task(id_task, seconds=60)
    assert (task["status_id"], task["records_processed"], task["records_failed"], task["pause_reason"]) == (
        2,
        60,
        0,
        None,
    )
    assert {item["attempts"] for item in cluster.items(id_task)} == {0}, "waiting for money uses no attempt"
    wait_until(lambda: _ledger(cluster, id_task) == 60 * CALL, "the ledger's last posting")
    wait_until(lambda: _answered(cluster, id_task) == 60 * CALL, "the history's last batch")


def _answered(cluster: Cluster, id_task: int) -> Decimal:
    kept = (
        "SELECT COALESCE(SUM(cost), 0) AS cost FROM api_requests_history WHERE task = %s AND "
        "outcome = 'answered'"
    )
    return Decimal(cluster.query(kept, (id_task,))[0]["cost"])


def _scans(folder: Path) -> int:
    """How many scans beat has sent."""
    return sum(log.read_text(encoding="utf-8").count("corrections.scan") for log in folder.glob("*-beat.log"))


def test_calls_dearer_than_estimated_overspend_by_one_call_each(new_cluster: NewCluster) -> None:
    """A model that thinks at length costs five times what was to be expected: those under way at that time,
    and no others.
    """
    cluster = new_cluster()
    cluster.model.tell({"usage": {"input": 300, "output": 400, "thoughts": 4000}}, latency=0.3)
    id_task = add_task(cluster, texts(60), budget="10", max_output_tokens=ANSWER_TOKENS, **PRICES)  # type: ignore[arg-type]
    cluster.await_ready(*(cluster.worker(slots=2) for _ in range(2)))
    cluster.beat()
    wait_until(
        lambda: (cluster.task(id_task)["pause_reason"] or "").startswith("budget spent:"),
        "the pause",
        seconds=60,
    )
    wait_until(lambda: idle(cluster), "calls under way to end")
    dear = Decimal("4.7")
    assert cluster.model.counts()["total"] * dear <= Decimal(10) + 4 * dear, (
        "at most one call beyond the budget for each that was under way"
    )


def test_an_evaluation_rests_and_goes_on_with_its_budget(new_cluster: NewCluster) -> None:
    cluster = new_cluster(mongo=True, PIPELINES="evaluations")
    call = Decimal("0.404")
    cluster.model.tell({"usage": {"input": 4, "output": 400}}, latency=0.2)
    prices = 'provider = "offline"\nprice_input = 1000\nprice_output = 1000\nmax_output_tokens = 500\n'
    (cluster.folder / "models.toml").write_text(f"[models.priced]\n{prices}", encoding="utf-8")
    cluster.mongo.dataset_sums.insert_many([{"question": f"{number} + 1"} for number in range(20)])
    task = {
        "task_name": "sums",
        "dataset_name": "sums",
        "prompt": "What is {question}?",
        "variables_cols": ["question"],
    }
    cluster.mongo.tasks.insert_one({**task, "models": ["priced"], "metric": "accuracy", "budget": 4})
    cluster.await_ready(cluster.worker(slots=10))
    cluster.command("eval", "apply", "--yes")
    cluster.beat()
    wait_until(
        lambda: "PAUSED (budget spent:" in " ".join(cluster.command("status").split()),
        "the pause",
        seconds=60,
        every=0.5,
    )
    wait_until(lambda: idle(cluster), "calls under way to end")
    assert cluster.model.counts()["total"] * call <= 4
    cluster.mongo.tasks.update_one({"task_name": "sums"}, {"$set": {"budget": Decimal128("100")}})
    wait_until(
        lambda: cluster.mongo.queue_sums.count_documents({"status": "completed"}) == 20,
        "the rest",
        seconds=40,
    )
    assert cluster.model.counts()["total"] == 20
    costs = [entry["cost"].to_decimal() for entry in cluster.mongo.queue_sums.find()]
    assert sum(costs) == 20 * call
