"""The faults that the double is asked for: the JSON that `PUT /control` takes.

{"rules": [{"call": "create_post", "times": 1, "fault": "drop_after"}],
 "rate": 0.2, "faults": ["500_before", "drop_after"], "seed": 7,     a share of all other calls
 "latency": 0.0,                                                     seconds before each answer
 "honours_keys": false, "get_or_create": true, "needs_pictures": false, "token": ""}

Faults: `500_before`, `503_before`, `401`, `drop_before` change nothing; `500_after`, `drop_after`, `409` come
after the record was made. `hold_before` and `hold_after` keep the answer back until the behaviour is
replaced; then it is the usual one. A rule may also name a text that the call `contains`: of its body, or the
name of the file that is uploaded.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

BEFORE = ("500_before", "503_before", "401", "drop_before")
AFTER = ("500_after", "drop_after", "409")
HOLDS = ("hold_before", "hold_after")
FAULTS = frozenset([*BEFORE, *AFTER, *HOLDS])
HELD_SECONDS = 300.0
"""The longest that an answer is kept back, where no test releases it."""
_USUAL = ["500_before", "503_before", "drop_after", "500_after"]


@dataclass
class Behaviour:
    """The rules in force."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    rate: float = 0.0
    faults: list[str] = field(default_factory=lambda: list(_USUAL))
    seed: int = 0
    latency: float = 0.0
    honours_keys: bool = False
    get_or_create: bool = True
    needs_pictures: bool = False
    token: str = ""

    def __post_init__(self) -> None:
        named = [*self.faults, *(rule.get("fault", "") for rule in self.rules)]
        if strange := set(named) - FAULTS:
            raise ValueError(f"unknown faults {sorted(strange)}; known: {sorted(FAULTS)}")
        self._lock = threading.Lock()
        self._released = threading.Event()
        self.held = 0
        self._tries: Counter[tuple[str, str]] = Counter()

    def hold(self) -> None:
        """Keep an answer back until `release`."""
        with self._lock:
            self.held += 1
        self._released.wait(HELD_SECONDS)

    def release(self) -> None:
        """Let every answer go that is kept back, and keep none back any more."""
        self._released.set()

    def choose(self, call: str, key: str, said: str = "") -> str | None:
        """The fault of this call; uses a rule up.

        Args:
            key: what tells this call from others of its name, so that the same work has the same luck.
            said: the text that a rule's `contains` is looked for in.
        """
        with self._lock:
            for rule in self.rules:
                wanted = rule.get("call") == call and rule.get("contains", "") in said
                if wanted and rule.get("times", 1) > 0:
                    rule["times"] = rule.get("times", 1) - 1
                    return str(rule["fault"])
            if not self.rate:
                return None
            self._tries[call, key] += 1
            number = self._tries[call, key]
        if _chance(self.seed, "fails", call, key, number) >= self.rate:
            return None
        fault = self.faults[int(_chance(self.seed, "how", call, key, number) * len(self.faults))]
        # Only what creates a record can find that it exists.
        return None if fault == "409" and not call.startswith("create_") else fault


def told(values: Mapping[str, Any]) -> Behaviour:
    """The behaviour that a control message describes.

    Raises:
        ValueError: something in it is unknown.
    """
    if unknown := set(values) - set(Behaviour.__dataclass_fields__):
        raise ValueError(f"unknown: {sorted(unknown)}; known: {sorted(Behaviour.__dataclass_fields__)}")
    return Behaviour(**values)


def _chance(*parts: object) -> float:
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
