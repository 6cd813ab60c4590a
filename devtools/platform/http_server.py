"""The double over HTTP: the gateway, the upload addresses, Consul's health page, and the control."""

import json
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from devtools.platform.faults import AFTER, HOLDS, Behaviour, told
from devtools.platform.gateway import Gateway
from devtools.platform.memory import Memory, Refusal

_STATUS = {"500_before": 500, "500_after": 500, "503_before": 503, "401": 401}


class HttpDouble:
    """The HTTP side.

    Args:
        memory: shared with the gRPC side.
        port: 0 takes a free one.
    """

    def __init__(self, memory: Memory, port: int = 0) -> None:
        self.memory = memory
        self.behaviour = Behaviour()
        self.grpc_port = 0
        self.gateway = Gateway(memory, lambda: self.behaviour)
        double = self

        class Handler(_Handler):
            owner = double

        self.server = _Server(("127.0.0.1", port), Handler)
        self.port = int(self.server.server_address[1])
        self.url = memory.url = f"http://127.0.0.1:{self.port}"

    def serve(self) -> None:
        """Serve until `close`."""
        self.server.serve_forever(poll_interval=0.05)

    def behave(self, behaviour: Behaviour) -> None:
        """Replace how it misbehaves; answers that are kept back go now."""
        before, self.behaviour = self.behaviour, behaviour
        before.release()

    def close(self) -> None:
        """Stop serving."""
        self.behaviour.release()
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    owner: HttpDouble
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    """Head and body of an answer are two writes: the second would wait for up to 40 ms."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests read `/control`."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        try:
            if path == "/health":
                self._send(200, {"status": "ok"})
            elif path == "/control":
                self._control(content)
            elif path.startswith("/v1/health/service/"):
                address = {"Address": "127.0.0.1", "Port": self.owner.grpc_port}
                self._send(200, [{"Service": address, "Node": {}}] if self.owner.grpc_port else [])
            elif path.startswith("/upload/") and self.command == "PUT":
                self._upload(path.removeprefix("/upload/"), content)
            else:
                self._called(path, content)
        except Refusal as refusal:
            self._send(refusal.status, refusal.body)

    def _control(self, content: bytes) -> None:
        if self.command == "PUT":
            try:
                self.owner.behave(told(json.loads(content or b"{}")))
            except (ValueError, TypeError) as fault:
                raise Refusal(400, str(fault)) from None
        elif self.command == "DELETE":
            self.owner.memory.clear()
            self.owner.gateway.clear()
        self._send(200, self.owner.memory.shown())

    def _upload(self, media_id: str, content: bytes) -> None:
        behaviour = self.owner.behaviour
        named = self.owner.memory.media.get(media_id)
        fault = behaviour.choose("upload", media_id, named.filename if named else "")
        if fault == "hold_before":
            behaviour.hold()
        elif fault and fault not in (*AFTER, *HOLDS):
            self._break(fault)
            return
        self.owner.memory.upload(media_id, content, self.headers.get("Content-Type", ""))
        if fault == "hold_after":
            behaviour.hold()
        if fault and fault not in HOLDS:
            self._break(fault)
        else:
            self._send(200, {})

    def _called(self, path: str, content: bytes) -> None:
        found = self.owner.gateway.route(self.command, path)
        if found is None:
            raise Refusal(404, f"no route {self.command} {path}")
        name, call, place = found
        body = self._body(content)
        key = self.headers.get("Idempotency-Key", "")
        behaviour = self.owner.behaviour
        self.owner.memory.calls.append({"call": name, "key": key, "body": {**body, **place}})
        if behaviour.token and self.headers.get("Authorization") != f"Bearer {behaviour.token}":
            raise Refusal(401, "missing or wrong token")
        if behaviour.latency:
            time.sleep(behaviour.latency)
        fault = behaviour.choose(name, key or str(sorted(place.items())), content.decode(errors="replace"))
        if fault == "hold_before":
            behaviour.hold()
        elif fault and fault not in (*AFTER, *HOLDS):
            self._break(fault)
            return
        answer = self.owner.gateway.kept(key)
        if answer is None:
            answer = call(body, place)
            if self.command != "GET":
                self.owner.gateway.keep(key, answer)
        if fault == "hold_after":
            behaviour.hold()
        if fault == "409":
            self._send(409, {"message": "exists already", **answer[1]})
        elif fault and fault not in HOLDS:
            self._break(fault)
        else:
            self._send(*answer)

    def _body(self, content: bytes) -> dict[str, Any]:
        if not content:
            return {}
        try:
            body = json.loads(content)
        except ValueError:
            raise Refusal(400, "the body is not JSON") from None
        if not isinstance(body, dict):
            raise Refusal(400, "the body is not an object")
        return body

    def _break(self, fault: str) -> None:
        if fault in _STATUS:
            self._send(_STATUS[fault], "internal error" if fault.startswith("5") else {"message": "no"})
            return
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status: int, body: Any) -> None:
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
