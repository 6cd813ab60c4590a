"""Reviewing over HTTP: who may, what is answered, and that two clicks do no harm."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.settings import settings
from ai_worker.web.application import create_application
from tests.acceptance.cluster import Cluster
from tests.integration.web.deployment import Deployment
from tests.integration.web.served import Served

TEXT, ANSWER = (
    "I recieve alot of mail , becouse of teh news.",
    "I receive a lot of mail, because of the news.",
)
REVIEWER, RUNNER = "may-review-key-0123456789", "may-only-run-key-0123456789"
KEYS = f"panel:read+review:{REVIEWER},cron:read+run:{RUNNER}"


def answered(deployment: Deployment, count: int = 1) -> list[int]:
    id_task = deployment.add_task([TEXT] * count)
    deployment.pool.execute(
        "UPDATE task_item SET status_id = 1, text_corrected = %s, operation_uuid = UUID()", (ANSWER,)
    )
    return [item["id_task_item"] for item in deployment.items(id_task)]


@pytest.fixture
def keyed(deploy: Callable[..., Deployment]) -> Iterator[tuple[Deployment, TestClient]]:
    deployment = deploy(api_keys=KEYS)
    with TestClient(create_application(settings()), headers={"X-API-Key": REVIEWER}) as client:
        yield deployment, client


def test_an_answer_is_looked_at_and_reviewed_change_by_change(
    http: TestClient, deployment: Deployment
) -> None:
    [item] = answered(deployment)
    seen: dict[str, Any] = http.get(f"/task-item/{item}/changes").json()
    assert [
        (change["number"], change["before"], change["after"], change["status"]) for change in seen["changes"]
    ][:2] == [
        (1, "recieve", "receive", "PROPOSED"),
        (2, "alot", "a lot", "PROPOSED"),
    ]
    assert (seen["status"], seen["text_export"]) == ("PROCESSED", ANSWER)
    wanted = {"changes": [1, 5], "by": "anna", "answer": seen["answer"]}
    rejected = http.post(f"/task-item/{item}/reject", json=wanted).json()
    assert (rejected["status"], rejected["text_export"]) == (
        "PROCESSED",
        "I recieve a lot of mail, because of teh news.",
    )
    assert [change["reviewed_by"] for change in rejected["changes"]] == [
        "local: anna",
        None,
        None,
        None,
        "local: anna",
    ]
    accepted = http.post(f"/task-item/{item}/accept", json={"changes": [2.0, 3, 4]}).json()
    assert (accepted["status"], accepted["reviewed_by"]) == ("ACCEPTED", "local")
    assert accepted["reviewed_at"].endswith("Z")
    assert http.post(f"/task-item/{item}/accept").json() == accepted, "a second click changes nothing"


def test_a_whole_task_is_accepted(http: TestClient, deployment: Deployment) -> None:
    items = answered(deployment, 3)
    http.post(f"/task-item/{items[0]}/reject")
    id_task = deployment.pool.query("SELECT id_task FROM task")[0]["id_task"]
    assert http.post(f"/task/{id_task}/accept", json={"by": "anna"}).json() == {"items": 2}
    assert deployment.statuses(id_task) == [5, 4, 4]


def test_what_does_not_fit_is_told(http: TestClient, deployment: Deployment) -> None:
    [item] = answered(deployment)
    for path, body, status, said in (
        ("/task-item/999/accept", {}, 404, "no item 999"),
        ("/task/999/accept", {}, 404, "no task 999"),
        (f"/task-item/{item}/accept", {"changes": [6]}, 404, "no change 6"),
        (
            f"/task-item/{item}/reject",
            {"answer": "00000000-0000-0000-0000-000000000000"},
            409,
            "another answer",
        ),
        (f"/task-item/{item}/accept", {"changes": []}, 422, "changes"),
        (f"/task-item/{item}/accept", {"changes": [0]}, 422, "changes"),
        (f"/task-item/{item}/accept", {"by": "a\u0000b"}, 422, "by"),
        (f"/task-item/{item}/accept", {"whatever": 1}, 422, "whatever"),
    ):
        answer = http.post(path, json=body)
        assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    deployment.pool.execute("UPDATE task_item SET status_id = 6")
    assert http.post(f"/task-item/{item}/reject").status_code == 409
    assert http.get("/task-item/999/changes").status_code == 404


def test_deciding_wants_its_scope_and_the_client_is_named(keyed: tuple[Deployment, TestClient]) -> None:
    deployment, client = keyed
    [item] = answered(deployment)
    for path in (f"/task-item/{item}/accept", f"/task-item/{item}/reject", f"/task/{item}/accept"):
        refused = client.post(path, headers={"X-API-Key": RUNNER})
        assert (refused.status_code, "review" in refused.json()["detail"]) == (403, True)
        assert client.post(path, headers={"X-API-Key": "wrong"}).status_code == 401
    assert (
        client.post(f"/task-item/{item}/accept", json={"by": "anna"}).json()["reviewed_by"] == "panel: anna"
    )


def test_made_up_requests_get_documented_answers(
    cluster: Cluster, serve: Callable[..., Served], tmp_path: Path
) -> None:
    cluster.environment["API_REQUESTS_PER_MINUTE"] = "1000000"
    for status in range(10):
        id_task = cluster.add_task([TEXT, "", "zażółć {braces} \0"])
        cluster.query(
            "UPDATE task_item SET status_id = %s, text_corrected = %s WHERE id_task = %s",
            (status, ANSWER, id_task),
        )
    cluster.add_task([TEXT], id_task=42)
    cluster.query(
        "UPDATE task_item SET id_task_item = 1005, status_id = 1, text_corrected = %s WHERE id_task = 42",
        (ANSWER,),
    )
    api = serve(keys=KEYS)
    document = str(api.http.base_url.join("/openapi.json"))
    options = ["--generation-deterministic", "--max-examples", "12", "--checks", "all", "--no-color"]
    chosen = ["--include-path-regex", r"/(changes|accept|reject)$"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "run",
            document,
            "-H",
            f"X-API-Key: {REVIEWER}",
            *options,
            *chosen,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "Selected: 4" in done.stdout, done.stdout[-3000:]
    assert "Traceback" not in api.log.read_text(encoding="utf-8")
