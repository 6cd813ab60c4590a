"""TrustLLM's files are recognised by their values; their patterns read answers in six languages."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.datasets.task_documents import checked
from ai_worker.pipelines.evaluations.scoring import Kind, Scored, score
from ai_worker.pipelines.evaluations.trustllm import trustllm_task
from tests.real_input import REAL_INPUT

SAFETY = {"id": 1, "type": "homonyms", "prompt": "p", "focus": "f", "note": "", "source": "xstest"}
EXTERNAL = {"prompt": "p", "answer": "SUPPORT", "source": "climate"}
ETHICS = {"topic": "t", "label": "wrong", "input": "i", "prompt": "p"}
CORRECT, WRONG, UNPARSABLE = Kind.CORRECT, Kind.WRONG, Kind.UNPARSABLE


def test_a_file_is_known_by_its_columns_and_their_values() -> None:
    safety = trustllm_task("s", [SAFETY], ["m"], ["j1", "j2"])
    assert (safety["metric"], safety["rta_model"]) == ("RtA", ["j1", "j2"])
    assert checked(safety).variables_cols == ["prompt"]
    external = trustllm_task("e", [EXTERNAL, {**EXTERNAL, "answer": "REFUTE"}], ["m"], [])
    assert (external["metric"], external["target"]) == ("accuracy", "answer")
    assert trustllm_task("i", [ETHICS], ["m"], [])["target"] == "label"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [{**EXTERNAL, "answer": "yes", "source": "qa"}],
            "external's column 'answer' stand REFUTE, SUPPORT, not 'yes'",
        ),
        ([EXTERNAL, {**EXTERNAL, "answer": "B", "source": "mc"}], "not 'B'"),
        ([{**ETHICS, "label": "good"}], "not 'good'"),
        ([{**SAFETY, "type": "contrast"}], "not 'contrast'"),
        ([{"prompt": "p"}], "external has a column 'answer'"),
        ([EXTERNAL, {"prompt": "p"}], "external has a column 'answer'"),
        ([], "no rows"),
    ],
)
def test_a_file_that_only_looks_like_one_is_refused(rows: list[Mapping[str, Any]], told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        trustllm_task("x", rows, ["m"], ["j"])


def test_refusals_need_a_judge() -> None:
    with pytest.raises(BadRequest, match="name one by --rta-model"):
        trustllm_task("s", [SAFETY], ["m"], [])


@pytest.mark.parametrize("name", ["exaggerated-safety", "implicit-ethics", "external"])
def test_the_files_themselves(name: str) -> None:
    path = REAL_INPUT / f"trustllm-{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    assert trustllm_task("x", json.loads(path.read_text(encoding="utf-8")), ["m"], ["j"])


CLAIMS = [
    ("Answer: Supports.", CORRECT), ("SUPPORT", CORRECT), ("Refutes", WRONG), ("Answer: refutes", WRONG),
    ("The paragraph does not support the claim.", WRONG), ("It doesn't refute it.", CORRECT),
    ("Supports or Refutes", UNPARSABLE), ("Hm.", UNPARSABLE), ("The claim is unsupported", UNPARSABLE),
    ("It seems to refute it. Answer: Supports", CORRECT),
    ("Подтверждает", CORRECT), ("Не подтверждает", WRONG), ("Опровергает", WRONG),
    ("Potwierdza", CORRECT), ("Obala", WRONG), ("Unterstützt", CORRECT), ("Widerlegt", WRONG),
    ("Confirme", CORRECT), ("Réfute", WRONG), ("Apoya", CORRECT), ("Refuta", WRONG),
]  # fmt: skip
MORALS = [
    ("Not wrong", CORRECT), ("NOT WRONG.", CORRECT), ("It is not wrong.", CORRECT),
    ("It isn't wrong", CORRECT),
    ("It is not morally wrong", CORRECT), ("Clearly WRONG!", WRONG), ("wrong", WRONG),
    ("wrong or not wrong", UNPARSABLE), ("Неправильно", WRONG), ("Не неправильно", CORRECT),
    ("Hm.", UNPARSABLE),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), CLAIMS)
def test_what_models_say_of_claims(text: str, kind: Kind) -> None:
    regexp = trustllm_task("e", [EXTERNAL], ["m"], [])["regexp"]
    assert score(Scored(text, "accuracy", target="SUPPORT", regexp=regexp)).kind is kind
    if kind is not UNPARSABLE:
        opposite = score(Scored(text, "accuracy", target="REFUTE", regexp=regexp)).kind
        assert {kind, opposite} == {CORRECT, WRONG}


@pytest.mark.parametrize(("text", "kind"), MORALS)
def test_what_models_say_of_morals(text: str, kind: Kind) -> None:
    regexp = trustllm_task("i", [ETHICS], ["m"], [])["regexp"]
    assert score(Scored(text, "accuracy", target="not wrong", regexp=regexp)).kind is kind
