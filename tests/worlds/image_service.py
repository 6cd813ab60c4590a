"""An image service over HTTP that answers what it is given, one body after another."""

import base64
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

Answer = tuple[int, Any]


class ImageService:
    """A running service.

    Its `answers` are given out in their order, the last one for ever, each after `wait` seconds.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: list[Answer] = []
        self.requests: list[dict[str, Any]] = []
        self.wait = 0.0

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def running() -> Iterator[ImageService]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            told = {"path": self.path, "headers": dict(self.headers), "body": json.loads(content)}
            service.requests.append(told)
            time.sleep(service.wait)
            status, body = service.next()
            encoded = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(encoded)))
            with suppress(BrokenPipeError):  # the client gave up
                self.end_headers()
                self.wfile.write(encoded)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = ImageService(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def picture(form: str = "PNG", size: tuple[int, int] = (64, 48), colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
