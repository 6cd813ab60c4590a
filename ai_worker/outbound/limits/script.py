"""The Lua scripts of permits: assembled from their parts, run by their digest, loaded again where Redis has
forgotten them.
"""

import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError

from ai_worker.outbound.limits.breaker import SLICES, Rules
from ai_worker.outbound.limits.limiter import FIRST_TOKENS
from ai_worker.outbound.limits.sliding_window import SlidingWindow
from ai_worker.outbound.limits.wait_queue import CAPACITY_FOR_EACH_WAITING, SHORTEST_QUEUE

PARTS = ("sliding_window", "model", "hold", "breaker", "admission")
"""The parts that both scripts share, in the order in which one builds on the other."""


KEEP_SECONDS = 3600
"""The time for which Redis keeps unused state: longer than any window, lease or opening."""
EPOCH_KEEP_SECONDS = 24 * 3600
REFUSED_STEP_SECONDS = 0.01
"""Calls refused in a row come again at least so far apart."""
SPREAD_WINDOWS = 10
"""The number of windows ahead for which places are promised; then the promises begin anew at the front."""
KEPT_SHARE = 1 / 6
"""Of a window: how long after its promised time a large call finds the tokens kept that smaller ones left."""


class Script:
    """One script for one prefix.

    The constants are written into the script's head. So the digest belongs to this prefix alone, and Redis
    not knowing it means, to those who use this prefix, that Redis was restarted (or is asked for the first
    time).

    Args:
        name: of the .lua file.
        constants: numbers and texts that the script knows by name.
    """

    def __init__(self, name: str, constants: Mapping[str, int | float | str]) -> None:
        head = "".join(f"local {constant} = {json.dumps(value)}\n" for constant, value in constants.items())
        self._text = head + "".join(
            files(__package__).joinpath("lua", f"{part}.lua").read_text("utf-8") for part in (*PARTS, name)
        )
        self._digest = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    def run(self, redis: Redis, arguments: dict[str, Any]) -> Any:
        """Run the script once.

        Args:
            arguments: given to the script as JSON. Where the script was not known, `run` tells it the
                server's run id.
        """
        try:
            return redis.evalsha(self._digest, 0, json.dumps(arguments))
        except NoScriptError:
            arguments["run"] = redis.info("server")["run_id"]
            return redis.eval(self._text, 0, json.dumps(arguments))


def script_constants(prefix: str, window: SlidingWindow, rules: Rules) -> dict[str, int | float | str]:
    """The constants of the scripts: PREFIX, and times in milliseconds."""
    return {
        "PREFIX": prefix,
        "SLICE_MS": window.slice_milliseconds,
        "SPAN": window.slices,
        "SPREAD_MS": round(window.seconds * SPREAD_WINDOWS * 1000),
        "KEPT_SPARE_MS": round(window.seconds * KEPT_SHARE * 1000),
        "REFUSED_STEP_MS": round(REFUSED_STEP_SECONDS * 1000),
        "FIRST_TOOK_MS": 1000,
        "FIRST_TOKENS": FIRST_TOKENS,
        "SHORTEST_QUEUE": SHORTEST_QUEUE,
        "CAPACITY_FOR_EACH_WAITING": CAPACITY_FOR_EACH_WAITING,
        "KEEP_MS": KEEP_SECONDS * 1000,
        "EPOCH_KEEP_MS": EPOCH_KEEP_SECONDS * 1000,
        "BREAKER_CALLS": rules.calls,
        "BREAKER_SHARE": rules.share,
        "BREAKER_SLICES": SLICES,
        "BREAKER_SLICE_MS": max(1, round(rules.window * 1000 / SLICES)),
        "OPEN_FIRST_MS": round(rules.open_first * 1000),
        "OPEN_CAP_MS": round(rules.open_cap * 1000),
        "COOL_FLOOR_MS": round(rules.cool_floor * 1000),
        "COOL_FLOOR_CAP_MS": round(rules.cool_floor_cap * 1000),
        "CLOSED_FIRST_MS": round(rules.closed_first * 1000),
        "CLOSED_CAP_MS": round(rules.closed_cap * 1000),
    }
