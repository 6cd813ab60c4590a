"""What the sample work of every pipeline is made of: samples, models, the knowledge base."""

from dataclasses import dataclass
from pathlib import Path

import requests

from ai_worker.errors import ConfigurationError
from ai_worker.llm.model import Provider
from ai_worker.llm.registry.catalogue import base_url_of, key_of
from ai_worker.settings import settings

MARK = "demo"
OFFLINE = ("offline-small", "offline-medium", "offline-large")
GEMINI = ("gemini-2.5-flash-lite", "gemini-2.5-flash", "gemini-2.5-pro")
MODEL_LIST_SECONDS = 10


@dataclass(frozen=True, slots=True)
class DemoWork:
    """What the sample work is made of.

    Args:
        samples: the folder of the repository.
        knowledge_base: its address; empty: the documents are imported and searched here.
        pictures: the folder that pictures are written to; None: they are not.
    """

    samples: Path
    knowledge_base: str = ""
    pictures: Path | None = None


def demo_provider() -> Provider:
    """The provider of the sample work: the first that the settings have a key or an address for."""
    if settings().gemini_api_key.get_secret_value():
        return "gemini"
    named = settings().openai_base_url or settings().openai_api_key.get_secret_value()
    return "openai" if named else "offline"


def demo_models() -> list[str]:
    """Up to three models, the strongest last.

    Raises:
        ConfigurationError: the server at OPENAI_BASE_URL does not list its models.
    """
    provider = demo_provider()
    if provider != "openai":
        return list(GEMINI if provider == "gemini" else OFFLINE)
    key = key_of("openai").get_secret_value()
    address = f"{base_url_of('openai').rstrip('/')}/models"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        answer = requests.get(address, headers=headers, timeout=MODEL_LIST_SECONDS)
        answer.raise_for_status()
        names = sorted(model["id"] for model in answer.json()["data"])
    except (requests.RequestException, KeyError, ValueError) as fault:
        raise ConfigurationError(
            f"OPENAI_BASE_URL: the list of models cannot be read ({type(fault).__name__})"
        ) from None
    if not names:
        raise ConfigurationError("OPENAI_BASE_URL: the server names no models")
    return names[:3]
