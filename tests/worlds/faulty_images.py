"""An image service over HTTP of which a share of the calls fails, the same at the same prompt and try.

It counts what it would charge for: a picture that was made, whether or not its answer arrived.
"""

import base64
import io
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

from devtools.offline_model.question import chance

FAULTS = ("429", "500", "503", "drop_before", "drop_after", "half", "refused", "no_picture", "not_json")
PAID = ("drop_after", "half", "no_picture")


def _png() -> str:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


_BODY = json.dumps(
    {"data": [{"b64_json": _png()}], "usage": {"input_tokens": 10, "output_tokens": 1000}}
).encode()
_REFUSAL = json.dumps({"error": {"message": "rejected", "code": "moderation_blocked"}}).encode()


class FaultyImages:
    """A running service.

    Args:
        rate: of the calls that fail, `faults` those that are drawn from.
        latency: seconds before each answer; none leaves while `open` is not set.
    """

    def __init__(self, rate: float, latency: float = 0.0) -> None:
        self.rate = rate
        self.latency = latency
        self.open = threading.Event()
        self.open.set()
        self.arrived = 0
        self.faults = FAULTS
        self.delivered: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.url = ""
        self._tries: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        """Every call that arrived."""
        return self.delivered.total() + self.failed.total()

    @property
    def paid(self) -> int:
        """Pictures that would be on the bill."""
        return self.delivered.total() + sum(self.failed[fault] for fault in PAID)

    def choose(self, prompt: str) -> str | None:
        """The fault of this call; counts it."""
        with self._lock:
            self.arrived += 1
        self.open.wait()
        with self._lock:
            self._tries[prompt] += 1
            place = (prompt, self._tries[prompt])
            if chance("images fail", *place) >= self.rate:
                self.delivered[prompt] += 1
                return None
            fault = self.faults[int(chance("images how", *place) * len(self.faults))]
            self.failed[fault] += 1
            return fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


@contextmanager
def running(rate: float, latency: float = 0.0) -> Iterator[FaultyImages]:
    """Serve until the end of the block."""
    service = FaultyImages(rate, latency)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fault = service.choose(asked["prompt"])
            time.sleep(service.latency)
            self._play(fault)

        def _play(self, fault: str | None) -> None:
            if fault is None:
                self._send(200, _BODY)
            elif fault.isdecimal():
                self._send(int(fault), json.dumps({"error": {"message": f"fault {fault}"}}).encode())
            elif fault == "refused":
                self._send(400, _REFUSAL)
            elif fault == "no_picture":
                self._send(200, b'{"data": []}')
            elif fault == "not_json":
                self._send(200, b"<html>a proxy</html>")
            else:
                self.close_connection = True
                if fault == "half":
                    self._head(200, len(_BODY))
                    self.wfile.write(_BODY[: len(_BODY) // 2])

        def _send(self, status: int, body: bytes) -> None:
            self._head(status, len(body))
            self.wfile.write(body)

        def _head(self, status: int, length: int) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.open.set()
        server.shutdown()
        server.server_close()
        thread.join()
