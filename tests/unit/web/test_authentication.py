"""Every path wants a key, and the scope under which it stands."""

import logging

import pytest

from ai_worker.web.authentication import SIGNING_PATHS
from tests.unit.web.application import READ, REVIEW, RUN, application, client, routes

PROBES = {"/health", "/ready"}
UNKNOWN = [
    ("GET", "/"),
    ("GET", "/nope"),
    ("POST", "/task"),
    ("DELETE", "/task/1"),
    ("OPTIONS", "/task/1"),
    ("GET", "/health/"),
    ("TRACE", "/x"),
]
WITHOUT_A_KEY: list[dict[str, str]] = [
    {},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer "},
    {"Authorization": f"Bearer {READ}x"},
    {"Authorization": f"Basic {READ}"},
    {"Authorization": READ},
    {"X-API-Key": ""},
    {"X-API-Key": READ, "Authorization": "Bearer wrong"},
    {"X-API-Key": READ, "Authorization": "Basic d3Jvbmc="},
    {"X-API-Key": READ, "Authorization": ""},
    {"X-API-Key": f"Bearer {READ}"},
    {"X-API-Key": "panel"},
]


class Filled(dict[str, str]):
    """A value for each parameter of a path."""

    def __missing__(self, name: str) -> str:
        return "00000000-0000-4000-8000-000000000000" if name == "operation_uuid" else "1"


@pytest.mark.parametrize("headers", WITHOUT_A_KEY)
def test_every_route_but_the_probes_is_401_without_a_right_key(headers: dict[str, str]) -> None:
    app = application()
    wanting = [
        (method, path) for method, path in [*routes(app), *UNKNOWN] if path not in PROBES | SIGNING_PATHS
    ]
    assert ("POST", "/task/run") in wanting
    assert ("GET", "/openapi.json") in wanting
    assert ("GET", "/docs") in wanting
    assert len(wanting) > 15
    with client(app) as http:
        for method, path in wanting:
            answer = http.request(method, path, headers=headers)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"
            if method != "HEAD":
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["error"] == "unauthorised"


def test_health_wants_none() -> None:
    with client(application()) as http:
        assert http.get("/health").json()["status"] == "alive"


def test_a_key_comes_in_either_header() -> None:
    with client(application()) as http:
        for headers in (
            {"Authorization": f"Bearer {READ}"},
            {"authorization": f"bearer  {READ}"},
            {"X-API-Key": READ},
        ):
            assert http.get("/openapi.json", headers=headers).status_code == 200
            assert http.get("/nope", headers=headers).status_code == 404


@pytest.mark.parametrize(("key", "scope"), [(READ, "read"), (RUN, "run"), (REVIEW, "review")])
def test_a_key_without_the_scope_is_403_on_every_route_of_another(key: str, scope: str) -> None:
    app = application()
    checked = 0
    with client(app) as http:
        for path, operations in app.openapi()["paths"].items():
            for method, operation in operations.items():
                if path in PROBES:
                    continue
                wanted = operation["responses"]["403"]["description"].split("`")[1]
                if wanted == scope:
                    continue
                filled = path.format_map(Filled())
                answer = http.request(method, filled, headers={"X-API-Key": key})
                assert (answer.status_code, answer.json()["error"]) == (403, "forbidden"), (method, path)
                assert wanted in answer.json()["detail"]
                checked += 1
    assert checked


def test_no_key_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), client(application()) as http:
        http.get("/nope", headers={"X-API-Key": READ})
        http.post("/task/run", headers={"X-API-Key": READ})
        http.get("/nope", headers={"Authorization": "Bearer wrong-but-secret"})
    assert READ not in caplog.text
    assert "wrong-but-secret" not in caplog.text


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "localhost:8000", "[::1]:8000", "LOCALHOST"]
)
def test_without_keys_this_machine_needs_none(host: str) -> None:
    with client(application(keys="")) as http:
        assert http.get("/openapi.json", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[", "10.0.0.1"]
)
def test_without_keys_another_host_name_is_refused(host: str) -> None:
    with client(application(keys="")) as http:
        for method, path in (("GET", "/openapi.json"), ("POST", "/task/1/cancel"), ("GET", "/nope")):
            answer = http.request(method, path, headers={"Host": host})
            assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://["]
)
def test_without_keys_another_sites_page_is_refused(origin: str) -> None:
    with client(application(keys="")) as http:
        assert http.post("/task/1/cancel", headers={"Origin": origin}).status_code == 403


def test_without_keys_an_address_of_the_network_is_refused_whatever_the_host_header_says() -> None:
    with client(application(keys=""), base_url="http://192.168.1.10") as http:
        assert http.get("/openapi.json", headers={"Host": "127.0.0.1"}).status_code == 403


def test_with_keys_any_host_name_will_do() -> None:
    with client(application(), base_url="https://corrections.example") as http:
        assert http.get("/openapi.json", headers={"X-API-Key": READ}).status_code == 200
