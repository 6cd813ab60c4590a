"""An S3 server: S3Proxy from Maven on a folder, else moto's server, which keeps everything in memory."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

from devtools.layout import venv_program
from devtools.ports import LOOPBACK
from devtools.servers import maven
from devtools.servers.server import Server

ARTIFACTS = ("org.gaul:s3proxy:4.1.0", "com.fasterxml.jackson.core:jackson-annotations:2.21")
"""Its Jackson needs newer annotations than it is resolved with."""
USER = "ai-worker"
BUCKET = "generia-images"
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class ObjectServer(Server):
    """An S3 server with one user.

    Args:
        folder, port, log: see `Server`.
        password: the user's secret key.
    """

    name = "objects"

    def __init__(self, folder: Path, port: int, log: Path, *, password: str) -> None:
        super().__init__(folder, port, log)
        self._password = password

    def answers(self) -> bool:
        """Return whether it answers HTTP, with whatever status."""
        try:
            _open(f"http://{self.address}/", timeout=2).close()
        except urllib.error.HTTPError as refused:
            refused.close()
        except urllib.error.URLError as fault:
            raise OSError(str(fault.reason)) from None
        return True

    def environment(self) -> dict[str, str]:
        """Address and keys."""
        keys = {"MINIO_ACCESS_KEY": USER, "MINIO_SECRET_KEY": self._password, "MINIO_BUCKET": BUCKET}
        return {"MINIO_ENDPOINT": self.address, "MINIO_USE_SSL": "false", **keys}


class S3ProxyServer(ObjectServer):
    """S3Proxy, with its objects as files in the folder."""

    def prepare(self) -> None:
        """Write the configuration."""
        data = self.folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        lines = {
            "s3proxy.endpoint": f"http://{LOOPBACK}:{self.port}",
            "s3proxy.authorization": "aws-v2-or-v4",
            "s3proxy.identity": USER,
            "s3proxy.credential": self._password,
            "jclouds.provider": "filesystem-nio2",
            "jclouds.identity": "local",
            "jclouds.credential": "local",
            "jclouds.filesystem.basedir": data.as_posix(),
        }
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        (self.folder / "s3proxy.conf").write_text(text, encoding="utf-8")

    def command(self) -> list[str | Path]:
        """The program."""
        options = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        path = maven.class_path("s3proxy", *ARTIFACTS)
        return [
            "java",
            *options,
            "-cp",
            path,
            "org.gaul.s3proxy.Main",
            "--properties",
            self.folder / "s3proxy.conf",
        ]


class MotoServer(ObjectServer):
    """Moto's server: takes every key, keeps its objects in memory."""

    def prepare(self) -> None:
        """Nothing is kept."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str | Path]:
        """The program."""
        python = venv_program("python")
        program = python if python.exists() else Path(sys.executable)
        return [program, "-m", "moto.server", "-H", LOOPBACK, "-p", str(self.port)]

    def start(self) -> None:
        """Start it, and make the bucket, since nothing is kept."""
        super().start()
        make = urllib.request.Request(f"http://{self.address}/{BUCKET}", method="PUT")
        _open(make, timeout=10).close()
