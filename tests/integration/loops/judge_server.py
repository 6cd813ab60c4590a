"""A model server of OpenAI's form that writes, judges and compares as `driver.Model` does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from ai_worker.pipelines.loops.ports import Asked
from tests.integration.loops.driver import Model

_PURPOSES = {"You write": "write", "You judge": "judge", "You decide": "compare"}


class JudgeServer:
    """Args:
    model: what answers.
    key: the only one that may ask.
    """

    def __init__(self, model: Model, key: str = "k") -> None:
        self.calls = 0
        self.key = key
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, model))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(server: JudgeServer, model: Model) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            server.calls += 1
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers.get("Authorization") != f"Bearer {server.key}":
                self._send(
                    401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}
                )
                return
            parts = {message["role"]: message["content"] for message in body["messages"]}
            purpose = next(name for start, name in _PURPOSES.items() if parts["system"].startswith(start))
            text = model(Asked(purpose, parts["system"], parts["user"]))
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            self._send(200, {"choices": [choice], "usage": {"prompt_tokens": 10, "completion_tokens": 5}})

        def log_message(self, *_: object) -> None:
            """Print nothing."""

        def _send(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
