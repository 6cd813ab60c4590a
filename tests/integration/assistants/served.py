"""A small HTTP server on loopback for tools: it answers what it is told and keeps what it was asked."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = tuple[int, Any]


class Served:
    """Args:
    answer: given method, path with query, and JSON body; a status and what is sent as JSON, or a text as it
    is.
    """

    def __init__(self, answer: Callable[[str, str, Any], Answer]) -> None:
        self.asked: list[tuple[str, str, Any, dict[str, str]]] = []
        self.seconds = 0.0
        served = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = json.loads(content) if content[:1] in (b"{", b"[") else None
                served.asked.append((self.command, self.path, body, dict(self.headers)))
                time.sleep(served.seconds)
                status, found = answer(self.command, self.path, body)
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", found)
                    found = ""
                data = (found if isinstance(found, str) else json.dumps(found)).encode()
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = _any

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
