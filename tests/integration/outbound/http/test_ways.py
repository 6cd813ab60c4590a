"""The ways to a server: proxies, private authorities, client certificates, encodings, stale connections,
addresses with a query or a login.
"""

import base64
import gzip
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from ai_worker.outbound.errors import (
    BadAnswer,
    DeadlineExceeded,
    Misdirected,
    TlsFault,
    Unconfigured,
    Unreachable,
)
from ai_worker.outbound.http import client, connections, route
from ai_worker.outbound.http.client import joined, post
from ai_worker.outbound.http.route import Transport, server_at
from tests.waiting import wait_until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Serve = Callable[[socket.socket, int], None]


@contextmanager
def serving(serve: Serve) -> Iterator[int]:
    """A server that plays a part with each connection, which it is told the number of."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            for number in range(1000):
                try:
                    talk, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=play, args=(talk, number), daemon=True).start()

        def play(talk: socket.socket, number: int) -> None:
            with suppress(OSError), talk:
                serve(talk, number)

        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def _idle(url: str) -> connections.Connection:
    """The connection that is kept for an address."""
    return connections.connections()._idle[client._target(url, route.DEFAULT).server][0]


def answering(answer: bytes, heard: list[bytes] | None = None) -> Serve:
    def serve(talk: socket.socket, number: int) -> None:
        while request := talk.recv(65536):
            if heard is not None:
                heard.append(request)
            talk.sendall(answer)

    return serve


def test_an_address_with_a_query_keeps_it_behind_the_path() -> None:
    assert (
        joined("https://x/openai?api-version=1", "/chat/completions")
        == "https://x/openai/chat/completions?api-version=1"
    )
    assert joined("https://x/v1/", "/chat") == "https://x/v1/chat"


def test_a_login_in_the_address_goes_as_a_header_and_a_key_goes_before_it() -> None:
    heard: list[bytes] = []
    with serving(answering(OK, heard)) as port:
        url = f"http://user:p%40ss@127.0.0.1:{port}/v1?x=1"
        post(url, {}, {}, 5)
        post(url, {}, {"Authorization": "Bearer k"}, 5)
    login = base64.b64encode(b"user:p@ss")
    assert b"Authorization: Basic " + login in heard[0] and b"p%40ss" not in heard[0]
    assert heard[1].count(b"Authorization") == 1 and b"Bearer k" in heard[1]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("identity", bytes),
    ],
    ids=["gzip", "deflate", "bare deflate", "identity"],
)
@pytest.mark.parametrize("status", [200, 429])
def test_encoded_answers_and_errors_are_read(
    encoding: str, pack: Callable[[bytes], bytes], status: int
) -> None:
    content = pack(b'{"error": {"message": "later"}}')
    head = f"HTTP/1.1 {status} X\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(content)}\r\n\r\n"
    with serving(answering(head.encode() + content)) as port:
        assert post(f"http://127.0.0.1:{port}/", {}, {}, 5).content == b'{"error": {"message": "later"}}'


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("br", b"xx"),
        ("gzip", b"not it"),
        ("gzip", gzip.compress(b"x" * 100, mtime=0)[:20]),
        ("gzip", gzip.compress(b"\0" * 20_000_000, mtime=0)),
    ],
    ids=["another", "no gzip", "cut off", "a bomb"],
)
def test_encodings_that_cannot_be_read_are_bad_answers(encoding: str, content: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(content)}\r\n\r\n"
    with serving(answering(head.encode() + content)) as port, pytest.raises(BadAnswer):
        post(f"http://127.0.0.1:{port}/", {}, {}, 5)


def test_a_kept_connection_that_was_closed_meanwhile_is_not_used() -> None:
    heard: list[int] = []

    def serve(talk: socket.socket, number: int) -> None:
        talk.recv(65536)
        heard.append(number)
        talk.sendall(OK)

    with serving(serve) as port:
        for _ in range(5):
            assert post(f"http://127.0.0.1:{port}/", {}, {}, 5).status == 200
            wait_until(_idle(f"http://127.0.0.1:{port}/").dropped, "the end that the server makes")
    assert heard == [0, 1, 2, 3, 4], "each once"


@pytest.mark.parametrize(
    ("idle", "acknowledged", "calls"),
    [(connections.IDLE_SECONDS, False, 2), (0.0, False, 1), (connections.IDLE_SECONDS, True, 1)],
)
def test_a_reset_means_that_nothing_was_read_only_where_the_connection_was_idle_and_nothing_acknowledged(
    monkeypatch: pytest.MonkeyPatch, idle: float, acknowledged: bool, calls: int
) -> None:
    """A server that ends what is idle resets a request that it has not read; one that resets a busy
    connection, or has taken the request, may have worked it.
    """
    heard: list[bytes] = []
    client_side = threading.Event()
    if not acknowledged:
        monkeypatch.setattr(connections, "_acknowledged", lambda _: 0)
        client_side.set()

    def serve(talk: socket.socket, number: int) -> None:
        heard.append(talk.recv(65536))
        talk.sendall(OK)
        if not (again := talk.recv(65536)):
            return
        heard.append(again)
        if number == 0:
            assert client_side.wait(5)
            talk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            talk.close()
            return
        talk.sendall(OK)

    with serving(serve) as port:
        url = f"http://127.0.0.1:{port}/"
        post(url, {}, {}, 5)
        kept = _idle(url)
        kept._answered_at -= idle
        if acknowledged:
            threading.Thread(target=_once_acknowledged, args=(kept, client_side)).start()
        if calls == 1:
            with pytest.raises(Unreachable):
                post(url, {}, {}, 5)
        else:
            assert post(url, {}, {}, 5).status == 200
    assert len(heard) == 1 + calls


def _once_acknowledged(kept: connections.Connection, said: threading.Event) -> None:
    """Say when the other side has taken something of the second request."""
    before = connections._acknowledged(kept._socket)
    wait_until(lambda: connections._acknowledged(kept._socket) > before, "an acknowledgement", seconds=5)
    said.set()


def test_a_kept_connection_that_ends_under_the_request_is_replaced_without_a_second_call() -> None:
    """The server closes at the very moment at which the request leaves: its kernel refuses the request."""
    heard: list[int] = []
    closing = threading.Event()

    def serve(talk: socket.socket, number: int) -> None:
        talk.recv(65536)
        heard.append(number)
        talk.sendall(OK)
        if number == 0:
            closing.wait(5)
        else:
            talk.recv(65536)

    with serving(serve) as port:
        url = f"http://127.0.0.1:{port}/"
        post(url, {}, {}, 5)
        kept = _idle(url)
        kept.dropped = lambda: False  # type: ignore[method-assign]
        closing.set()
        threading.Event().wait(0.1)
        assert post(url, {}, {}, 5).status == 200
    assert heard == [0, 1]


def test_a_server_that_took_the_request_and_closed_is_not_asked_again() -> None:
    heard: list[int] = []

    def serve(talk: socket.socket, number: int) -> None:
        talk.recv(65536)
        heard.append(number)
        talk.sendall(OK)
        talk.recv(65536)
        heard.append(number)

    with serving(serve) as port:
        post(f"http://127.0.0.1:{port}/", {}, {}, 5)
        with pytest.raises(Unreachable) as caught:
            post(f"http://127.0.0.1:{port}/", {}, {}, 5)
    assert caught.value.sent and heard == [0, 0]


def test_a_silent_stream_ends_before_the_deadline() -> None:
    def serve(talk: socket.socket, number: int) -> None:
        talk.recv(65536)
        talk.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
        talk.recv(65536)

    with serving(serve) as port, pytest.raises(DeadlineExceeded, match=r"nothing came .* for 0\.3 s"):
        post(f"http://127.0.0.1:{port}/", {}, {}, 20, idle=0.3)


class Proxy:
    """A forward proxy: plain requests are answered by itself, tunnels lead on."""

    def __init__(self, refuses: int | None = None) -> None:
        self.heads: list[bytes] = []
        self._refuses = refuses

    def __call__(self, talk: socket.socket, number: int) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += talk.recv(1)
        self.heads.append(head)
        if self._refuses:
            talk.sendall(f"HTTP/1.1 {self._refuses} No\r\nContent-Length: 0\r\n\r\n".encode())
            return
        if not head.startswith(b"CONNECT"):
            talk.sendall(OK)
            talk.recv(65536)
            return
        host, port = head.split()[1].decode().split(":")
        with socket.create_connection((host, int(port))) as further:
            talk.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=_pump, args=(further, talk), daemon=True).start()
            _pump(talk, further)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_a_proxy_of_the_environment_is_asked_for_a_plain_address(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy()
    with serving(proxy) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://me:secret@127.0.0.1:{port}")
        assert post("http://model.example:8000/v1/chat?a=b", {}, {}, 5).status == 200
    assert proxy.heads[0].startswith(
        b"POST http://model.example:8000/v1/chat?a=b HTTP/1.1\r\nHost: model.example:8000\r\n"
    )
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"me:secret") in proxy.heads[0]


def test_no_proxy_and_none_go_direct(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering(OK)) as port:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        with pytest.raises(Unreachable) as caught:
            post(f"http://127.0.0.1:{port}/a", {}, {}, 5)
        assert not caught.value.sent
        assert post(f"http://127.0.0.1:{port}/a", {}, {}, 5, transport=Transport(proxy="none")).status == 200
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,internal")
        client._target.cache_clear()
        assert post(f"http://127.0.0.1:{port}/a", {}, {}, 5).status == 200


@pytest.mark.parametrize(
    ("entries", "host", "port", "direct"),
    [
        (".example.com", "api.example.com", None, True),
        (".example.com", "example.com", None, True),
        ("example.com", "badexample.com", None, False),
        ("EXAMPLE.com", "api.example.COM", None, True),
        (" a , b.c ", "b.c", None, True),
        ("*", "x.y", None, True),
        ("10.0.0.0/8", "10.1.2.3", None, True),
        ("10.0.0.0/8", "11.1.2.3", None, False),
        ("10.0.0.0/8,not/one,fd00::/8", "fd00::1", None, True),
        ("10.0.0.0/8", "ten.example", None, False),
        ("api.local:8443", "api.local", 8443, True),
        ("api.local:443", "api.local", None, True),
        ("api.local:8443", "api.local", 443, False),
        ("::1", "::1", None, True),
        ("", "x.y", None, False),
    ],
)
def test_no_proxy_in_every_form(
    monkeypatch: pytest.MonkeyPatch, entries: str, host: str, port: int | None, direct: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:p%40ss@proxy.example")
    monkeypatch.setenv("NO_PROXY", entries)
    proxy = server_at("https", host, port, Transport()).proxy
    if direct:
        assert proxy is None
    else:
        basic = "Basic " + base64.b64encode(b"me:p@ss").decode()
        assert proxy == ("proxy.example", 80, basic), "http's own port, as everywhere"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
def test_an_error_that_cannot_be_decoded_is_still_that_error(encoding: str) -> None:
    head = f"HTTP/1.1 429 X\r\nContent-Encoding: {encoding}\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n"
    with serving(answering(head.encode() + b"xx")) as port:
        response = post(f"http://127.0.0.1:{port}/", {}, {}, 5)
    assert (response.status, response.content, response.headers["retry-after"]) == (429, b"", "7")


def test_a_proxy_that_wants_a_login_closes_the_model() -> None:
    with serving(Proxy(refuses=407)) as port, pytest.raises(Misdirected, match="407"):
        post("https://model.example/", {}, {}, 5, transport=Transport(proxy=f"http://127.0.0.1:{port}"))


def test_a_proxy_of_another_kind_is_named() -> None:
    with pytest.raises(Unconfigured, match="proxy"):
        post("https://model.example/", {}, {}, 5, transport=Transport(proxy="socks5://127.0.0.1:1080"))


def secure(authority: Path, *, wants_client: bool = False) -> Serve:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(authority / "server.pem")
    if wants_client:
        tls.verify_mode = ssl.CERT_REQUIRED
        tls.load_verify_locations(authority / "ca.pem")

    def serve(talk: socket.socket, number: int) -> None:
        with suppress(ssl.SSLError), tls.wrap_socket(talk, server_side=True) as safe:
            while safe.recv(65536):
                safe.sendall(OK)

    return serve


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_private_authority_by_the_environment(
    authority: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(authority / "ca.pem"))
    with serving(secure(authority)) as port:
        assert post(f"https://127.0.0.1:{port}/", {}, {}, 5).status == 200


def test_an_authority_nobody_named_closes_the_model_and_says_what_is_missing(authority: Path) -> None:
    with serving(secure(authority)) as port, pytest.raises(TlsFault, match="SSL_CERT_FILE") as caught:
        post(f"https://127.0.0.1:{port}/", {}, {}, 5)
    assert not caught.value.sent


def test_a_clients_certificate(authority: Path) -> None:
    ca = str(authority / "ca.pem")
    with serving(secure(authority, wants_client=True)) as port:
        url = f"https://127.0.0.1:{port}/"
        shown = Transport(ca_file=ca, client_certificate=str(authority / "client.pem"))
        assert post(url, {}, {}, 5, transport=shown).status == 200
        with pytest.raises((TlsFault, Unreachable)):
            post(url, {}, {}, 5, transport=Transport(ca_file=ca))


def test_a_file_of_certificates_that_is_not_there_is_named() -> None:
    with pytest.raises(Unconfigured, match=r"certificates for TLS cannot be read .*nowhere\.pem"):
        post("https://127.0.0.1:9/", {}, {}, 5, transport=Transport(ca_file="/nowhere.pem"))


def test_a_tunnel_through_a_proxy(authority: Path) -> None:
    proxy = Proxy()
    with serving(secure(authority)) as port, serving(proxy) as proxy_port:
        way = Transport(proxy=f"http://127.0.0.1:{proxy_port}", ca_file=str(authority / "ca.pem"))
        for _ in range(2):
            assert post(f"https://127.0.0.1:{port}/", {}, {"X-Key": "k"}, 5, transport=way).status == 200
    assert len(proxy.heads) == 1 and proxy.heads[0].startswith(f"CONNECT 127.0.0.1:{port} HTTP/1.1".encode())
    assert b"X-Key" not in proxy.heads[0]
