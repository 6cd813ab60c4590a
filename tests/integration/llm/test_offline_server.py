"""The offline model server itself: HTTP as clients speak it, control for this machine, a journal that
counts.
"""

import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from tests.offline_model import OfflineModel, offline_model
from tests.waiting import wait_until

CHAT = "/v1/chat/completions"


def chat(prompt: str, model: str = "m") -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": prompt}]}


def connected(offline: OfflineModel) -> http.client.HTTPConnection:
    parts = urlsplit(offline.url)
    assert parts.hostname is not None
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)


def call(connection: http.client.HTTPConnection, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection.request(method, path, None if body is None else json.dumps(body))
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_one_connection_serves_many_requests(offline: OfflineModel) -> None:
    connection = connected(offline)
    for number in range(5):
        status, answer = call(connection, "POST", CHAT, chat(f"q{number}"))
        assert status == 200 and answer["choices"][0]["message"]["content"]
    assert call(connection, "GET", "/health") == (200, {"status": "ok"})
    connection.close()


def test_pipelined_and_slowly_arriving_requests(offline: OfflineModel) -> None:
    body = json.dumps(chat("zażółć")).encode()
    request = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    parts = urlsplit(offline.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        sent = request * 3
        for start in range(0, len(sent), 50):
            connection.sendall(sent[start : start + 50])
        received = b""
        while received.count(b"HTTP/1.1 200 OK") < 3 or not received.endswith(b"}"):
            received += connection.recv(65536)
    assert offline.counts()["total"] == 3


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /v1 HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST /v1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"413"),
        (b"A" * 70_000, b"400"),
    ],
)
def test_what_is_no_request_is_refused(offline: OfflineModel, sent: bytes, status: bytes) -> None:
    parts = urlsplit(offline.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(sent)
        assert connection.recv(100).split()[1] == status


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (CHAT, {"messages": []}, 400),
        (CHAT, [], 400),
        ("/api/prompt", {"model": "m", "prompt": "{missing}", "variables": {}}, 400),
        ("/v1beta/models/m:generateContent", {"contents": "x"}, 400),
        ("/v1/other", {}, 404),
    ],
)
def test_what_no_form_reads_is_a_clear_error(
    offline: OfflineModel, path: str, body: Any, status: int
) -> None:
    connection = connected(offline)
    answered, told = call(connection, "POST", path, body)
    assert answered == status and told["error"]
    connection.close()


def test_the_journal_shows_what_came_and_how_it_was_answered(offline: OfflineModel) -> None:
    offline.tell({"match": {"contains": "row-2"}, "fault": "500"})
    connection = connected(offline)
    call(connection, "POST", CHAT, chat("first row-1 and row-1", "a"))
    call(connection, "POST", CHAT, chat("then row-2 of Grażyna", "b"))
    connection.close()
    first, second = offline.requests()
    assert (first["model"], first["answered"], first["status"]) == ("a", "answered", 200)
    assert (second["model"], second["answered"], second["status"]) == ("b", "500", 500)
    assert "row-2" in second["body"] and json.loads(second["body"])["messages"][0]["content"].endswith(
        "Grażyna"
    )
    assert first["monotonic"] <= first["ended"] <= second["ended"] and first["headers"]["host"]
    counts = offline.counts(window=60)
    assert counts["by_row"] == {"row-1": 1, "row-2": 1}
    assert counts["by_model_and_row"] == {"a row-1": 1, "b row-2": 1}
    assert counts["by_answer"] == {"answered": 1, "500": 1}
    assert counts["max_in_window"] == {"a": 1, "b": 1}


def test_the_most_at_once_is_counted(offline: OfflineModel) -> None:
    offline.tell(latency=0.6)

    def one(number: int) -> int:
        connection = connected(offline)
        status, _ = call(connection, "POST", CHAT, chat(str(number), f"m{number % 2}"))
        connection.close()
        return status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(8))) == {200}
    counts = offline.counts()
    assert (counts["max_in_flight"], counts["max_in_flight_by_model"], counts["in_flight"]) == (
        8,
        {"m0": 4, "m1": 4},
        0,
    )


def test_a_client_that_leaves_is_no_longer_in_flight(offline: OfflineModel) -> None:
    offline.tell({"fault": "blackhole"})
    connection = connected(offline)
    connection.request("POST", CHAT, json.dumps(chat("x")))
    wait_until(lambda: offline.counts()["in_flight"] == 1, "the request is under way")
    connection.close()
    wait_until(lambda: offline.counts()["in_flight"] == 0, "the request is over")


def test_nonsense_for_control_is_refused_with_what_is_known(offline: OfflineModel) -> None:
    with pytest.raises(HTTPError) as caught:
        offline.tell({"fault": "nonsense"})
    assert caught.value.code == 400 and "blackhole" in caught.value.read().decode()


def test_a_capped_journal_counts_on() -> None:
    with offline_model("--journal", "2") as capped:
        connection = connected(capped)
        for number in range(5):
            call(connection, "POST", CHAT, chat(f"row-{number}"))
        connection.close()
        assert [json.loads(entry["body"])["messages"][0]["content"] for entry in capped.requests()] == [
            "row-3",
            "row-4",
        ]
        assert capped.counts()["total"] == 5


def test_a_thousand_slow_calls_wait_together(offline: OfflineModel) -> None:
    offline.tell(latency=2)
    connections = [connected(offline) for _ in range(1000)]
    body = json.dumps(chat("slow"))
    for connection in connections:
        connection.request("POST", CHAT, body)
    wait_until(lambda: offline.counts()["max_in_flight"] > 300, "hundreds are under way at once")
    for connection in connections:
        assert connection.getresponse().status == 200
        connection.close()
