"""The image model of worlds: OpenAI's form, one small picture after a set time."""

import asyncio
import base64
import io
import signal
import sys

import orjson
from PIL import Image

from devtools.offline_model.protocol import Connection, Exchange


def _body() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (512, 512), "teal").save(file, "PNG")
    data = [{"b64_json": base64.b64encode(file.getvalue()).decode()}]
    return orjson.dumps({"data": data, "usage": {"input_tokens": 10, "output_tokens": 1000}})


class Pictures:
    """One server; `GET /answered` tells how many pictures it has sent."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._body = _body()
        self._answered = 0

    def handle(self, exchange: Exchange) -> None:
        """Answer one request."""
        if exchange.asked.method == "POST":
            asyncio.get_running_loop().call_later(self._latency, self._answer, exchange)
        else:
            exchange.send(200, orjson.dumps(self._answered))

    def _answer(self, exchange: Exchange) -> None:
        exchange.send(200, self._body)
        self._answered += 1


async def _serve(latency: float) -> None:
    pictures = Pictures(latency)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(pictures.handle), "127.0.0.1", 0, backlog=4096)
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    print(f"pictures on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
