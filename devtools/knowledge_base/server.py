"""The double's HTTP: requests in, a journal of them, answers or faults out."""

import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

from devtools.knowledge_base import dagent, dify, fastgpt, ragflow
from devtools.knowledge_base.contents import Contents
from devtools.knowledge_base.faults import Fault, Faults
from devtools.knowledge_base.request import Asked, Refused, Reply

KINDS = (dagent, ragflow, dify, fastgpt)


@dataclass
class Journal:
    """Every request that came."""

    entries: list[Asked] = field(default_factory=list)

    def of(self, route: str) -> list[Asked]:
        """Those of one route."""
        return [entry for entry in self.entries if entry.route == route]


class KnowledgeBaseServer:
    """A server on loopback, in a thread of this process.

    Args:
        contents: what it holds.
        port: 0: a free one.
        org_id: the only one that it answers, as header or as the id of the dataset.
        key: the Bearer key of RAGFlow, Dify and FastGPT.
    """

    def __init__(self, contents: Contents, port: int = 0, org_id: str = "org-1", key: str = "kb-key") -> None:
        self.contents = contents
        self.org_id = org_id
        self.key = key
        self.faults = Faults()
        self.journal = Journal()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """The address at which it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def want(self, *faults: Fault) -> None:
        """Have these faults from now on."""
        self.faults.want(*faults)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, asked: Asked) -> Reply:
        """The answer to a request, by the first kind that knows its path."""
        for kind in KINDS:
            route = kind.route_of(asked.method, asked.path)
            if route:
                asked.route = route
                self.journal.entries.append(asked)
                asked.faults = self.faults.take(route, asked.text)
                return _broken(asked) or kind.answer(self, asked)
        return Reply(404, {"detail": f"no route {asked.method} {asked.path}"})


def _broken(asked: Asked) -> Reply | None:
    """The faults that are the same for every kind."""
    if "slow" in asked.faults:
        time.sleep(asked.faults["slow"])  # The fault itself: an answer that takes long.
    if "status" in asked.faults:
        return Reply(asked.faults["status"], {"detail": "as the test wants it"})
    if "text" in asked.faults:
        return Reply(200, b"<html>gateway</html>")
    if "reset" in asked.faults:
        return Reply(0, b"")
    if "code" in asked.faults:
        return Reply(
            200,
            {
                "code": asked.faults["code"],
                "msg": "as the test wants it",
                "message": "as the test wants it",
                "data": None,
            },
        )
    return None


def _handler(server: KnowledgeBaseServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._do()

        def do_POST(self) -> None:
            self._do()

        def do_PUT(self) -> None:
            faults = [Fault(**fields) for fields in json.loads(self._body() or "[]")]
            server.want(*faults)
            self._send(Reply(200, {"faults": len(faults)}))

        def log_message(self, *_: object) -> None:
            """Print nothing: the journal holds every request."""

        def _do(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, self._body())
            try:
                reply = server.answer(asked)
            except Refused as refused:
                reply = refused.reply
            self._send(reply)

        def _body(self) -> str:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8")

        def _send(self, reply: Reply) -> None:
            if reply.status == 0:
                self.close_connection = True
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            content = (
                reply.body
                if isinstance(reply.body, bytes)
                else json.dumps(reply.body, ensure_ascii=False).encode("utf-8")
            )
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
