"""The outside of a loop, with faults by chance: a knowledge base, a model that writes, judges and compares,
and embeddings.
"""

import json
import random
import re
import socket
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from devtools.knowledge_base.contents import Contents
from devtools.knowledge_base.request import Asked, Reply
from devtools.knowledge_base.server import KnowledgeBaseServer

WORDS = ("alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel", "ironwood", "juniper")
FACT = re.compile(r"[^.\n<>]+\.")
KINDS = {"You write": "write", "You judge": "judge", "You decide": "compare"}
BROKEN = ("", '[{"question": "Is it', "I would rather not.")


def chunk(number: int, facts: int) -> Chunk:
    """A chunk of so many facts. The first is shared with a neighbour, the second alike to others' seconds."""
    file, pair = number % 7, number // 2
    own = [
        f"The valve {WORDS[(number + fact) % 10]} {number}x{fact} closes at {number * 100 + fact} bar"
        for fact in range(facts - 2)
    ]
    shared = f"The pump of pair {pair} starts after {pair + 3} seconds"
    alike = (
        f"The {WORDS[number % 10]} lid of {WORDS[number // 10 % 10]} rests on a {WORDS[number // 100]} frame"
    )
    text = ". ".join([shared, alike, *own]) + "."
    return Chunk(f"f{file}", f"c{number}", text, f"dir/f{file}.md", f"Manual {file} / Section {number}")


@dataclass
class Chance:
    """Faults by chance, the same ones in every run of one seed.

    Args:
        share: of the calls.
    """

    share: float
    seed: int = 20
    seconds: float = 0.0
    arrivals: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def fault(self, name: str) -> str:
        """The fault of the next call; empty for none. The call takes its time here."""
        with self._lock:
            self.arrivals.append(time.monotonic())
            self.calls[name] += 1
            hit = self._random.random() < self.share
            kind = self._random.choice(("500", "503", "reset", "text")) if hit else ""
            if kind:
                self.faults[name] += 1
        if self.seconds:
            time.sleep(self.seconds)  # The fault itself: a server that takes its time.
        return kind


class FaultyBase(KnowledgeBaseServer):
    """A knowledge base with faults by chance; questions about chunks of `refused` are never answered."""

    def __init__(self, contents: Contents, chance: Chance, refused: str) -> None:
        super().__init__(contents)
        self._chance = chance
        self._refused = refused

    def answer(self, asked: Asked) -> Reply:
        """See `KnowledgeBaseServer.answer`."""
        kind = self._chance.fault("base")
        if self._refused in asked.text and "/semantic_search" in asked.path:
            return Reply(422, {"detail": "this question is never taken"})
        if kind == "reset":
            return Reply(0, b"")
        if kind == "text":
            return Reply(200, b"<html>gateway</html>")
        if kind:
            return Reply(int(kind), {"detail": "by chance"})
        return super().answer(asked)


class FaultyModel:
    """A server of OpenAI's form: questions for the facts of a section, verdicts, comparisons, embeddings.
    With a `key`, whoever has another is answered 401.
    """

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.key = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.request_queue_size = 200

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "FaultyModel":
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and body; status 0: the connection is reset."""
        if path.endswith("/embeddings"):
            kind = self.chance.fault("embed")
            vectors = [
                {"index": place, "embedding": _vector(text)} for place, text in enumerate(body["input"])
            ]
            answer: Any = {"data": vectors, "usage": {"prompt_tokens": 7 * len(vectors)}}
        else:
            parts = {message["role"]: message["content"] for message in body["messages"]}
            purpose = next(name for start, name in KINDS.items() if parts["system"].startswith(start))
            kind = self.chance.fault(purpose)
            text = BROKEN[len(parts["user"]) % 3] if kind == "text" else _said(purpose, parts["user"])
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            answer = {"choices": [choice], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}
        if kind == "reset":
            return 0, None
        return (int(kind), {"error": {"message": "by chance"}}) if kind.isdigit() else (200, answer)


def _said(purpose: str, user: str) -> str:
    if purpose == "judge":
        marks = ("answerable", "self_contained", "supported", "language", "clarity")
        weak = 0.3 if "x4 " in user.split("<question-")[1].split("</question-", maxsplit=1)[0] else 0.9
        return json.dumps(dict.fromkeys(marks, weak))
    if purpose == "compare":
        return '{"same_as": 0}'
    number = int(user.split("Questions: ")[1].split("\n", maxsplit=1)[0])
    section = user.split("<section-")[1].split(">\n", 1)[1].split("\n</section-", maxsplit=1)[0]
    earlier = user.split("<earlier-questions-")[1] if "<earlier-questions-" in user else ""
    facts = [fact.strip() for fact in FACT.findall(section)]
    written = [
        {"question": f"Is it so that {fact[:-1]}?", "answer": fact, "source_chunk": fact} for fact in facts
    ]
    return json.dumps([one for one in written if one["question"] not in earlier][:number])


def _vector(text: str) -> list[float]:
    vector = [0.01] * 64
    for word in text.lower().split():
        vector[zlib.crc32(word.encode()) % 64] += 1.0
    return vector


def _handler(model: FaultyModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if model.key and self.headers.get("Authorization") != f"Bearer {model.key}":
                model.chance.fault("refused")
                status, answer = 401, {"error": {"message": "Incorrect API key provided"}}
            else:
                status, answer = model.answer(self.path, body)
            if not status:
                self.close_connection = True
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    return Handler


@dataclass
class Outside:
    """Everything that a loop asks."""

    base: FaultyBase
    model: FaultyModel

    @property
    def arrivals(self) -> list[float]:
        """When each call came, by this machine's monotonic clock."""
        return sorted([*self.base._chance.arrivals, *self.model.chance.arrivals])

    def last(self) -> float:
        """When the latest call came; 0 before the first."""
        return max([0.0, *self.base._chance.arrivals[-1:], *self.model.chance.arrivals[-1:]])

    def slow(self, seconds: float) -> None:
        """Have each call take so long."""
        self.base._chance.seconds = self.model.chance.seconds = seconds


@contextmanager
def outside(chunks: int, facts: int, share: float) -> Iterator[Outside]:
    """Servers on loopback, in threads of this process."""
    contents = Contents([chunk(number, facts) for number in range(chunks)], hidden=frozenset({"c5", "c9"}))
    with (
        FaultyBase(contents, Chance(share, 21), refused=" 7x") as base,
        FaultyModel(Chance(share, 22)) as model,
    ):
        yield Outside(base, model)
