"""What a model's server is sent, byte for byte, over plain connections and TLS."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ai_worker.outbound.errors import TlsFault, Unconfigured
from ai_worker.outbound.http.client import post
from ai_worker.outbound.http.route import Transport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def server(
    host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[list[bytes]]]]:
    """A server that answers everything; its port, and the requests of each connection."""
    heard: list[list[bytes]] = []

    def serve(connection: socket.socket) -> None:
        requests: list[bytes] = []
        heard.append(requests)
        # A client that does not trust our certificate breaks off.
        with (
            suppress(ssl.SSLError),
            tls.wrap_socket(connection, server_side=True) if tls else connection as talk,
        ):
            while request := talk.recv(65536):
                requests.append(request)
                talk.sendall(ANSWER)

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listening:
        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1], heard
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_one_piece_and_one_connection() -> None:
    with server() as (port, heard):
        for _ in range(2):
            response = post(
                f"http://127.0.0.1:{port}/v1/chat?a=b", {"text": "zażółć"}, {"Authorization": "Bearer k"}, 5
            )
            assert (response.status, response.content) == (200, b"{}")
    body = '{"text":"zażółć"}'.encode()
    expected = (
        f"POST /v1/chat?a=b HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: "
        f"identity\r\nContent-Type: application/json\r\n"
        f"User-Agent: ai-worker\r\nAuthorization: Bearer k\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    assert heard == [[expected, expected]]


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_an_address_of_version_six() -> None:
    with server("::1") as (port, heard):
        assert post(f"http://[::1]:{port}/", {}, {}, 5).status == 200
    assert f"Host: [::1]:{port}\r\n".encode() in heard[0][0]


def test_tls_is_spoken_to_whom_we_trust(certificate: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    with server(tls=tls) as (port, heard):
        with pytest.raises(TlsFault, match="SSL_CERT_FILE or in the model's ca_file") as caught:
            post(f"https://127.0.0.1:{port}/", {}, {}, 5)
        assert not caught.value.sent
        trusting = Transport(ca_file=str(certificate))
        for _ in range(2):
            assert post(f"https://127.0.0.1:{port}/", {}, {}, 5, transport=trusting).content == b"{}"
    assert [len(requests) for requests in heard if requests] == [2]


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://127.0.0.1:9/a b", {}),
        ("http://127.0.0.1:9/ż", {}),
        ("http://127.0.0.1:9/", {"Authorization": "Bearer canary\r\nX-Other: 1"}),
        ("http://127.0.0.1:9/", {"Authorization": "Bearer canary 你好"}),
        ("http://127.0.0.1:9/", {"X Name": "canary"}),
    ],
)
def test_what_http_cannot_carry_is_not_sent(url: str, headers: dict[str, str]) -> None:
    with pytest.raises(Unconfigured, match="characters that HTTP cannot carry") as caught:
        post(url, {}, headers, 5)
    assert "canary" not in repr(caught.value)


@pytest.mark.parametrize(
    "url", ["", "localhost:80/v1", "ftp://host/", "http://", "http://host:port/", f"http://{'a' * 70}/"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(Unconfigured, match="not an address like"):
        post(url, {}, {}, 5)
