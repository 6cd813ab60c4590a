"""Requests as the providers' own SDKs type them: each body is validated by the SDK's model of it."""

import importlib
import json
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr, TypeAdapter

from ai_worker.llm.model import Dialect, Model, Provider
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from tests.integration.conftest import Ask
from tests.offline_model import OfflineModel

CALLER = CallContext("evaluations", "t", "1", "u", redact=False)
PATHS = {"gemini": "", "openai": "/v1", "anthropic": ""}


class Pet(BaseModel):
    name: str
    age: int | None = None
    toys: list[str] = []


REQUEST = Request(
    "Which pet?", system="Be brief.", schema=Pet, temperature=0.2, seed=7, max_output_tokens=300
)
DIALECTS = {
    "plain": Dialect(),
    "thinking": Dialect(thinking_budget=1024),
    "effort": Dialect(reasoning_effort="low"),
    "stream": Dialect(stream=True),
    "json": Dialect(structured="json_object"),
    "safety": Dialect(safety={"HARM_CATEGORY_HARASSMENT": "BLOCK_ONLY_HIGH"}),
}


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


def sent(ask: Ask, offline: OfflineModel, provider: Provider, dialect: Dialect) -> Any:
    offline.tell({"answer": '{"name": "Rex", "age": 3, "toys": []}'})
    model = Model(
        "m", provider, offline.url + PATHS[provider], SecretStr("k"), dialect=dialect, deadline_seconds=10
    )
    if provider == "gemini" and dialect.stream:
        pytest.skip("the offline model has no streams of Gemini's")
    ask(model, REQUEST, CALLER)
    return json.loads(offline.requests()[0]["body"])


def test_openai(ask: Ask, offline: OfflineModel, dialect: Dialect) -> None:
    types = importlib.import_module("openai.types.chat.completion_create_params")
    body = sent(ask, offline, "openai", dialect)
    streams = body.pop("stream")
    kind = types.CompletionCreateParamsStreaming if streams else types.CompletionCreateParamsNonStreaming
    checked = TypeAdapter(kind).validate_python({**body, "stream": streams})
    assert set(body) <= set(checked) | {"stream"}, "no field that the SDK does not know"


def test_anthropic(ask: Ask, offline: OfflineModel, dialect: Dialect) -> None:
    types = importlib.import_module("anthropic.types.message_create_params")
    body = sent(ask, offline, "anthropic", dialect)
    streams = body.get("stream", False)
    kind = types.MessageCreateParamsStreaming if streams else types.MessageCreateParamsNonStreaming
    checked = TypeAdapter(kind).validate_python(body)
    # Left out of the SDK since models came that refuse it; there it is left off by itself (`adaptation.py`).
    body.pop("temperature", None)
    assert set(body) <= set(checked), "no field that the SDK does not know"


def test_gemini(ask: Ask, offline: OfflineModel, dialect: Dialect) -> None:
    types = importlib.import_module("google.genai.types")
    body = sent(ask, offline, "gemini", dialect)
    config = body.get("generationConfig", {})
    types.GenerationConfig.model_validate(config)
    for content in [*body["contents"], body["systemInstruction"]]:
        types.Content.model_validate(content)
    for setting in body.get("safetySettings", []):
        types.SafetySetting.model_validate(setting)
