"""The faults that the server is asked for: the JSON that `PUT /control` takes, and the choice it makes for a
question.

{"rules": [{"match": {"model": "x", "contains": "…", "path": "/v1"},   all optional; the first rule that
            matches counts "times": 3,                     then it is used up; left out: for ever "fault":
            "429",                 one of FAULTS; left out: a usual answer "retry_after": 2,
            "retry_after_form": "seconds" | "date", "headers": {"x-ratelimit-remaining-requests": "0"},
            "latency": 1.5,                 seconds before the answer "answer": "…",                  the
            answer's text "body": {…},                    the whole JSON body, of the fault's status if that
            is one "usage": {"input": 1, "output": 1, "cached": 0, "thoughts": 0}, "interval": 0.2}],
            seconds between the bytes of a drip
 "rate": 0.2, "faults": ["429", "500"], "seed": 7,    a share of all other questions fails, decided by seed,
 question and try "latency": 0.5 | [0.1, 0.9]}                          seconds; of a range each question has
 its own
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from devtools.offline_model.question import Question, chance, steady

STATUSES = frozenset(
    {
        "302",
        "400",
        "401",
        "402",
        "403",
        "404",
        "413",
        "422",
        "429",
        "500",
        "502",
        "503",
        "504",
        "529",
        "quota",
    }
)
BODIES = frozenset(
    {"truncated_json", "not_json", "safety_block", "empty", "length", "error_body_200", "huge"}
)
TEXTS = frozenset({"wrong_schema", "lost_placeholder"})
TRANSPORT = frozenset({"reset", "close", "half_body", "blackhole", "drip", "drip_headers", "drip_body"})
FAULTS = STATUSES | BODIES | TEXTS | TRANSPORT
_USUAL_FAULTS = ["429", "500", "503", "reset", "truncated_json", "empty", "error_body_200"]
_FIELDS = frozenset({"rules", "rate", "faults", "seed", "latency"})


@dataclass(slots=True)
class Rule:
    """One rule; see the module."""

    match: dict[str, str] = field(default_factory=dict)
    times: int | None = None
    fault: str | None = None
    retry_after: float | None = None
    retry_after_form: str = "seconds"
    headers: dict[str, str] = field(default_factory=dict)
    latency: float | None = None
    answer: str | None = None
    body: Any = None
    usage: dict[str, int] = field(default_factory=dict)
    interval: float = 0.2

    def holds(self, question: Question, path: str) -> bool:
        """Return whether the rule is for this question and not used up."""
        if self.times == 0 or question.model != self.match.get("model", question.model):
            return False
        wanted = self.match.get("contains", "")
        return path.startswith(self.match.get("path", "")) and (
            wanted in question.prompt or wanted in question.system
        )


class Behaviour:
    """The rules in force.

    Args:
        latency: seconds before every answer, or the ends of a range; what holds while `/control` says nothing
            else.
    """

    def __init__(self, latency: tuple[float, float]) -> None:
        self._usual_latency = latency
        self.told: dict[str, Any] = {}
        self.tell({})

    def tell(self, told: Mapping[str, Any]) -> None:
        """Replaces the rules and everything else.

        Raises:
            ValueError: something in it is unknown or does not fit; nothing is changed then.
        """
        if unknown := set(told) - _FIELDS:
            raise ValueError(f"unknown: {sorted(unknown)}; known: {sorted(_FIELDS)}")
        rules = [_rule(entry) for entry in told.get("rules", [])]
        faults = told.get("faults", _USUAL_FAULTS)
        if strange := set(faults) - FAULTS:
            raise ValueError(f"unknown faults: {sorted(strange)}; known: {sorted(FAULTS)}")
        self._latency = _range(told["latency"]) if "latency" in told else self._usual_latency
        self._rate, self._seed = float(told.get("rate", 0)), told.get("seed", 0)
        self.rules, self._faults, self.told = rules, faults, dict(told)
        self._tries: Counter[tuple[str, str]] = Counter()

    def choose(self, question: Question, path: str) -> Rule:
        """The rule that applies to this question, with its latency filled in; uses a rule up."""
        low, high = self._latency
        latency = low + (high - low) * chance(self._seed, "latency", question.model, steady(question.prompt))
        for rule in self.rules:
            if rule.holds(question, path):
                if rule.times is not None:
                    rule.times -= 1
                return replace(rule, latency=latency if rule.latency is None else rule.latency)
        return Rule(fault=self._random_fault(question), latency=latency)

    def _random_fault(self, question: Question) -> str | None:
        if not self._rate:
            return None
        asked = (question.model, steady(question.prompt))
        self._tries[asked] += 1
        if chance(self._seed, "fails", *asked, self._tries[asked]) >= self._rate:
            return None
        fault: str = self._faults[
            int(chance(self._seed, "how", *asked, self._tries[asked]) * len(self._faults))
        ]
        return fault


def _rule(entry: Any) -> Rule:
    if not isinstance(entry, Mapping) or not set(entry) <= set(Rule.__slots__):
        raise ValueError(f"a rule is an object with some of the fields {', '.join(Rule.__slots__)}")
    if entry.get("fault") not in FAULTS | {None}:
        raise ValueError(f"unknown fault {entry['fault']!r}; known: {sorted(FAULTS)}")
    return Rule(**entry)


def _range(value: Any) -> tuple[float, float]:
    low, high = value if isinstance(value, list) else (value, value)
    return float(low), float(high)
