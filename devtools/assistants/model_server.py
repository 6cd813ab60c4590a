"""A model on loopback that calls tools by the words of the message and refuses what the providers refuse, in
the form that is spoken to it.
"""

import argparse
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType, TracebackType
from typing import Any, Self

from devtools.assistants import anthropic_form, chat_form, gemini_form, responses_form
from devtools.assistants.refusal import Refused
from devtools.assistants.script import Says, decide
from devtools.assistants.streaming import streamed
from devtools.ports import LOOPBACK


class ToolModel:
    """The server, in a thread of this process; a context manager.

    Args:
        port: 0: a free one.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[dict[str, Any]] = []
        """Requests, the oldest first: `form`, `body`, `at` (monotonic seconds), `refused` with the
        400's message.
        """
        self.failures: list[int] = []
        """Statuses to answer with next, one a request; then it works again."""
        self.answers: list[Says] = []
        """Answers to give next, one a request; then it decides by itself."""
        self.seconds = 0.0
        """The time that each answer takes."""
        self._lock = threading.Lock()
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                asked = json.loads(content)
                status, body = model._answered(self.path, asked)
                streams = asked.get("stream") or ":streamGenerateContent" in self.path
                form = _form(self.path)
                if streams and status == 200 and form is not None:
                    data, kind = streamed(form.__name__.rpartition(".")[2], body), "text/event-stream"
                else:
                    data, kind = json.dumps(body).encode(), "application/json"
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the tests read `requests`."""

        self._server = ThreadingHTTPServer((LOOPBACK, port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"

    def serve(self) -> None:
        """Answer until the process ends."""
        self._server.serve_forever()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def refusals(self) -> list[str]:
        """The 400s so far."""
        return [one["refused"] for one in self.requests if one["refused"]]

    def bodies(self) -> list[dict[str, Any]]:
        """The bodies so far."""
        return [one["body"] for one in self.requests]

    def _answered(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        form = _form(path)
        if form is None:
            return 404, {"error": {"message": f"no such path: {path}"}}
        entry: dict[str, Any] = {
            "form": form.__name__.rpartition(".")[2],
            "body": body,
            "at": time.monotonic(),
            "refused": "",
        }
        with self._lock:
            self.requests.append(entry)
            number = len(self.requests)
            failure = self.failures.pop(0) if self.failures else 0
        if self.seconds:
            time.sleep(self.seconds)
        if failure:
            return failure, {"error": {"message": "failing by order of the test", "code": failure}}
        try:
            says = decide(form.seen(body))
            with self._lock:
                says = self.answers.pop(0) if self.answers else says
        except Refused as refused:
            entry["refused"] = str(refused)
            return 400, form.refused(str(refused))
        return 200, form.answer(body, says, number)


def _form(path: str) -> ModuleType | None:
    if path.endswith("/chat/completions"):
        return chat_form
    if path.endswith("/responses"):
        return responses_form
    if path.endswith("/messages"):
        return anthropic_form
    return gemini_form if re.search(r":(g|streamG)enerateContent$", path.partition("?")[0]) else None


def main() -> None:
    """Serve on a port until the process ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    model = ToolModel(parser.parse_args().port)
    print(model.url, flush=True)
    model.serve()


if __name__ == "__main__":
    main()
