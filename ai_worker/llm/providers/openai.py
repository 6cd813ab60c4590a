"""OpenAI's chat completions, and every server that is compatible with them, at any base URL."""

from ai_worker.llm.model import Model
from ai_worker.llm.providers.chat import chat_body, chat_reply
from ai_worker.llm.providers.exchange import exchange
from ai_worker.llm.request import Reply, Request

BASE_URL = "https://api.openai.com/v1"


class OpenAi:
    """OpenAI-compatible; the base URL includes the version, e.g. `http://localhost:8000/v1`."""

    title = "OpenAI"
    sends_template = False

    def call(self, model: Model, request: Request) -> Reply:
        """Asks once; see `Provider.call`."""
        key = model.api_key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        limit_field = (
            "max_completion_tokens" if model.base_url.startswith("https://api.openai.com") else "max_tokens"
        )
        url = model.base_url.rstrip("/") + "/chat/completions"
        return chat_reply(
            exchange(url, headers, chat_body(model, request, limit_field=limit_field), model, request)
        )
