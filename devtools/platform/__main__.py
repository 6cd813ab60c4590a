"""The platform's double as a process: prints its address once it listens, then stays."""

import argparse
import importlib.util
import signal
import threading
from pathlib import Path

from devtools.platform.http_server import HttpDouble
from devtools.platform.memory import Memory


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m devtools.platform", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="of HTTP; 0 takes a free one")
    parser.add_argument("--grpc-port", type=int, default=0, help="of gRPC; 0 takes a free one")
    parser.add_argument("--folder", type=Path, help="keep pictures here as files")
    parser.add_argument(
        "--bucket", action="store_true", help="there is no media service: media are objects in a bucket"
    )
    told = parser.parse_args()
    double = HttpDouble(Memory(told.folder, bucket=told.bucket), told.port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    grpc_side = None
    if importlib.util.find_spec("grpc") is not None:
        from devtools.platform.grpc_server import GrpcDouble  # noqa: PLC0415 - an optional package

        grpc_side = GrpcDouble(double.memory, lambda: double.behaviour, told.grpc_port)
        double.grpc_port = grpc_side.port
        grpc_side.start()
    threading.Thread(target=double.serve, daemon=True).start()
    print(f"the platform's double listens; gRPC on port {double.grpc_port}; HTTP on {double.url}", flush=True)
    stop.wait()
    double.close()
    if grpc_side is not None:
        grpc_side.stop()


if __name__ == "__main__":
    main()
