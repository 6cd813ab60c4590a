"""The model that every engine asks: the chat completions form, an answer after a set time, and a note of when
it was asked.

The offline model of `devtools.offline_model` reads what it is asked, at some 0.6 ms of CPU a request
[measured]: on a few cores the fast engines would wait for nothing but that. This one speaks the same form at
a tenth of it.

    PUT    /control            {"latency": 0.2}   seconds before every answer from now on GET
    /control/answered   how many answers are out GET    /control/requests   [[row, asked, answered], …]: the
    number after `row-` in the question, and monotonic times in seconds DELETE /control/requests   forgets
    them
"""

import asyncio
import re
import resource
import signal
import time

import orjson

from devtools.offline_model.protocol import Connection, Exchange

ROW = re.compile(r"row-(\d+)")
FENCED = re.compile(r"<text-(\w+)>\n(.*)\n</text-\1>", re.DOTALL)
USAGE = {"prompt_tokens": 60, "completion_tokens": 20, "total_tokens": 80}


class Model:
    """One model server."""

    def __init__(self) -> None:
        self._latency = 0.0
        self._requests: list[tuple[int, float, float]] = []

    def handle(self, exchange: Exchange) -> None:
        """Answer one request, at once or later."""
        asked = exchange.asked
        if asked.method == "POST":
            arrived = time.monotonic()
            if self._latency:
                asyncio.get_running_loop().call_later(self._latency, self._answer, exchange, arrived)
            else:
                self._answer(exchange, arrived)
        else:
            exchange.send(200, orjson.dumps(self._control(asked.method, asked.path, asked.body)))

    def _answer(self, exchange: Exchange, arrived: float) -> None:
        text = orjson.loads(exchange.asked.body)["messages"][-1]["content"]
        fenced = FENCED.search(text)
        answer = (fenced[2] if fenced else text).replace("sentense", "sentence")
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}
        exchange.send(200, orjson.dumps({"object": "chat.completion", "choices": [choice], "usage": USAGE}))
        row = ROW.search(text)
        self._requests.append((int(row[1]) if row else 0, arrived, time.monotonic()))

    def _control(self, method: str, path: str, body: bytes) -> object:
        if (method, path) == ("PUT", "/control"):
            self._latency = float(orjson.loads(body)["latency"])
        elif (method, path) == ("DELETE", "/control/requests"):
            self._requests.clear()
        elif path == "/control/requests":
            return self._requests
        return len(self._requests)


async def _serve() -> None:
    model = Model()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(model.handle), "127.0.0.1", 0, backlog=4096)
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await ended.wait()
    server.close()


def main() -> None:
    """Serve on a free port, which is printed, until a signal ends it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_serve())


if __name__ == "__main__":
    main()
