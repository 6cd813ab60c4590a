"""Requests of each client are counted."""

from fastapi.testclient import TestClient

from ai_worker.web.rate_limit import RateLimit
from tests.unit.web.application import READ, RUN, application, client


def statuses(http: TestClient, key: str, times: int) -> list[int]:
    return [http.get("/nope", headers={"X-API-Key": key}).status_code for _ in range(times)]


def test_a_client_over_its_limit_is_429_with_the_time_to_wait() -> None:
    with client(application(per_minute=3)) as http:
        # The window may turn once while the test runs.
        assert 429 in statuses(http, READ, 7)
        answer = http.get("/nope", headers={"X-API-Key": READ})
        assert answer.status_code == 429
        assert answer.json()["error"] == "too_many_requests"
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert http.get("/nope", headers={"X-API-Key": RUN}).status_code == 404
        assert http.get("/health").status_code == 200


def test_whoever_guesses_keys_is_slowed_down_and_slows_nobody_else() -> None:
    with client(application(per_minute=3)) as http:
        guesses = [
            http.get("/nope", headers={"X-API-Key": f"guess-{number}"}).status_code for number in range(7)
        ]
        assert guesses[:3] == [401] * 3
        assert 429 in guesses
        assert statuses(http, READ, 1) == [404]


def test_windows_are_counted_apart() -> None:
    limit = RateLimit(2, shared=False)
    assert [limit.refusal("a") for _ in range(2)] == [None, None]
    assert (limit.refusal("a") or 0) >= 1
    assert limit.refusal("b") is None
