"""The model of a judge configuration: planned as it is asked, set as the models file sets its server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ai_worker.errors import NotNow
from ai_worker.llm.model import Dialect
from ai_worker.llm.registry.keys import encrypt
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.loops.outgoing.embedding import _usage, open_embed
from ai_worker.pipelines.loops.outgoing.models import judge_model, planned_model
from ai_worker.settings import settings

MODELS = """
[models.judge-1]
provider = "openai"
base_url = "http://gpu-1:8000/v1"
requests_per_minute = 7
deadline_seconds = 300
max_output_tokens = 900
stream = true
omit = ["seed"]
headers = { X-Tenant = "${TENANT}" }
"""
ROW: dict[str, Any] = {
    "judge_id": "j",
    "judge_model": "judge-1",
    "judge_base_url": "http://gpu-1:8000/v1/",
    "judge_key": None,
    "judge_key_iv": None,
}


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "models.toml").write_text(MODELS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENANT", "secret")
    monkeypatch.setenv("MASTER_KEY", "a pass phrase")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"judge_base_url": "http://elsewhere/v1"},
        {"judge_model": "judge-2"},
        {"judge_key": encrypt(b"sk-of-the-row", b"a pass phrase", None)},
    ],
)
def test_planning_and_asking_know_the_model_by_the_same_holds(changed: dict[str, Any]) -> None:
    planned, asked = planned_model({**ROW, **changed}), judge_model({**ROW, **changed})
    assert (planned.key, planned.holds, planned.limits) == (asked.key, asked.holds, asked.limits)
    assert planned.api_key.get_secret_value() == ""


def test_the_models_file_sets_the_server_that_it_lists() -> None:
    found = judge_model(ROW)
    assert found.dialect.stream and found.dialect.omit == {"seed"}
    assert found.dialect.headers == {"X-Tenant": "secret"}
    assert (found.limits.requests_per_minute, found.deadline_seconds, found.max_output_tokens) == (
        7,
        300,
        900,
    )


def test_its_headers_go_to_no_server_that_a_form_names() -> None:
    found = judge_model({**ROW, "judge_base_url": "http://elsewhere/v1"})
    assert found.dialect == Dialect() and found.max_output_tokens is None
    assert found.limits.requests_per_minute == 7


def test_a_key_of_embeddings_that_does_not_open_here_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker may have the right MASTER_KEY: doing without at once finds fewer duplicates."""
    sealed = encrypt(b"sk-of-the-row", b"a pass phrase", None)
    embeds = {"embed_base_url": "http://e/v1", "embed_model": "e", "embed_key": sealed, "embed_key_iv": None}
    monkeypatch.setenv("MASTER_KEY", "another")
    settings.cache_clear()
    embed = open_embed({**ROW, **embeds}, CallContext("loops", "l", "1", "u", redact=False))
    assert embed is not None
    with pytest.raises(NotNow, match="the key does not open - check MASTER_KEY") as found:
        embed(["a question"])
    assert found.value.retry_after


@pytest.mark.parametrize(
    ("counted", "usage"),
    [
        ({"prompt_tokens": 12, "total_tokens": 12}, Usage(12)),
        ({"total_tokens": "12"}, Usage(12)),
        ({"prompt_tokens": 10**12}, None),
        ({"prompt_tokens": 0}, None),
        ({"prompt_tokens": "many"}, None),
        ("12", None),
        (None, None),
    ],
)
def test_what_embeddings_do_not_count_is_unknown(counted: Any, usage: Usage | None) -> None:
    assert _usage({"data": [], "usage": counted}) == usage
