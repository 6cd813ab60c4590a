"""How the offline model is told to misbehave: rules in order, a random share that repeats itself, nonsense
refused.
"""

from typing import Any

import pytest

from devtools.offline_model.behaviour import Behaviour
from devtools.offline_model.question import Question

PATH = "/v1/chat/completions"


def behaviour(told: dict[str, Any]) -> Behaviour:
    made = Behaviour((0.0, 0.0))
    made.tell(told)
    return made


def question(prompt: str = "p", model: str = "m") -> Question:
    return Question(model, "standing", prompt)


def test_the_first_rule_that_matches_counts_until_it_is_used_up() -> None:
    rules = [
        {"match": {"contains": "x"}, "fault": "429", "times": 2},
        {"match": {"model": "m"}, "fault": "500"},
    ]
    told = behaviour({"rules": rules})
    assert [told.choose(question("x"), PATH).fault for _ in range(3)] == ["429", "429", "500"]
    assert told.choose(question("x", "other"), PATH).fault is None
    assert told.choose(Question("z", "x stands here", "p"), PATH).fault is None


def test_rules_match_by_path_and_standing_instructions() -> None:
    told = behaviour({"rules": [{"match": {"path": "/api", "contains": "standing"}, "fault": "503"}]})
    assert told.choose(question(), "/api/prompt").fault == "503"
    assert told.choose(question(), PATH).fault is None


def test_a_share_fails_the_same_way_every_time() -> None:
    def faults() -> list[str | None]:
        told = behaviour({"rate": 0.3, "seed": 7, "faults": ["429", "reset"]})
        return [told.choose(question(f"p{number % 200}"), PATH).fault for number in range(400)]

    first = faults()
    assert first == faults()
    assert 80 < sum(fault is not None for fault in first) < 160
    assert {"429", "reset"} == set(filter(None, first))
    assert first[:200] != first[200:], "a question that failed may go through at its next try"


def test_latency_is_a_constant_or_spread_over_a_range() -> None:
    assert behaviour({"latency": 0.5}).choose(question(), PATH).latency == 0.5
    spread = behaviour({"latency": [0.2, 0.8]})
    found = [spread.choose(question(str(number)), PATH).latency or 0 for number in range(50)]
    assert all(0.2 <= latency < 0.8 for latency in found) and len(set(found)) > 40
    assert behaviour({"rules": [{"latency": 3}], "latency": 1}).choose(question(), PATH).latency == 3


@pytest.mark.parametrize(
    "told",
    [
        {"rule": []},
        {"rules": [{"fault": "nonsense"}]},
        {"rules": [{"faults": "429"}]},
        {"rules": ["429"]},
        {"faults": ["nonsense"]},
        {"latency": "soon"},
        {"rate": "often"},
    ],
)
def test_nonsense_is_refused_and_changes_nothing(told: dict[str, Any]) -> None:
    made = behaviour({"rules": [{"fault": "500"}]})
    with pytest.raises(ValueError):
        made.tell(told)
    assert made.choose(question(), PATH).fault == "500"
