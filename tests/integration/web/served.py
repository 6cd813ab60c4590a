"""`ai-worker serve` as a process."""

import subprocess

import httpx

from devtools.ports import free_port
from tests.acceptance.cluster import Cluster
from tests.preloaded import Process
from tests.waiting import wait_until

READ, RUN = "read-only-key-0123456789", "may-also-run-key-0123456789"
KEYS = f"grafana:read:{READ},panel:read+run:{RUN}"


class Served:
    """A running `ai-worker serve`."""

    def __init__(self, cluster: Cluster, *arguments: str, keys: str = "") -> None:
        self.port = free_port()
        self.log = cluster.folder / "serve.log"
        with self.log.open("wb") as output:
            self.process = Process(
                ["ai_worker", "serve", "--port", str(self.port), *arguments],
                cwd=cluster.folder,
                env={**cluster.environment, "API_KEYS": keys},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {RUN}"},
            timeout=30,
            trust_env=False,
        )
        wait_until(self.alive, "the API", seconds=60)

    def alive(self) -> bool:
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
        try:
            return self.http.get("/health").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
