"""Warnings, the list of tasks, edited answers, and operations that end, over HTTP."""

from typing import Any

from fastapi.testclient import TestClient

from tests.integration.web.deployment import Deployment

TEXT, ANSWER = "Teh cat ate 5 fish.", "The cat ate 6 fish."


def answered(deployment: Deployment, *answers: str) -> tuple[int, list[int]]:
    id_task = deployment.add_task([TEXT] * len(answers))
    items = [item["id_task_item"] for item in deployment.items(id_task)]
    for item, answer in zip(items, answers, strict=True):
        deployment.pool.execute(
            "UPDATE task_item SET status_id = 1, text_corrected = %s, operation_uuid = UUID() "
            "WHERE id_task_item = %s",
            (answer, item),
        )
    return id_task, items


def warn(deployment: Deployment, item: int, code: str, detail: str) -> None:
    deployment.pool.execute("INSERT INTO task_item_warning VALUES (%s, 1, %s, %s)", (item, code, detail))


def test_warnings_are_shown_and_filtered_by(http: TestClient, deployment: Deployment) -> None:
    id_task, [first, second, third] = answered(deployment, ANSWER, ANSWER, ANSWER)
    warn(deployment, second, "number", "missing: 5; added: 6")
    warn(deployment, third, "length", "40 characters for 19")
    number = {"code": "number", "detail": "missing: 5; added: 6"}
    assert http.get(f"/task-item/{second}").json()["warnings"] == [number]
    assert http.get(f"/task-item/{second}/changes").json()["warnings"] == [number]
    listed = {
        wanted: [item["id_task_item"] for item in http.get(f"/task/{id_task}/items{wanted}").json()["items"]]
        for wanted in ("", "?warning=any", "?warning=number", "?warning=date", "?warning=any&limit=1")
    }
    assert listed == {
        "": [first, second, third],
        "?warning=any": [second, third],
        "?warning=number": [second],
        "?warning=date": [],
        "?warning=any&limit=1": [second],
    }
    page = http.get(f"/task/{id_task}/items?warning=any&limit=1").json()
    assert [item["id_task_item"] for item in http.get(page["next"]).json()["items"]] == [third]
    assert http.get(f"/task/{id_task}/items?warning=nonsense").status_code == 422


def test_an_edited_answer_is_accepted_with_its_own_changes(http: TestClient, deployment: Deployment) -> None:
    _, [item] = answered(deployment, ANSWER)
    warn(deployment, item, "number", "missing: 5; added: 6")
    edited = "The cats ate 5 fish."
    seen: dict[str, Any] = http.post(f"/task-item/{item}/accept", json={"text": edited, "by": "anna"}).json()
    assert (seen["status"], seen["text_export"], seen["warnings"]) == ("ACCEPTED", edited, [])
    assert [(change["before"], change["after"]) for change in seen["changes"]] == [
        ("Teh", "The"),
        ("cat", "cats"),
    ]
    assert seen["change_summary"].startswith("2 changes")
    assert seen["reviewed_by"] == "local: anna"
    both = http.post(f"/task-item/{item}/accept", json={"text": edited, "changes": [1]})
    assert both.status_code in (400, 422)
    assert http.post(f"/task-item/{item}/reject", json={"text": edited}).status_code == 422


def test_tasks_are_listed_the_latest_first(http: TestClient, deployment: Deployment) -> None:
    tasks = [deployment.add_task(["teh text"]) for _ in range(3)]
    page = http.get("/task?limit=2").json()
    assert [task["id_task"] for task in page["tasks"]] == [tasks[2], tasks[1]]
    assert [task["id_task"] for task in http.get(page["next"]).json()["tasks"]] == [tasks[0]]
    deployment.pool.execute("UPDATE task SET status_id = 2 WHERE id_task = %s", (tasks[1],))
    found = http.get("/task?status=COMPLETED").json()
    assert ([task["id_task"] for task in found["tasks"]], found["next"]) == ([tasks[1]], None)
    assert http.get("/task?status=nonsense").status_code == 422


def test_an_operation_ends_with_its_tasks(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["teh text"])
    uuid = http.post("/task/run", json={"task": id_task}).json()["operation_uuid"]
    assert http.get(f"/operation/{uuid}").json()["status"] == "accepted"
    deployment.pool.execute("UPDATE task SET status_id = 2 WHERE id_task = %s", (id_task,))
    assert http.get(f"/operation/{uuid}").json()["status"] == "done"
