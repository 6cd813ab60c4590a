"""Reports over HTTP are those of the command line, and only of databases that evaluations work in."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.pipelines.evaluations import service
from ai_worker.pipelines.evaluations.reports.formats import to_csv, to_json, to_markdown
from ai_worker.pipelines.evaluations.reports.report import report
from ai_worker.settings import settings
from ai_worker.stores import mongo
from ai_worker.web.application import create_application
from tests.integration.evaluations.lab import NAME, Lab

CACHED = (settings, mongo._client_of, service.repository, service.judges, service.scores, service.clock)


@pytest.fixture
def http(lab: Lab, mongodb_uri: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The API with evaluations alone, on the laboratory's database."""
    variables = {
        "PIPELINES": "evaluations",
        "MONGODB_URI": mongodb_uri,
        "MONGO_DB": lab.name,
        "EVALUATION_DATABASES": lab.name,
    }
    for name, value in {**variables, "REDIS_URL": "", "LIMITS_REDIS_URL": "", "API_KEYS": ""}.items():
        monkeypatch.setenv(name, value)
    for cached in CACHED:
        cached.cache_clear()
    with TestClient(
        create_application(settings()), base_url="http://127.0.0.1", client=("127.0.0.1", 50000)
    ) as client:
        yield client
    for cached in CACHED:
        cached.cache_clear()


def test_a_report_over_http_is_the_command_lines(http: TestClient, lab: Lab) -> None:
    lab.set_up([{"question": f"q{number}", "right": "yes"} for number in range(8)], models=["small", "large"])
    lab.answer(lambda entry: "yes" if entry["line_index"] < (3 if entry["model"] == "small" else 6) else "no")
    expected = report(lab.scores, lab.name, [NAME])
    given = http.get("/evaluations/report")
    assert (given.status_code, given.text) == (200, to_json(expected))
    assert [summary["score"] for summary in given.json()["summaries"]] == [0.75, 0.375]
    assert given.json()["comparisons"][0]["only_first"] == 3
    assert http.get("/evaluations/report", params={"format": "csv", "task": NAME}).text == to_csv(
        expected.summaries
    )
    markdown = http.get("/evaluations/report", params={"format": "markdown"})
    assert (markdown.text, markdown.headers["content-type"]) == (
        to_markdown(expected),
        "text/markdown; charset=utf-8",
    )
    drawn = http.get("/evaluations/report", params={"format": "png"})
    assert drawn.content.startswith(b"\x89PNG")
    assert http.get("/evaluations/tasks").json() == [
        {"task": NAME, "metric": "accuracy", "models": 2, "rows": 8, "entries": 16, "state": "expanded"}
    ]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"task": "other"}, "there is no queue_other"),
        ({"task": "$where"}, "there is no queue_$where"),
        ({"task": '{"$ne": null}'}, 'there is no queue_{"$ne": null}'),
        ({"task": "a.b"}, "there is no queue_a.b"),
        ({"task": "../tasks"}, "there is no queue_../tasks"),
        ({"database": "admin"}, "admin is none of the databases"),
        ({"database": "local", "format": "csv"}, "local is none of the databases"),
    ],
)
def test_what_is_not_there_or_not_ours_is_not_found(
    http: TestClient, lab: Lab, query: dict[str, str], told: str
) -> None:
    lab.set_up([{"question": "q", "right": "yes"}])
    answer = http.get("/evaluations/report", params=query)
    assert answer.status_code == 404
    assert (answer.json()["error"], told in answer.json()["detail"]) == ("not_found", True)
    assert http.get("/evaluations/tasks", params={"database": "admin"}).status_code == 404


def test_an_unknown_format_is_refused_and_an_empty_plot_not_drawn(http: TestClient, lab: Lab) -> None:
    lab.queue.insert_one({"_id": 1})
    lab.queue.delete_one({"_id": 1})
    assert http.get("/evaluations/report", params={"format": "xml"}).status_code == 422
    assert http.get("/evaluations/report", params={"format": "png"}).status_code == 404
    empty: dict[str, list[Any]] = {
        name: [] for name in ("summaries", "comparisons", "agreements", "groups", "samples")
    }
    assert http.get("/evaluations/report").json() == empty


def test_a_task_is_made_followed_and_held_over_http(http: TestClient, lab: Lab) -> None:
    task = {
        "task_name": "made",
        "dataset_name": NAME,
        "prompt": "{question}",
        "variables_cols": ["question"],
        "models": ["small"],
        "metric": "accuracy",
        "target": "right",
    }
    lab.set_up([{"question": f"q{number}", "right": "yes"} for number in range(3)])
    assert http.post("/evaluations/tasks", json=task).json() == {"database": lab.name, "task_name": "made"}
    assert http.post("/evaluations/tasks", json=task).status_code == 409
    wrong = http.post("/evaluations/tasks", json={**task, "task_name": "x", "promt": "y"})
    assert wrong.status_code == 422 and "did you mean prompt?" in wrong.text
    lab.answer(lambda entry: "<think>hm</think>yes" if entry["line_index"] else "no")
    found = http.get(f"/evaluations/tasks/{NAME}/samples", params={"verdict": "correct", "limit": 1}).json()
    assert [(one["line_index"], one["kind"], one["fields"]["reasoning"]) for one in found] == [
        (1, "correct", "hm")
    ]
    assert http.get("/evaluations/tasks/nothing/samples").status_code == 404
    held = f"/evaluations/tasks/{NAME}"
    assert http.post(f"{held}/pause", params={"reason": "wrong prompt"}).status_code == 204
    assert http.post(f"{held}/pause").status_code == 409
    assert [progress.state for progress in service.queue_progress()] == ["COMPLETED"]
    lab.queue.insert_one({"line_index": 9, "model": "small", "metric": "accuracy", "status": "pending"})
    assert [progress.state for progress in service.queue_progress()] == ["PAUSED (paused: wrong prompt)"]
    assert http.post(f"{held}/resume").status_code == 204
    assert http.post(f"{held}/cancel").json() == {"rows": 1}
    assert http.post("/evaluations/tasks/nothing/pause").status_code == 404


def test_a_task_that_waits_for_apply_is_started_over_http(http: TestClient, lab: Lab) -> None:
    lab.set_up([{"question": f"q{number}", "right": "yes"} for number in range(3)], models=["small"])
    task = {
        "task_name": "held",
        "dataset_name": NAME,
        "prompt": "{question}?",
        "variables_cols": ["question"],
        "models": ["small"],
        "metric": "accuracy",
        "target": "right",
        "confirm": True,
    }
    assert http.post("/evaluations/tasks", json=task).status_code == 201
    planned = http.get("/evaluations/tasks/held/plan").json()
    assert planned == {"changes": {"added": 3}, "calls": 3, "cost": 0.0, "unpriced": ["small"]}
    assert http.get("/evaluations/tasks").json()[1]["entries"] == 0
    assert http.post("/evaluations/tasks/held/apply").json() == {"changes": {"added": 3}}
    assert http.post("/evaluations/tasks/held/pause").status_code == 204
    line = http.get("/evaluations/tasks").json()[1]
    assert (line["entries"], line["state"].partition(";")[0]) == (3, "paused")
    assert http.post("/evaluations/tasks/held/apply").json() == {"changes": {}}
    assert http.post("/evaluations/tasks/nothing/apply").status_code == 404


def test_a_report_over_http_is_a_page_too(http: TestClient, lab: Lab) -> None:
    lab.set_up([{"question": "q", "right": "yes"}])
    lab.answer(lambda entry: "yes")
    page = http.get("/evaluations/report", params={"format": "html"})
    assert page.headers["content-type"].startswith("text/html") and "<svg" in page.text
