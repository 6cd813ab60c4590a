"""`python -m devtools.offline_model --port 8099 [--host 127.0.0.1] [--samples samples/offline_model.json]
[--latency 0.5 | 0.2-1.5]`.
"""

import argparse
import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

from devtools.offline_model.answers import Answers
from devtools.offline_model.behaviour import Behaviour
from devtools.offline_model.journal import Journal
from devtools.offline_model.samples import load
from devtools.offline_model.server import Server

_SAMPLES = Path(__file__).parents[2] / "samples" / "offline_model.json"


def main() -> None:
    """Serves until interrupted; prints one line when it listens."""
    parser = argparse.ArgumentParser(
        prog="python -m devtools.offline_model",
        description="A deterministic model server for demos and tests.",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; whatever it is, /control answers this machine only",
    )
    parser.add_argument("--port", type=int, default=8099, help="0 takes a free one")
    parser.add_argument(
        "--samples",
        type=Path,
        default=_SAMPLES if _SAMPLES.is_file() else None,
        help="JSON with what it knows",
    )
    parser.add_argument(
        "--latency",
        type=_range,
        default=(0.0, 0.0),
        help="seconds before every answer, or a range such as 0.2-1.5",
    )
    parser.add_argument(
        "--journal", type=int, default=20_000, help="received requests kept in memory; 0 keeps all"
    )
    options = parser.parse_args()
    try:
        samples = load(options.samples)
    except (OSError, ValueError) as fault:
        sys.exit(f"--samples: {fault}")
    server = Server(Answers(samples), Behaviour(options.latency), Journal(options.journal))
    _raise_open_files()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(server, options.host, options.port))


async def _serve(server: Server, host: str, port: int) -> None:
    serving = asyncio.ensure_future(
        server.serve(host, port, lambda taken: print(f"offline model on http://{host}:{taken}", flush=True))
    )
    with suppress(NotImplementedError):  # Windows has no signal handlers in asyncio
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving


def _range(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    return float(low), float(high or low)


def _raise_open_files() -> None:
    """Thousands of slow calls at once are thousands of open sockets."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else max(soft, 65_536), hard)
    )


if __name__ == "__main__":
    main()
