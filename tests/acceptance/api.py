"""The HTTP API beside a cluster's workers, as a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from devtools.ports import accepts, free_port
from tests.acceptance.cluster import Cluster
from tests.preloaded import Process
from tests.waiting import wait_until


@contextmanager
def serving_api(cluster: Cluster, **variables: str) -> Iterator[str]:
    """The address of the API while it runs.

    Args:
        variables: of the environment, for the cluster's later processes, too.
    """
    cluster.environment |= variables
    port = free_port()
    command = ["ai_worker", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with (cluster.folder / "api.log").open("wb") as log:
        server = Process(command, cwd=cluster.folder, env=cluster.environment, stdout=log, stderr=log)
    try:
        wait_until(lambda: accepts(port), "the API listening", seconds=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
