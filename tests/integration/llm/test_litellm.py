"""LiteLLM's own proxy, with mock answers: asked in the three forms that it speaks, and as it refuses."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, SecretStr

from ai_worker.llm import adaptation
from ai_worker.llm.errors import Refused
from ai_worker.llm.model import Dialect, Model, Provider
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import CallError, RateLimited, ServerFault, Unauthorized, UnknownModel
from devtools.ports import free_port
from devtools.servers import litellm
from devtools.servers.litellm import LiteLLM
from tests.integration.conftest import Ask
from tests.servers import missing

CALLER = CallContext("evaluations", "t", "1", "u", redact=False)
KEY = "sk-of-the-proxy"
ANSWER = '{"mood": "happy"}'
UPSTREAM = {"model": "openai/gpt-4o-mini", "api_key": "sk-never-used"}
MODELS = {
    "mocked": {**UPSTREAM, "mock_response": ANSWER},
    "limited": {**UPSTREAM, "mock_response": "litellm.RateLimitError"},
    "broken": {**UPSTREAM, "mock_response": "litellm.InternalServerError"},
    "thinker": {**UPSTREAM, "model": "openai/o3-mini", "mock_response": ANSWER},
}


class Mood(BaseModel):
    mood: str


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteLLM]:
    if not litellm.available():
        missing("LiteLLM's proxy is not installed: `python3 dev.py test` without arguments installs it")
    folder = tmp_path_factory.mktemp("litellm")
    server = LiteLLM(folder / "proxy", free_port(), folder / "litellm.log", models=MODELS, key=KEY)
    server.start()
    yield server
    server.stop()


def model(
    proxy: LiteLLM,
    name: str,
    provider: Provider = "openai",
    *,
    key: str = KEY,
    dialect: Dialect | None = None,
) -> Model:
    return Model(
        name,
        provider,
        proxy.url + ("/v1" if provider == "openai" else ""),
        SecretStr(key),
        deadline_seconds=60,
        dialect=dialect or Dialect(),
    )


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini"])
def test_each_form_that_it_speaks_is_answered_and_counted(
    proxy: LiteLLM, ask: Ask, provider: Provider
) -> None:
    request = Request("I won the race!", system="Name the mood.", schema=Mood, max_output_tokens=64)
    answer = ask(model(proxy, "mocked", provider), request, CALLER)
    assert answer.data == Mood(mood="happy")
    assert answer.usage.input > 0 and answer.usage.output > 0, "as it counts itself"


def test_a_stream_of_it_is_read_whole(proxy: LiteLLM, ask: Ask) -> None:
    streams = model(proxy, "mocked", dialect=Dialect(stream=True))
    assert ask(streams, Request("Ready?"), CALLER).text == ANSWER


def test_a_field_that_it_refuses_for_a_model_is_left_off_and_remembered(proxy: LiteLLM, ask: Ask) -> None:
    thinker = model(proxy, "thinker")
    assert ask(thinker, Request("Ready?", temperature=0.2), CALLER).text == ANSWER
    assert "temperature" in adaptation.adapted(thinker).omitted


@pytest.mark.parametrize(
    ("name", "key", "fault"),
    [
        ("limited", KEY, RateLimited),
        ("broken", KEY, ServerFault),
        ("nobody", KEY, UnknownModel),
        ("mocked", "sk-of-somebody-else", Unauthorized),
    ],
)
def test_its_refusals_have_their_class(
    proxy: LiteLLM, ask: Ask, name: str, key: str, fault: type[CallError]
) -> None:
    """To a key that it does not know it answers 400, where it keeps no keys itself."""
    with pytest.raises(fault) as caught:
        ask(model(proxy, name, key=key), Request("Ready?"), CALLER)
    assert not isinstance(caught.value, Refused)
    assert key not in str(caught.value)
