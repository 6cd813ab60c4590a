"""The platform's double as a thread of the test's own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from devtools.platform.faults import told
from devtools.platform.grpc_server import GrpcDouble
from devtools.platform.http_server import HttpDouble
from devtools.platform.memory import Memory


class Double:
    """A running double."""

    def __init__(self) -> None:
        self.http = HttpDouble(Memory())
        self.grpc = GrpcDouble(self.http.memory, lambda: self.http.behaviour)
        self.http.grpc_port = self.grpc.port
        self.memory = self.http.memory
        self.url = self.http.url

    def tell(self, *rules: dict[str, Any], **values: Any) -> None:
        """Replace how it misbehaves."""
        self.http.behave(told({"rules": list(rules), **values}))

    def held(self) -> int:
        """The answers that were kept back since `tell`."""
        return self.http.behaviour.held

    def calls(self, name: str) -> list[dict[str, Any]]:
        """The calls of one name."""
        return [call for call in self.memory.calls if call["call"] == name]


@contextmanager
def running() -> Iterator[Double]:
    double = Double()
    double.grpc.start()
    thread = threading.Thread(target=double.http.serve, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        double.http.close()
        double.grpc.stop()
        thread.join()
