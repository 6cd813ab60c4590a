"""Through nginx with TLS of a private authority and connections that end soon, and through a forward proxy:
every call arrives, and arrives once.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from ai_worker.llm.model import Dialect, Model
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import (
    CallError,
    DeadlineExceeded,
    Misdirected,
    Overloaded,
    RequestRejected,
    ServerFault,
    TlsFault,
)
from ai_worker.outbound.http.client import post
from ai_worker.outbound.http.route import Transport
from devtools.layout import find_program
from devtools.ports import free_port
from tests.integration.conftest import Ask
from tests.integration.outbound.http.proxies import Nginx, Tinyproxy
from tests.offline_model import OfflineModel
from tests.servers import missing

CALLER = CallContext("evaluations", "t", "1", "u", redact=False)
BODY = {"model": "m", "messages": [{"role": "user", "content": "ready?"}]}
LOGIN = ("worker", "opensesame")


@pytest.fixture(scope="module")
def nginx(
    offline_server: OfflineModel, authority: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nginx]:
    if not find_program("nginx"):
        missing("nginx is not installed: `python3 dev.py test` installs it")
    server = Nginx(
        tmp_path_factory.mktemp("proxies") / "nginx",
        free_port(),
        upstream=offline_server.url.removeprefix("http://"),
        certificate=authority / "server.pem",
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module", params=[None, LOGIN], ids=["open", "with a login"])
def forward(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Tinyproxy, str]]:
    """The proxy, and its address as a setting names it."""
    if not find_program("tinyproxy"):
        missing("tinyproxy is not installed: `python3 dev.py test` installs it")
    login = request.param
    server = Tinyproxy(tmp_path_factory.mktemp("proxies") / "tinyproxy", free_port(), login=login)
    server.start()
    yield server, f"http://{':'.join(login) + '@' if login else ''}{server.address}"
    server.stop()


@pytest.fixture
def trusted(authority: Path) -> Transport:
    return Transport(ca_file=str(authority / "ca.pem"))


def model_at(nginx: Nginx, transport: Transport, path: str = "/v1") -> Model:
    return Model(
        "m",
        "openai",
        f"https://{nginx.address}{path}",
        SecretStr("k"),
        deadline_seconds=15,
        dialect=Dialect(transport=transport),
    )


def test_every_call_through_ending_connections_arrives_once(
    nginx: Nginx, offline: OfflineModel, trusted: Transport
) -> None:
    """Eight threads of forty calls; nginx ends a connection after five, and an idle one after a second."""
    answered: list[int] = []
    pause = threading.Event()

    def caller(number: int) -> None:
        for turn in range(40):
            if turn in (13, 26):
                # The age at which nginx ends what is idle: the kept connection may die under the next call.
                pause.wait(1.0 + number / 500)
            body = {**BODY, "user": f"{number}-{turn}"}
            answered.append(
                post(f"https://{nginx.address}/v1/chat/completions", body, {}, 15, transport=trusted).status
            )

    threads = [threading.Thread(target=caller, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered == [200] * 320
    assert len(offline.requests()) == 320, "counted at the server: none lost, none doubled"


@pytest.mark.parametrize(
    ("path", "told", "fault"),
    [
        ("/nobody", {}, ServerFault),
        ("/v1", {"latency": 3, "times": 1}, DeadlineExceeded),
        ("/moved", {}, Misdirected),
    ],
)
def test_pages_of_nginx_itself_are_told_apart(
    nginx: Nginx,
    ask: Ask,
    offline: OfflineModel,
    trusted: Transport,
    path: str,
    told: dict[str, object],
    fault: type[CallError],
) -> None:
    """502, 504 and 301 with a page of HTML."""
    offline.tell(*([told] if told else []))
    with pytest.raises(fault) as caught:
        ask(model_at(nginx, trusted, path), Request("Ready?"), CALLER)
    assert "html" not in str(caught.value).lower()


def test_a_body_too_large_for_nginx_is_the_rows_own_fault(
    nginx: Nginx, ask: Ask, offline: OfflineModel, trusted: Transport
) -> None:
    with pytest.raises(RequestRejected, match="413"):
        ask(model_at(nginx, trusted), Request("word " * 30_000), CALLER)
    assert offline.requests() == []


def test_a_limit_of_nginx_is_an_overload(
    nginx: Nginx, ask: Ask, offline: OfflineModel, trusted: Transport
) -> None:
    limited = Dialect(transport=trusted, headers={"X-Limited": "yes"})
    model = Model(
        "m", "openai", f"https://{nginx.address}/v1", SecretStr("k"), deadline_seconds=15, dialect=limited
    )
    ask(model, Request("Ready?"), CALLER)
    with pytest.raises(Overloaded, match="503"):
        ask(model, Request("Ready?"), CALLER)
    assert len(offline.requests()) == 1


def test_without_the_authority_nothing_leaves_and_the_error_says_what_is_missing(
    nginx: Nginx, ask: Ask, offline: OfflineModel
) -> None:
    with pytest.raises(TlsFault, match="ca_file") as caught:
        ask(model_at(nginx, Transport()), Request("Ready?"), CALLER)
    assert not caught.value.sent and offline.requests() == []


def test_a_tunnel_through_a_real_forward_proxy(
    nginx: Nginx, forward: tuple[Tinyproxy, str], ask: Ask, offline: OfflineModel, trusted: Transport
) -> None:
    proxy, address = forward
    way = Transport(proxy=address, ca_file=trusted.ca_file)
    assert ask(model_at(nginx, way), Request("Ready?"), CALLER).text
    assert len(offline.requests()) == 1
    assert f"CONNECT {nginx.address}" in proxy.said(), "it went that way"


def test_plain_http_through_a_real_forward_proxy(
    forward: tuple[Tinyproxy, str], ask: Ask, offline: OfflineModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, address = forward
    monkeypatch.setenv("HTTP_PROXY", address)
    model = Model("m", "openai", f"{offline.url}/v1", SecretStr("k"), deadline_seconds=15)
    assert ask(model, Request("Ready?"), CALLER).text
    assert f"POST {offline.url}/v1/chat/completions" in proxy.said()


def test_a_real_forward_proxy_that_wants_a_login_closes_the_model(
    nginx: Nginx, ask: Ask, offline: OfflineModel, trusted: Transport, tmp_path: Path
) -> None:
    if not find_program("tinyproxy"):
        missing("tinyproxy is not installed: `python3 dev.py test` installs it")
    proxy = Tinyproxy(tmp_path / "tinyproxy", free_port(), login=LOGIN)
    proxy.start()
    try:
        way = Transport(proxy=f"http://{proxy.address}", ca_file=trusted.ca_file)
        with pytest.raises(Misdirected, match=r"wants a login \(407\)"):
            ask(model_at(nginx, way), Request("Ready?"), CALLER)
    finally:
        proxy.stop()
    assert offline.requests() == []
