"""OpenAI's chat completions, and every server that is compatible with them, at any base URL; Azure's
deployments among them.
"""

from urllib.parse import quote

from ai_worker.llm.families import family_name, family_of
from ai_worker.llm.model import Model
from ai_worker.llm.providers.chat import chat_body, chat_reply
from ai_worker.llm.providers.wire.exchange import exchange
from ai_worker.llm.request import Reply, Request
from ai_worker.outbound.http.client import joined

BASE_URL = "https://api.openai.com/v1"
AZURE_VERSION = "2024-10-21"
COMPLETIONS = "/chat/completions"


class OpenAi:
    """OpenAI-compatible; the base URL includes the version, e.g. `http://localhost:8000/v1`."""

    title = "OpenAI"
    sends_template = False

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once; see `Provider.call`."""
        body, mode = chat_body(model, request, family_of(model))
        url = service_url(model, COMPLETIONS)
        stream = model.dialect.stream
        return chat_reply(exchange(url, key_headers(model), body, model, request, mode, stream=stream))


def key_headers(model: Model) -> dict[str, str]:
    """The key, as the model's server wants it; nothing where there is none."""
    key = model.api_key.get_secret_value()
    if not key:
        return {}
    header = family_of(model).key_header
    return {"Authorization": f"Bearer {key}"} if header == "authorization" else {header: key}


def service_url(model: Model, path: str) -> str:
    """The address of one of the model's services, e.g. of its chat completions."""
    base = model.base_url
    if is_bare_azure(model):
        # The address of the resource alone: the model's name is that of its deployment.
        url = joined(base, f"/openai/deployments/{quote(model.name, safe='')}{path}")
        return (
            url if "api-version=" in url else f"{url}{'&' if '?' in url else '?'}api-version={AZURE_VERSION}"
        )
    return joined(base, path)


def is_bare_azure(model: Model) -> bool:
    """Return whether the base URL is that of an Azure resource alone, without a path."""
    path = model.base_url.partition("?")[0].partition("://")[2].partition("/")[2]
    return family_name(model) == "azure" and not path
