"""The offline model server of `devtools.offline_model`: the chat form on `OFFLINE_URL`, without a key."""

from ai_worker.llm.model import Model
from ai_worker.llm.providers.chat import chat_body, chat_reply
from ai_worker.llm.providers.exchange import exchange
from ai_worker.llm.request import Reply, Request


class Offline:
    """A deterministic model on this machine."""

    title = "Offline"
    sends_template = False

    def call(self, model: Model, request: Request) -> Reply:
        """Asks once; see `Provider.call`."""
        url = model.base_url.rstrip("/") + "/v1/chat/completions"
        return chat_reply(
            exchange(url, {}, chat_body(model, request, limit_field="max_tokens"), model, request)
        )
