"""`ai-worker serve`: the HTTP API."""

import os
import socket
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from ai_worker.errors import ConfigurationError
from ai_worker.observe.logs import configure_logging
from ai_worker.settings import settings
from ai_worker.startup import log_start
from ai_worker.stores.connections.redis_check import check_redis

GRACE_SECONDS = 20


def serve(
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="Where to listen; else API_HOST.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Where to listen; else API_PORT.")
    ] = None,
) -> None:
    """Serve the HTTP API. Without API_KEYS it listens on this machine only, and wants no key."""
    # Here and not above: no other command should wait for a web framework to load.
    import uvicorn  # noqa: PLC0415

    from ai_worker.web.application import create_application  # noqa: PLC0415
    from ai_worker.web.authentication import is_loopback  # noqa: PLC0415

    address = host or settings().api_host
    if not settings().api_keys.get_secret_value().strip() and not is_loopback(address):
        raise ConfigurationError(
            f"API_KEYS is not set, so the API may not listen on {address}: set keys, or use --host 127.0.0.1"
        )
    application = create_application(settings())
    listening = _listen(address, settings().api_port if port is None else port)
    configure_logging(settings().log_level)
    log_start()
    if settings().redis_url:
        check_redis()
    shown = f"[{address}]" if ":" in address else address
    Console().print(
        f"API on http://{shown}:{listening.getsockname()[1]} (panel at /panel, documented at /docs)",
        soft_wrap=True,
    )

    class Server(uvicorn.Server):
        """Ends the panel's open streams at shutdown: each would delay the exit until its browser leaves."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            application.state.stopping = True
            super().handle_exit(sig, frame)

    server = Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # The protocol is named: only then does asyncio switch Nagle's algorithm off, which would hold each
        # answer back for 40 ms.
        listening = socket.socket(family, kind, protocol)
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        return listening
    except OSError as fault:
        raise ConfigurationError(
            f"--host {host} --port {port}: cannot listen there: {fault.strerror or fault}"
        ) from None
