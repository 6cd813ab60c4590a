"""Handing rows to a peer's queue from a process of its own, as a web application would, and saying what that
cost.
"""

import json
import sys
import time
from collections.abc import Callable


def feed(send: Callable[[int], object]) -> None:
    """Call `send` for every row of `FIRST COUNT` on the command line; prints `{"seconds": …, "cpu_seconds":
    …}`.
    """
    first, count = (int(argument) for argument in sys.argv[1:3])
    send(first)  # Opens the connection.
    started, cpu_started = time.perf_counter(), time.process_time()
    for row in range(first + 1, first + count):
        send(row)
    print(
        json.dumps(
            {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu_started}
        )
    )
