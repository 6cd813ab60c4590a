"""Requests that cannot be served are told why, in one form; none gets as far as a store."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ai_worker.web.application import BODY_BYTES
from tests.unit.web.application import READ, RUN, application, client


@pytest.fixture
def http() -> Iterator[TestClient]:
    with client(application()) as http:
        http.headers["X-API-Key"] = RUN
        yield http


def test_a_body_over_the_limit_is_413(http: TestClient) -> None:
    answer = http.post(
        "/task/run", content=b" " * (BODY_BYTES + 1), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_a_body_in_chunks_is_413_as_soon_as_it_is_over_the_limit(http: TestClient) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield b" " * 1_000_000

    answer = http.post("/task/run", content=chunks(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


BAD_BODIES: list[tuple[bytes, int]] = [
    (b"", 422),
    (b"{", 422),
    (b"[]", 422),
    (b"null", 422),
    (b'"x"', 422),
    (b'{"task": "\xff"}', 400),
    (b'{"task": 1' + b"0" * 5000 + b"}", 400),
    (b"[" * 100_000, 400),
    (b'{"task": "42"}', 422),
    (b'{"task": true}', 422),
    (b'{"task": 1.5}', 422),
    (b'{"task": 1e400}', 422),
    (b'{"task": 1e30}', 422),
    (b'{"task": NaN}', 422),
    (b'{"task": 0}', 422),
    (b'{"task": -1}', 422),
    (b'{"task": 9223372036854775808}', 422),
    (b'{"task": {"$ne": 1}}', 422),
    (b'{"task": [1]}', 422),
    (b'{"task; DROP TABLE task": 1}', 422),
    (b'{"$where": "sleep(1)"}', 422),
    (b'{"task.x": 1}', 422),
    (b'{"max_item": 0}', 422),
    (b'{"dry_run": "yes"}', 422),
    (b'{"max_item": 100001}', 422),
]


@pytest.mark.parametrize(("body", "status"), BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_body_that_does_not_fit(http: TestClient, body: bytes, status: int) -> None:
    answer = http.post("/task/run", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == {"error", "detail"}


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_that_a_page_may_send_without_asking_is_not_taken_for_json(
    http: TestClient, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert http.post("/task/run", content=b'{"task": 1}', headers=headers).status_code == 422


def test_retry_takes_no_other_status_or_class(http: TestClient) -> None:
    for body in (
        {"status": "PROCESSED"},
        {"status": 3},
        {"error_class": "x' OR 1=1"},
        {"error_class": "time\0out"},
        {"class": "timeout"},
    ):
        assert http.post("/task/1/retry", json=body).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        {"status": "DONE"},
        {"status[$ne]": "ERROR"},
        {"$where": "1"},
        {"status.x": "ERROR"},
        {"error_class": "time\0out"},
        {"error_class": "timeout' OR '1'='1"},
        {"error_class": "x" * 33},
        {"after": "-1"},
        {"after": "9" * 5000},
        {"after": "9223372036854775808"},
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "all"},
    ],
)
def test_a_filter_that_does_not_fit(query: dict[str, str]) -> None:
    with client(application()) as http:
        answer = http.get("/task/1/items", params=query, headers={"X-API-Key": READ})
        assert (answer.status_code, answer.json()["error"]) == (422, "invalid")


STRANGE = (
    "$where",
    "$ne",
    "status[$ne]",
    "status.$gt",
    "task_item.status_id",
    "id_task",
    "a.b",
    "__proto__",
    "x' OR '1'='1",
)
"""Names of parameters that no filter has: an operator, a path, a column, an injection."""


@pytest.mark.parametrize("name", STRANGE)
def test_a_filter_refuses_what_it_does_not_know(name: str) -> None:
    with client(application()) as http:
        answer = http.get("/task/1/items", params={name: "1"}, headers={"X-API-Key": READ})
        assert (answer.status_code, answer.json()["error"]) == (422, "invalid")


@pytest.mark.parametrize("path", ["/evaluations/tasks", "/evaluations/report"])
@pytest.mark.parametrize(
    "database",
    ["admin", "local", "$where", "a.b", "../TrustGen", '{"$ne": 1}', "TrustGen\0", "TrustGen' OR '1'='1"],
)
def test_only_the_databases_of_evaluations_can_be_named(path: str, database: str) -> None:
    with client(application()) as http:
        answer = http.get(path, params={"database": database}, headers={"X-API-Key": READ})
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path", ["/task/0", "/task/9223372036854775808", f"/task/{'9' * 4000}", "/task-item/0", "/operation/1"]
)
def test_an_id_that_cannot_be_is_422(path: str) -> None:
    with client(application()) as http:
        assert http.get(path, headers={"X-API-Key": READ}).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/task/-1",
        "/task/1e3",
        "/task/%00",
        "/task/1%00",
        "/task/١",
        "/task/1'--",
        "/task/$ne",
        "/task-item/x",
    ],
)
def test_what_is_no_id_is_404(path: str) -> None:
    with client(application()) as http:
        assert http.get(path, headers={"X-API-Key": READ}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/task/run"), ("PUT", "/task/1"), ("GET", "/task/1/cancel"), ("DELETE", "/pipelines")],
)
def test_another_method_is_405(method: str, path: str) -> None:
    with client(application()) as http:
        answer = http.request(method, path, headers={"X-API-Key": READ})
        assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
        assert answer.headers["allow"]


def test_every_answer_is_documented_and_examples_fit() -> None:
    document: dict[str, Any] = application().openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path in ("/health", "/ready"):
                assert "security" not in operation
                continue
            assert {"401", "403", "429", "503"} <= set(operation["responses"]), (method, path)
            assert operation["security"], (method, path)
            for status, answer in operation["responses"].items():
                assert answer["description"]
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)
    run = document["components"]["schemas"]["TaskRun"]["properties"]
    assert run["task"]["anyOf"][0] == {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
    assert run["max_item"]["anyOf"][0]["maximum"] == 100_000
    assert "HTTPValidationError" not in document["components"]["schemas"]
    examples = document["paths"]["/task/run"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ]
    assert {"task": 42, "max_item": 10} in [example["value"] for example in examples.values()]
