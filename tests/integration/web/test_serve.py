"""`ai-worker serve` and a worker as processes: run, follow, cancel, as a web app does it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.acceptance.cluster import Cluster
from tests.integration.web.served import KEYS, READ, RUN, Served
from tests.offline_model import OfflineModel
from tests.waiting import wait_until


def test_a_web_app_runs_follows_and_cancels(
    cluster: Cluster, serve: Callable[..., Served], model: OfflineModel
) -> None:
    api = serve(keys=KEYS)
    cluster.worker()
    id_task = cluster.add_task([f"He go to school number {number}." for number in range(30)])

    dry = api.http.post("/task/run", json={"task": id_task, "dry_run": True, "max_item": 3})
    assert dry.status_code == 202
    wait_until(lambda: api.http.get(dry.headers["location"]).json()["status"] == "done", "the dry run")
    results = api.http.get(dry.headers["location"]).json()["results"]
    assert [result["error"] for result in results] == [None] * 3
    assert {item["status_id"] for item in cluster.items(id_task)} == {0}

    accepted = api.http.post("/task/run", json={"task": id_task}, headers={"Idempotency-Key": "one"})
    assert accepted.status_code == 202
    looks: list[dict[str, Any]] = []

    def ended() -> bool:
        looks.append(
            api.http.get(accepted.headers["location"], headers={"Authorization": f"Bearer {READ}"}).json()
        )
        return looks[-1]["status"] == "COMPLETED"

    wait_until(ended, "the task", seconds=60)
    assert (looks[-1]["done"], looks[-1]["failed"], looks[-1]["waiting"], looks[-1]["total"]) == (
        30,
        0,
        0,
        30,
    )
    assert all(look["done"] + look["failed"] <= 30 for look in looks)
    corrected = api.http.get(f"/task/{id_task}/items?limit=100").json()["items"]
    assert {item["status"] for item in corrected} == {"PROCESSED"}

    model.tell(latency=3.0)
    other = cluster.add_task([f"She go to school number {number}." for number in range(40)])
    api.http.post("/task/run", json={"task": other})
    wait_until(lambda: api.http.get(f"/task/{other}").json()["in_flight"] > 0, "calls under way")
    cancelled = api.http.post(f"/task/{other}/cancel").json()
    assert (cancelled["items"], cancelled["task"]["status"]) == (40, "CANCELLED")
    asked = model.counts()["total"]
    wait_until(lambda: model.counts()["in_flight"] == 0, "the calls' end")
    wait_until(lambda: "taken over" in cluster.workers[0].said(), "an answer dropped")
    assert {item["status_id"] for item in cluster.items(other)} == {7}
    assert {item["text_corrected"] for item in cluster.items(other)} == {None}
    assert model.counts()["total"] <= asked + 1
    assert api.http.post("/task/run", json={"task": other}).status_code == 409

    for headers, path, status in (
        ({"Authorization": ""}, f"/task/{id_task}", 401),
        ({"Authorization": f"Bearer {READ}"}, f"/task/{id_task}/cancel", 403),
    ):
        method = "POST" if path.endswith("cancel") else "GET"
        assert api.http.request(method, path, headers=headers).status_code == status
    said = api.log.read_text(encoding="utf-8")
    assert f"[Task {other}] cancelled by panel" in said
    assert READ not in said
    assert RUN not in said


def test_a_body_of_50_mb_in_chunks_costs_no_memory(cluster: Cluster, serve: Callable[..., Served]) -> None:
    api = serve()

    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 1_000_000

    try:
        status = api.http.post(
            "/task/run", content=chunks(), headers={"Content-Type": "application/json"}
        ).status_code
    except httpx.TransportError:
        status = 413  # The server answered and hung up while we were still sending.
    assert status == 413
    assert api.alive()
    resident = next(
        line
        for line in Path(f"/proc/{api.process.pid}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    assert int(resident.split()[1]) < 300_000


def test_ctrl_c_and_sigterm_end_it(cluster: Cluster, serve: Callable[..., Served]) -> None:
    for number, status in ((signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)):
        api = serve()
        api.process.send_signal(number)
        assert api.process.wait(30) == status
        assert "Traceback" not in api.log.read_text(encoding="utf-8")


def test_without_keys_it_listens_on_this_machine_only(cluster: Cluster) -> None:
    for host in ("0.0.0.0", "some.example"):
        said = cluster.command("serve", "--host", host, "--port", "0", expect=2)
        assert "API_KEYS is not set" in said
        assert "Traceback" not in said


def test_what_is_wrong_is_told_in_one_line(cluster: Cluster, serve: Callable[..., Served]) -> None:
    api = serve()
    said = cluster.command("serve", "--port", str(api.port), expect=2)
    assert f"--port {api.port}: cannot listen there" in said
    cluster.environment["API_KEYS"] = "panel:everything:a-secret-key-4711"
    said = cluster.command("serve", "--port", "0", expect=2)
    assert "unknown scope 'everything'" in said
    assert "4711" not in said


def test_a_slow_store_leaves_the_process_alive(cluster: Cluster, serve: Callable[..., Served]) -> None:
    api = serve()
    blocked = cluster.add_task(["a"])
    with subprocess.Popen(
        [sys.executable, "-c", LOCKING, str(blocked)], env=cluster.environment, stdout=subprocess.PIPE
    ) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline()
            waiting = [
                subprocess.Popen(
                    [
                        sys.executable,
                        "-c",
                        "import sys, urllib.request as u; u.urlopen(u.Request(sys.argv[1], method='POST'))",
                        url,
                    ],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                for url in [f"http://127.0.0.1:{api.port}/task/{blocked}/pause"] * 3
            ]
            started = time.monotonic()
            assert api.alive()
            assert time.monotonic() - started < 5
        finally:
            holder.kill()
    for process in waiting:
        process.wait(60)
    assert cluster.task(blocked)["paused_at"] is not None


LOCKING = """
import os, sys, time, pymysql
names = ("HOST", "PORT", "USER", "PASSWORD", "DATABASE")
host, port, user, password, database = (os.environ["MYSQL_" + name] for name in names)
connection = pymysql.connect(host=host, port=int(port), user=user, password=password, database=database)
connection.cursor().execute("SELECT * FROM task WHERE id_task = %s FOR UPDATE", (sys.argv[1],))
print("locked", flush=True)
time.sleep(60)
"""
