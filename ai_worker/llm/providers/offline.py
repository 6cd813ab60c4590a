"""The offline model server of `devtools.offline_model`: the chat form on `OFFLINE_URL`, without a key."""

from ai_worker.llm.families import FAMILIES
from ai_worker.llm.model import Model
from ai_worker.llm.providers.chat import chat_body, chat_reply
from ai_worker.llm.providers.wire.exchange import exchange
from ai_worker.llm.request import Reply, Request
from ai_worker.outbound.http.client import joined


class Offline:
    """A deterministic model on this machine."""

    title = "Offline"
    sends_template = False

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once; see `Provider.call`."""
        url = joined(model.base_url, "/v1/chat/completions")
        body, mode = chat_body(model, request, FAMILIES["compatible"])
        return chat_reply(exchange(url, {}, body, model, request, mode, stream=model.dialect.stream))
