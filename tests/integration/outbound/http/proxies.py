"""Real proxies on loopback: nginx before a server, tinyproxy before the world."""

import socket
from pathlib import Path

from devtools.layout import find_program
from devtools.ports import LOOPBACK
from devtools.servers.server import Server

_NGINX = """\
daemon off;
worker_processes 1;
pid "{folder}/nginx.pid";
error_log stderr;
events {{ worker_connections 512; }}
http {{
    access_log "{folder}/access.log" combined;
    client_body_temp_path "{folder}/body";
    proxy_temp_path "{folder}/proxy";
    fastcgi_temp_path "{folder}/fastcgi";
    uwsgi_temp_path "{folder}/uwsgi";
    scgi_temp_path "{folder}/scgi";
    # Connections end by age and by count, as those of a busy front do.
    keepalive_timeout 1s;
    keepalive_requests 5;
    client_max_body_size 100k;
    limit_req_zone $http_x_limited zone=one:1m rate=1r/m;
    upstream model {{ server {upstream}; keepalive 8; }}
    server {{
        listen {host}:{port} ssl;
        ssl_certificate "{certificate}";
        ssl_certificate_key "{certificate}";
        location / {{
            proxy_pass http://model;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_read_timeout 1s;
            limit_req zone=one;
            gzip on;
            gzip_types application/json;
            gzip_min_length 1;
        }}
        location /moved/ {{ return 301 https://elsewhere.example/; }}
        location /nobody/ {{ proxy_pass http://{host}:9; }}
    }}
}}
"""

_TINYPROXY = """\
Listen {host}
Port {port}
Timeout 20
MaxClients 20
Allow {host}
LogFile "{folder}/tinyproxy.log"
{login}
"""


class Nginx(Server):
    """`nginx` with TLS and connections that end soon.

    Args:
        upstream: host and port of the server behind it.
        certificate: with its key, PEM.
    """

    name = "nginx"

    def __init__(self, folder: Path, port: int, *, upstream: str, certificate: Path) -> None:
        super().__init__(folder, port, folder.with_suffix(".log"))
        self._upstream, self._certificate = upstream, certificate

    def prepare(self) -> None:
        """Write its configuration."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = _NGINX.format(
            folder=self.folder,
            host=LOOPBACK,
            port=self.port,
            upstream=self._upstream,
            certificate=self._certificate,
        )
        (self.folder / "nginx.conf").write_text(text, encoding="utf-8")

    def command(self) -> list[str | Path]:
        """`nginx` with that configuration."""
        program = find_program("nginx") or "nginx"
        return [program, "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", "stderr"]

    def answers(self) -> bool:
        """Return whether it takes connections."""
        socket.create_connection((LOOPBACK, self.port), timeout=2).close()
        return True

    def environment(self) -> dict[str, str]:
        """Nothing: a test names it by its address."""
        return {}


class Tinyproxy(Server):
    """`tinyproxy`.

    Args:
        login: user and password that it wants; none without.
    """

    name = "tinyproxy"

    def __init__(self, folder: Path, port: int, *, login: tuple[str, str] | None = None) -> None:
        super().__init__(folder, port, folder.with_suffix(".log"))
        self._login = login

    def prepare(self) -> None:
        """Write its configuration."""
        self.folder.mkdir(parents=True, exist_ok=True)
        login = "BasicAuth {} {}".format(*self._login) if self._login else ""
        text = _TINYPROXY.format(folder=self.folder, host=LOOPBACK, port=self.port, login=login)
        (self.folder / "tinyproxy.conf").write_text(text, encoding="utf-8")

    def command(self) -> list[str | Path]:
        """`tinyproxy` with that configuration, in the foreground."""
        return [find_program("tinyproxy") or "tinyproxy", "-d", "-c", self.folder / "tinyproxy.conf"]

    def answers(self) -> bool:
        """Return whether it takes connections."""
        socket.create_connection((LOOPBACK, self.port), timeout=2).close()
        return True

    def environment(self) -> dict[str, str]:
        """Nothing: a test names it by its address."""
        return {}

    def said(self) -> str:
        """Its log."""
        path = self.folder / "tinyproxy.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""
