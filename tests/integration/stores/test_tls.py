"""TLS to MySQL and Redis, as the settings say it; MongoDB's options by their names."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr

from ai_worker.errors import ConfigurationError
from ai_worker.stores.connections.tls import Tls
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase, MySQLUnavailable
from devtools.layout import find_program
from devtools.ports import LOOPBACK, accepts, free_port
from devtools.servers.mariadb import MariaDBServer
from tests.servers import PASSWORD
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(find_program("openssl") is None, reason="no openssl on this machine")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`ca.pem`, a server's and a client's certificate signed by it, and `other.pem`, an authority that signed
    neither.
    """
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("ca", "other"):
        _openssl(
            folder,
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
            *("-keyout", f"{name}.key", "-out", f"{name}.pem"),
        )
    (folder / "names").write_text(f"subjectAltName=IP:{LOOPBACK}\n", encoding="ascii")
    for name in ("server", "client"):
        request = ("-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        _openssl(folder, "req", "-newkey", "rsa:2048", *request)
        signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names")
        _openssl(folder, "x509", "-req", "-days", "2", "-in", f"{name}.csr", *signing, "-out", f"{name}.pem")
    return folder


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


class TlsMariaDB(MariaDBServer):
    """A server with a certificate."""

    certificates: Path

    def command(self) -> list[str | Path]:
        folder = self.certificates
        files = (
            f"--ssl-ca={folder}/ca.pem",
            f"--ssl-cert={folder}/server.pem",
            f"--ssl-key={folder}/server.key",
        )
        return [*super().command(), *files]


@pytest.fixture(scope="module")
def address(certificates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MySQLAddress]:
    folder = tmp_path_factory.mktemp("tls")
    server = TlsMariaDB(folder / "data", free_port(), folder / "log", password=PASSWORD, durable=False)
    server.certificates = certificates
    server.start()
    yield MySQLAddress(LOOPBACK, server.port, "ai_worker", "ai_worker", SecretStr(PASSWORD))
    server.stop()


def cipher(address: MySQLAddress, tls: Tls) -> str:
    with MySQLDatabase(replace(address, tls=tls)) as database:
        [row] = database.query("SHOW STATUS LIKE 'Ssl_cipher'")
        return str(row["Value"])


def test_mysql_is_encrypted_and_verified_as_the_settings_say(
    address: MySQLAddress, certificates: Path
) -> None:
    assert cipher(address, Tls()) == "", "on this machine it costs only time"
    assert cipher(address, Tls("required")) != ""
    assert cipher(address, Tls("verified", ca=f"{certificates}/ca.pem")) != ""
    with_client = Tls(
        "verified", f"{certificates}/ca.pem", f"{certificates}/client.pem", f"{certificates}/client.key"
    )
    assert cipher(address, with_client) != ""
    with pytest.raises(MySQLUnavailable, match="certificate verify failed"):
        cipher(address, Tls("verified", ca=f"{certificates}/other.pem"))


def test_a_server_without_tls_is_refused_where_it_is_required(mysql_database: dict[str, str]) -> None:
    plain = MySQLAddress(
        mysql_database["MYSQL_HOST"],
        int(mysql_database["MYSQL_PORT"]),
        mysql_database["MYSQL_USER"],
        mysql_database["MYSQL_DATABASE"],
        SecretStr(mysql_database["MYSQL_PASSWORD"]),
    )
    with MySQLDatabase(plain) as database:
        [row] = database.query("SELECT @@have_ssl AS has")
    if row["has"] == "YES":
        pytest.skip("this server has TLS")
    with pytest.raises(MySQLUnavailable, match="SSL"):
        MySQLDatabase(replace(plain, tls=Tls("required")))


def test_files_without_a_mode_and_files_that_are_none_are_one_line(certificates: Path) -> None:
    with pytest.raises(ConfigurationError, match="MYSQL_TLS: files are named"):
        Tls(ca="ca.pem", name="MYSQL_TLS").context()
    with pytest.raises(ConfigurationError, match="MYSQL_TLS_CA: the file cannot be used"):
        Tls("verified", ca=f"{certificates}/nowhere.pem", name="MYSQL_TLS").context()
    with pytest.raises(ConfigurationError, match="MONGO_TLS_KEY"):
        Tls("verified", cert="a.pem", key="a.key", name="MONGO_TLS").for_mongo()


def test_mongodb_gets_the_options_of_its_driver() -> None:
    assert Tls().for_mongo() == {}
    assert Tls("required").for_mongo() == {"tls": True, "tlsInsecure": True}
    assert Tls("verified", "ca.pem", "both.pem").for_mongo() == {
        "tls": True,
        "tlsCAFile": "ca.pem",
        "tlsCertificateKeyFile": "both.pem",
    }


@contextmanager
def tls_redis(certificates: Path, folder: Path) -> Iterator[int]:
    port = free_port()
    files = ("--tls-cert-file", "server.pem", "--tls-key-file", "server.key", "--tls-ca-cert-file", "ca.pem")
    arguments = (
        "--port",
        "0",
        "--tls-port",
        str(port),
        "--bind",
        LOOPBACK,
        "--save",
        "",
        "--dir",
        str(folder),
    )
    server = subprocess.Popen(
        ["redis-server", *arguments, *files],
        cwd=certificates,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_until(lambda: accepts(port) or server.poll() is not None, "redis with TLS")
        if server.poll() is not None:
            pytest.skip("this redis-server was built without TLS")
        yield port
    finally:
        server.kill()
        server.communicate()


def test_redis_is_verified_with_a_client_certificate(
    certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_settings: Callable[[], None]
) -> None:
    from ai_worker.stores.redis import connect  # noqa: PLC0415 - reads the settings made here

    for name, file in (("CERT", "client.pem"), ("KEY", "client.key")):
        monkeypatch.setenv(f"REDIS_TLS_{name}", f"{certificates}/{file}")
    with tls_redis(certificates, tmp_path) as port:
        url = f"rediss://{LOOPBACK}:{port}/0"
        for mode, authority, welcome in (
            ("verified", "ca.pem", True),
            ("verified", "other.pem", False),
            ("required", "other.pem", True),
        ):
            monkeypatch.setenv("REDIS_TLS", mode)
            monkeypatch.setenv("REDIS_TLS_CA", f"{certificates}/{authority}")
            fresh_settings()
            client = connect(url)
            if welcome:
                assert client.ping()
            else:
                with pytest.raises(redis.ConnectionError, match="certificate verify failed"):
                    client.ping()
            client.close()


@pytest.fixture
def fresh_settings() -> Iterator[Callable[[], None]]:
    """Have the settings read anew, and once more afterwards."""
    from ai_worker.settings import settings  # noqa: PLC0415 - as above

    yield settings.cache_clear
    settings.cache_clear()
