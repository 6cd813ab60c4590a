"""The measure of the design: a sixth pipeline is one file of about 30 lines, and has what all have."""

import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from devtools.servers.redis import RedisServer
from tests.acceptance.api import serving_api
from tests.acceptance.cluster import ROOT, Cluster
from tests.offline_model import OfflineModel
from tests.waiting import wait_until

EXAMPLE = ROOT / "examples" / "tickets.py"
STATEMENTS = 35
QUEUES = "tickets,scans,bulk,quarantine"
OPEN = {"status": {"$in": ["pending", "processing"]}}


@pytest.fixture
def tickets(
    tmp_path: Path, broker: RedisServer, model: OfflineModel, mongodb_uri: str, mongo_database: str
) -> Iterator[Cluster]:
    """A cluster that runs the example alone: no MySQL, no other pipeline, no line changed elsewhere."""
    package = tmp_path / "team"
    package.mkdir()
    (package / "tickets.py").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    variables = broker.environment()
    addresses = (variables["REDIS_URL"], variables["LIMITS_REDIS_URL"])
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    store = (mongodb_uri, mongo_database)
    cluster = Cluster(
        tmp_path, *addresses, model, None, store, PIPELINES="team.tickets", PYTHONPATH=path, SCAN_SECONDS="1"
    )
    yield cluster
    cluster.stop()


def _ticket(number: int, **fields: object) -> dict[str, object]:
    ticket = {
        "text": f"Ticket {number}: the printer is on fire.",
        "model": "offline-small",
        "status": "pending",
    }
    return {**ticket, **fields}


def test_it_is_one_small_file() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    code = [line for line in text.partition('"""\n\n')[2].splitlines() if line.strip()]
    assert len(code) <= STATEMENTS


def test_its_rows_are_worked_logged_and_paid_for(tickets: Cluster) -> None:
    collection = tickets.mongo.tickets
    collection.insert_many([_ticket(number) for number in range(30)])
    collection.insert_one({"model": "offline-small", "status": "pending"})
    tickets.worker(queues=QUEUES)
    tickets.beat()
    wait_until(lambda: collection.count_documents(OPEN) == 0, "every ticket worked", seconds=60)
    done = list(collection.find({"status": "completed"}))
    assert len(done) == 30
    assert all(
        ticket["urgency"] in ("now", "today", "later") and "lease_token" not in ticket for ticket in done
    )
    assert all(ticket["operation_uuid"] and ticket["tokens_input"] > 0 for ticket in done)
    [failed] = collection.find({"status": "failed"})
    assert (failed["error_class"], failed["attempts"]) == ("bad_request", 1)
    assert tickets.model.counts()["total"] == 30
    logged = tickets.mongo.api_requests_history
    wait_until(
        lambda: logged.count_documents({"pipeline": "tickets", "outcome": "answered"}) == 30, "the log"
    )
    assert "answered" in tickets.command("history", "--row", str(done[0]["_id"]))
    status = tickets.command("status")
    assert "offline-small" in status and "completed 30" in status and "failed 1" in status


def test_a_pause_a_cancel_and_a_retry_hold(tickets: Cluster) -> None:
    collection = tickets.mongo.tickets
    collection.insert_many([_ticket(number) for number in range(5)])
    tickets.command("pause", "--task", "offline-small")
    tickets.worker(queues=QUEUES)
    tickets.beat()
    collection.insert_one(_ticket(9, model="offline-large"))
    wait_until(
        lambda: collection.count_documents({"status": "completed"}) == 1, "the other lane worked", seconds=60
    )
    assert collection.count_documents({"status": "pending"}) == 5
    assert "PAUSED" in tickets.command("status")
    assert "5 open rows" in tickets.command("cancel", "--task", "offline-small")
    assert collection.count_documents({"status": "failed", "error_class": "cancelled"}) == 5
    tickets.command("resume", "--task", "offline-small")
    assert "5 rows" in tickets.command("retry", "--task", "offline-small", "--class", "cancelled")
    wait_until(
        lambda: collection.count_documents({"status": "completed"}) == 6, "the retried rows", seconds=60
    )


def test_customers_who_pay_wait_for_no_more_than_the_calls_in_flight(tickets: Cluster) -> None:
    collection = tickets.mongo.tickets
    tickets.model.tell(latency=0.3)
    collection.insert_many([_ticket(number) for number in range(60)])
    tickets.worker(queues=QUEUES, slots=2)
    tickets.beat()
    wait_until(
        lambda: collection.count_documents({"status": "completed"}) > 0, "the first ticket", seconds=60
    )
    late = collection.insert_one(_ticket(99, plan=9)).inserted_id
    tickets.command("rows", "enqueue", "tickets")
    before = collection.count_documents({"status": "completed"})
    wait_until(
        lambda: (collection.find_one({"_id": late}) or {})["status"] == "completed",
        "the late ticket",
        seconds=30,
    )
    assert collection.count_documents({"status": "completed"}) <= before + 10


def test_it_runs_without_workers_too(tickets: Cluster) -> None:
    tickets.mongo.tickets.insert_many([_ticket(number) for number in range(3)])
    assert "finished: 3" in tickets.command("rows", "run", "tickets")
    assert tickets.mongo.tickets.count_documents({"status": "completed"}) == 3


PRICES = '[models.offline-small]\nprovider = "offline"\nprice_input = 1000\nprice_output = 1000\n'


def _fetched(address: str) -> str:
    with build_opener(ProxyHandler({})).open(address, timeout=30) as response:
        return str(response.read().decode())


def _metric(address: str, name: str, more: str = "") -> float:
    line = rf'^ai_worker_{name}\{{pipeline="tickets"{more}\}} (.+)$'
    found = re.search(line, _fetched(f"{address}/metrics"), re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_its_cost_counts_over_attempts_and_a_spent_day_leaves_its_rows_alone(tickets: Cluster) -> None:
    (tickets.folder / "models.toml").write_text(PRICES, encoding="utf-8")
    tickets.environment |= {"MODELS_FILE": str(tickets.folder / "models.toml"), "DAILY_BUDGET": "1.6"}
    half, whole = {"input": 400, "output": 100}, {"input": 900, "output": 100}
    tickets.model.tell({"fault": "empty", "times": 1, "usage": half}, {"usage": whole})
    collection, logged = tickets.mongo.tickets, tickets.mongo.api_requests_history
    first = collection.insert_one(_ticket(0)).inserted_id
    tickets.worker(queues=QUEUES)
    tickets.beat()
    wait_until(
        lambda: (collection.find_one({"_id": first}) or {})["status"] == "completed",
        "the ticket answered at its second attempt",
        seconds=60,
    )
    paid = collection.find_one({"_id": first}) or {}
    assert (paid["attempts"], paid["tokens_input"]) == (1, 1300)
    assert Decimal(str(paid["cost"])) == Decimal("1.5")
    wait_until(lambda: logged.count_documents({}) == 2, "the log")

    collection.insert_many([_ticket(number) for number in range(1, 11)])
    with serving_api(tickets) as address:
        before = _metric(address, "scans_total")
        wait_until(lambda: _metric(address, "scans_total") >= before + 3, "three scans more", seconds=60)
        assert _metric(address, "budget_spent") == 1.5
        assert _metric(address, "rows", ',state="waiting"') == 10
        ready = json.loads(_fetched(f"{address}/ready"))
        shown = json.loads(_fetched(f"{address}/pipelines"))
    assert tickets.model.counts()["total"] == 2 and logged.count_documents({}) == 2, "nothing spins"
    assert collection.count_documents({"status": "pending", "due_at": None}) == 10, "nor is it touched"
    assert "tickets" in json.dumps(shown) and "mysql" not in json.dumps(ready), "its own stores alone"
    collection.delete_many({"status": "pending"})
    assert "offline-small" in tickets.command("watch", "--once")
