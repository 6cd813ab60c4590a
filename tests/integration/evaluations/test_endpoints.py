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
