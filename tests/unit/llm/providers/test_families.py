"""Which server stands behind an address, and where its completions are."""

import pytest
from pydantic import SecretStr

from ai_worker.llm.families import family_name
from ai_worker.llm.model import Model
from ai_worker.llm.providers import PROVIDERS
from ai_worker.llm.providers.anthropic import messages_url
from ai_worker.llm.providers.openai import COMPLETIONS, service_url
from ai_worker.llm.registry.identity import label_of
from ai_worker.llm.request import Request
from ai_worker.outbound.errors import Unconfigured

AZURE = "/openai/deployments/gpt/chat/completions?api-version="


@pytest.mark.parametrize(
    ("base_url", "family", "url"),
    [
        ("https://api.openai.com/v1/", "openai", "https://api.openai.com/v1/chat/completions"),
        ("https://api.openai.com:443/v1", "openai", "https://api.openai.com:443/v1/chat/completions"),
        ("https://eu.api.openai.com/v1", "openai", "https://eu.api.openai.com/v1/chat/completions"),
        (
            "https://api.openai.com.evil.example",
            "compatible",
            "https://api.openai.com.evil.example/chat/completions",
        ),
        ("https://x.openai.azure.com", "azure", f"https://x.openai.azure.com{AZURE}2024-10-21"),
        ("https://x.openai.azure.com:443/", "azure", f"https://x.openai.azure.com:443{AZURE}2024-10-21"),
        ("https://x.openai.azure.com/?api-version=2025", "azure", f"https://x.openai.azure.com{AZURE}2025"),
        ("http://[::1]:11434/v1", "ollama", "http://[::1]:11434/v1/chat/completions"),
        ("http://me:secret@localhost:4000", "litellm", "http://me:secret@localhost:4000/chat/completions"),
        ("http://h/v1/?a=b", "compatible", "http://h/v1/chat/completions?a=b"),
    ],
)
def test_the_address_tells(base_url: str, family: str, url: str) -> None:
    model = Model("gpt", "openai", base_url)
    assert (family_name(model), service_url(model, COMPLETIONS)) == (family, url)


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1/", "https://api.anthropic.com/v1/messages"),
        ("https://gateway.example/a/v1?key=b", "https://gateway.example/a/v1/messages?key=b"),
    ],
)
def test_anthropics_address_with_and_without_its_version(base_url: str, url: str) -> None:
    assert messages_url(Model("m", "anthropic", base_url)) == url


@pytest.mark.parametrize("base_url", ["http://[", "http://[::1", "http://h:x/v1", "not an address", ""])
def test_a_faulty_address_closes_its_model_and_stops_nobody_who_names_it(base_url: str) -> None:
    for provider in ("openai", "gemini", "anthropic", "prompt_api"):
        model = Model("gpt", provider, base_url, SecretStr("k"))  # type: ignore[arg-type]
        assert model.key and model.holds and label_of(base_url, "http://usual", "", "") is not None
        with pytest.raises(Unconfigured, match="base URL"):
            PROVIDERS[provider].call(model, Request("q"))  # type: ignore[index]
