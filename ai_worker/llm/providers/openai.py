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


class OpenAi:
    """OpenAI-compatible; the base URL includes the version, e.g. `http://localhost:8000/v1`."""

    title = "OpenAI"
    sends_template = False

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once; see `Provider.call`."""
        family = family_of(model)
        key = model.api_key.get_secret_value()
        headers = {}
        if key:
            headers = {family.key_header: key} if family.key_header != "authorization" else {}
            headers = headers or {"Authorization": f"Bearer {key}"}
        body, mode = chat_body(model, request, family)
        return chat_reply(exchange(_url(model), headers, body, model, request, mode))


def _url(model: Model) -> str:
    base = model.base_url
    if family_name(model) == "azure" and not base.partition("?")[0].partition("://")[2].partition("/")[2]:
        # The address of the resource alone: the model's name is that of its deployment.
        path = f"/openai/deployments/{quote(model.name, safe='')}/chat/completions"
        url = joined(base, path)
        return (
            url if "api-version=" in url else f"{url}{'&' if '?' in url else '?'}api-version={AZURE_VERSION}"
        )
    return joined(base, "/chat/completions")
