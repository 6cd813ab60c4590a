"""`POST /task/run`: the selection of the command line, handed to the workers, once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.pipelines.corrections.control import control, operations
from ai_worker.pipelines.corrections.statuses import ItemStatus, TaskStatus
from ai_worker.stores.redis import limits_redis
from tests.integration.web.deployment import Deployment
from tests.offline_model import OfflineModel


def run(http: TestClient, key: str | None = None, **wanted: Any) -> tuple[int, dict[str, Any]]:
    answer = http.post("/task/run", json=wanted, headers={"Idempotency-Key": key} if key else {})
    return answer.status_code, answer.json()


def test_a_task_is_started_and_its_scan_asked_for(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["a", "b"])
    answer = http.post("/task/run", json={"task": id_task})
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/task/{id_task}"
    body = answer.json()
    assert (body["status"], body["tasks"], body["items"]) == (
        "accepted",
        [{"id_task": id_task, "href": f"/task/{id_task}"}],
        None,
    )
    assert deployment.task(id_task)["status_id"] == TaskStatus.IN_PROGRESS
    assert deployment.queued("scans") == 1
    operation = http.get(f"/operation/{body['operation_uuid']}").json()
    assert (operation["kind"], operation["status"], operation["tasks"]) == ("run", "accepted", body["tasks"])


def test_with_a_limit_just_that_many_are_handed_over(http: TestClient, deployment: Deployment) -> None:
    first, second = deployment.add_task(["a", "b", "c"]), deployment.add_task(["d", "e"])
    status, body = run(http, task=second, max_item=1)
    assert (status, body["items"]) == (202, 1)
    assert [item["lease_token"] is not None for item in deployment.items(second)] == [True, False]
    status, body = run(http, max_item=4)
    assert (status, body["items"]) == (202, 4)
    assert [task["id_task"] for task in body["tasks"]] == [first, second]
    assert body["follow"] == f"/operation/{body['operation_uuid']}"
    assert deployment.queued() == 5


def test_one_item(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["a", "b"])
    wanted = deployment.items(id_task)[1]["id_task_item"]
    status, body = run(http, task_item=wanted)
    assert (status, body["items"], body["follow"]) == (202, 1, f"/task/{id_task}")
    assert deployment.queued() == 1
    status, body = run(http, task_item=wanted)
    assert (status, body["error"]) == (409, "conflict")
    assert "reserved it already" in body["detail"]


def test_nothing_to_do_is_no_fault(http: TestClient, deployment: Deployment) -> None:
    status, body = run(http)
    assert (status, body["tasks"], body["items"]) == (202, [], None)
    status, body = run(http, max_item=5)
    assert (status, body["tasks"], body["items"]) == (202, [], 0)


def test_a_finished_task_does_not_look_unfinished_for_being_asked(
    http: TestClient, deployment: Deployment
) -> None:
    id_task = deployment.add_task([], status_id=2, records_processed=7)
    assert run(http, task=id_task)[0] == 202
    assert deployment.task(id_task)["status_id"] == TaskStatus.COMPLETED


def test_what_cannot_be_run_says_why(http: TestClient, deployment: Deployment) -> None:
    assert run(http, task=99) == (404, {"error": "not_found", "detail": "there is no task 99"})
    assert run(http, task_item=99)[0] == 404
    paused, cancelled = deployment.add_task(["a"]), deployment.add_task(["b"])
    assert run(http, task=paused, task_item=deployment.items(cancelled)[0]["id_task_item"])[0] == 404
    control.pause(paused, "anna")
    control.cancel(cancelled, "anna")
    status, body = run(http, task=paused)
    assert (status, body["detail"]) == (409, f"task {paused} is paused (by anna); resume it first")
    assert run(http, task=cancelled)[0] == 409
    for id_task in (paused, cancelled):
        assert run(http, task_item=deployment.items(id_task)[0]["id_task_item"])[0] == 409


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}])
def test_a_body_that_is_not_sent_as_json_is_told_so(
    http: TestClient, deployment: Deployment, headers: dict[str, str]
) -> None:
    id_task = deployment.add_task(["a"])
    answer = http.post("/task/run", content=f'{{"task": {id_task}}}', headers=headers)
    assert answer.status_code == 422
    assert "send the header Content-Type: application/json" in answer.json()["detail"]
    assert deployment.task(id_task)["status_id"] == TaskStatus.NEW


def test_the_same_key_is_carried_out_once(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["a", "b", "c"])
    first = run(http, "key-1", task=id_task, max_item=1)
    assert first[0] == 202
    assert run(http, "key-1", task=id_task, max_item=1) == first
    assert deployment.queued() == 1
    assert run(http, "key-2", task=id_task, max_item=1)[1]["operation_uuid"] != first[1]["operation_uuid"]
    assert deployment.queued() == 2
    status, body = run(http, "key-1", task=id_task, max_item=2)
    assert (status, body["error"]) == (422, "idempotency_key_reused")
    assert deployment.queued() == 2
    other_spelling = b'{ "max_item" :1,"task":%d}' % id_task
    again = http.post(
        "/task/run",
        content=other_spelling,
        headers={"Idempotency-Key": "key-1", "Content-Type": "application/json"},
    )
    assert (again.status_code, again.json(), again.headers["location"]) == (202, first[1], f"/task/{id_task}")


def test_a_request_that_failed_may_be_sent_again_with_its_key(
    http: TestClient, deployment: Deployment
) -> None:
    id_task = deployment.add_task(["a"])
    control.pause(id_task, "anna")
    assert run(http, "key", task=id_task)[0] == 409
    control.resume(id_task, "anna")
    assert run(http, "key", task=id_task)[0] == 202


def test_the_same_key_at_once_is_carried_out_once(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task([str(number) for number in range(20)])
    barrier = threading.Barrier(6)

    def send() -> int:
        barrier.wait()
        return run(http, "key", task=id_task, max_item=2)[0]

    with ThreadPoolExecutor(6) as threads:
        statuses = sorted(future.result() for future in [threads.submit(send) for _ in range(6)])
    assert set(statuses) <= {202, 409}
    assert statuses[0] == 202
    assert deployment.queued() == 2


def test_kept_answers_end_by_themselves(http: TestClient, deployment: Deployment) -> None:
    run(http, "key", task=deployment.add_task(["a"]))
    ages = {name.split(":")[1]: limits_redis().ttl(name) for name in limits_redis().scan_iter("ai_worker:*")}
    assert 24 * 3600 - 60 < ages["idempotency"] <= 24 * 3600
    assert 0 < ages["operation"] <= 3600
    assert 0 < ages["http"] <= 60


@pytest.mark.parametrize("key", ["", "with space", "ż", "x" * 201, "tab\there"])
def test_a_key_that_cannot_be_one_is_422(http: TestClient, key: str) -> None:
    assert http.post("/task/run", json={}, headers={"Idempotency-Key": key.encode()}).status_code == 422  # type: ignore[arg-type]


def test_without_the_broker_nothing_is_reserved(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["a"])
    deployment.redis.kill()
    for key in (None, "key"):
        status, body = run(http, key, task=id_task, max_item=1)
        assert (status, body["error"]) == (503, "store_unavailable")
        assert str(deployment.redis.port) not in body["detail"]
    [item] = deployment.items(id_task)
    assert (item["status_id"], item["lease_token"]) == (ItemStatus.PENDING, None)
    assert http.get(f"/task/{id_task}").status_code == 200


def test_a_dry_run_is_asked_by_the_workers_and_changes_no_row(
    http: TestClient, deployment: Deployment, model: OfflineModel
) -> None:
    id_task = deployment.add_task(["He go to school every day.", "", "She have two cats."])
    before = (deployment.task(id_task), deployment.items(id_task))
    answer = http.post("/task/run", json={"task": id_task, "dry_run": True, "max_item": 2})
    operation_uuid = answer.json()["operation_uuid"]
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/operation/{operation_uuid}"
    assert http.get(answer.headers["location"]).json()["status"] == "running"
    assert deployment.queued() == 2
    assert deployment.carry_out("corrections") == 1
    assert http.get(answer.headers["location"]).json()["status"] == "running"
    assert deployment.carry_out("corrections") == 1
    shown = http.get(answer.headers["location"]).json()
    assert (shown["status"], shown["kind"], shown["items"]) == ("done", "dry_run", 2)
    ids = [item["id_task_item"] for item in before[1][:2]]
    assert [result["id_task_item"] for result in shown["results"]] == ids
    assert [result["error"] for result in shown["results"]] == [None, None]
    assert shown["results"][0]["text_corrected"]
    assert (deployment.task(id_task), deployment.items(id_task)) == before
    assert model.counts()["total"] == 1


def test_a_dry_run_shows_what_would_go_wrong(
    http: TestClient, deployment: Deployment, model: OfflineModel
) -> None:
    id_task = deployment.add_task(["He go to school every day."])
    model.tell({"fault": "400"})
    body = http.post("/task/run", json={"task": id_task, "dry_run": True}).json()
    deployment.carry_out("corrections")
    shown = http.get(f"/operation/{body['operation_uuid']}").json()
    assert shown["status"] == "done"
    assert shown["results"][0]["error_class"]
    assert shown["results"][0]["text_corrected"] is None


def test_an_operation_is_gone_after_its_hour(http: TestClient, deployment: Deployment) -> None:
    uuid = operations.begin_run([1], None)
    limits_redis().delete(f"ai_worker:operation:{uuid}")
    answer = http.get(f"/operation/{uuid}")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
