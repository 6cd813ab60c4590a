"""Who a browser is, and what it may do without a key in its headers."""

import time

import pytest
from itsdangerous import TimestampSigner
from pydantic import SecretStr
from starlette.datastructures import Headers

from ai_worker.settings import Settings
from ai_worker.web.application import create_application
from ai_worker.web.keys import Client, Keys
from ai_worker.web.sessions import signing
from ai_worker.web.sessions.same_origin import comes_from_here
from ai_worker.web.sessions.session import COOKIE, Sessions
from ai_worker.web.sessions.signing import TRIES_PER_MINUTE
from tests.unit.web.application import KEYS, READ, RUN, application, client

HTML = {"Accept": "text/html"}
PROXY_SECRET = "only-the-proxy-knows-0123"


def sessions(keys: str = KEYS, **further: object) -> Sessions:
    settings = Settings(api_keys=SecretStr(keys), **further)  # type: ignore[arg-type]
    return Sessions(settings, Keys(keys))


def cookie(value: str) -> Headers:
    return Headers({"cookie": f"{COOKIE}={value}"})


def test_a_cookie_names_its_client_and_no_other() -> None:
    known = sessions()
    value = known.cookie_of(Client("grafana", frozenset({"read"})))
    found = known.of(cookie(value))
    assert found is not None
    assert found.client == Client("grafana", frozenset({"read"}))
    assert READ not in value
    for wrong in (value[:-1], value.swapcase(), "", "x", value.replace(".", "")):
        assert known.of(cookie(wrong)) is None


def test_a_changed_key_ends_all_sessions() -> None:
    value = sessions().cookie_of(Client("grafana", frozenset({"read"})))
    assert sessions(f"{KEYS},other:read:{'o' * 20}").of(cookie(value)) is None


def test_a_session_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    known = sessions(panel_session_hours=12)
    reader = Client("grafana", frozenset({"read"}))
    fresh = known.cookie_of(reader)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: int(time.time()) - 13 * 3600)
    old = known.cookie_of(reader)
    monkeypatch.undo()
    assert known.of(cookie(fresh)) is not None
    assert known.of(cookie(old)) is None


def test_only_the_proxy_is_believed() -> None:
    known = sessions(panel_proxy_secret=SecretStr(PROXY_SECRET))
    user = {"x-forwarded-user": "anna"}
    assert known.of(Headers(user)) is None
    assert known.of(Headers({**user, "x-panel-proxy-secret": "guessed"})) is None
    assert known.of(Headers({"x-panel-proxy-secret": PROXY_SECRET})) is None
    found = known.of(Headers({**user, "x-panel-proxy-secret": PROXY_SECRET}))
    assert found is not None
    assert found.client == Client("anna", frozenset({"read", "review"}))
    assert sessions().of(Headers({**user, "x-panel-proxy-secret": ""})) is None


@pytest.mark.parametrize(
    ("headers", "here"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "http://panel", "host": "panel"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://evil", "host": "panel"}, False),
        ({"sec-fetch-site": "same-site", "origin": "http://evil.panel", "host": "panel"}, False),
        ({"origin": "http://panel:8000", "host": "panel:8000"}, True),
        ({"origin": "http://evil", "host": "panel"}, False),
        ({"origin": "null", "host": "panel"}, False),
        ({"host": "panel"}, True),
    ],
)
def test_where_a_form_comes_from(headers: dict[str, str], here: bool) -> None:
    assert comes_from_here(Headers(headers)) is here


def test_signing_in_leads_on_and_never_elsewhere() -> None:
    with client(application()) as http:
        asked = http.get("/panel/requests?row=7", headers=HTML, follow_redirects=False)
        assert (asked.status_code, asked.headers["location"]) == (
            303,
            "/panel/sign-in?next_page=%2Fpanel%2Frequests%3Frow%3D7",
        )
        for wanted, reached in (
            ("/panel/audit?x=1", "/panel/audit?x=1"),
            ("//evil.example", "/panel"),
            ("https://evil.example", "/panel"),
            ("/\\evil.example", "/panel"),
            ("/a\r\nSet-Cookie: x", "/panel"),
        ):
            form = {"key": READ, "next_page": wanted}
            answer = http.post("/panel/sign-in", data=form, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (303, reached)
            cookie_set = answer.headers["set-cookie"]
            assert all(part in cookie_set for part in ("HttpOnly", "SameSite=lax", "Path=/"))


def test_a_session_counts_for_pages_alone() -> None:
    with client(application()) as http:
        http.post("/panel/sign-in", data={"key": RUN})
        assert http.get("/panel/audit").status_code == 403, "the key may run, not read"
        assert http.get("/docs").status_code == 200
        assert http.get("/openapi.json").status_code == 200
        assert http.post("/task/run", json={}).status_code == 401
        assert http.get("/pipelines").status_code == 401


def test_guessing_keys_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "WRONG_KEY_SECONDS", 0.0)
    with client(application()) as http:
        tries = [
            http.post("/panel/sign-in", data={"key": "x" * 20}).status_code
            for _ in range(2 * TRIES_PER_MINUTE + 2)
        ]
    assert tries[0] == 403
    assert 429 in tries
    assert set(tries) == {403, 429}


def test_a_form_without_its_token_is_refused() -> None:
    app = application(f"all:read+run+review:{RUN}")
    with client(app) as http:
        http.post("/panel/sign-in", data={"key": RUN})
        form = {"model": "offline/x", "minutes": "5"}
        assert http.post("/panel/models/pause", data=form).status_code == 403
        token = app.state.sessions.csrf("another session")
        assert http.post("/panel/models/pause", data={**form, "csrf": token}).status_code == 403
        evil = {"Sec-Fetch-Site": "cross-site"}
        assert http.post("/panel/models/pause", data=form, headers=evil).status_code == 403
        assert http.post("/panel/sign-in", data={"key": RUN}, headers=evil).status_code == 403


def test_every_page_is_confined() -> None:
    with client(application()) as http:
        for path in ("/panel/sign-in", "/panel/static/panel.css", "/", "/docs", "/panel/nowhere"):
            policy = http.get(path, headers={**HTML, "X-API-Key": READ}).headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
        assert "content-security-policy" not in http.get("/health").headers


def test_without_keys_this_machine_needs_no_session() -> None:
    app = create_application(Settings(api_keys=SecretStr(""), redis_url="", limits_redis_url=""))
    with client(app) as http:
        assert http.get("/docs").status_code == 200
        assert http.get("/panel/sign-in", follow_redirects=False).headers["location"] == "/panel"
