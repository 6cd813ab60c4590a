"""The model of an assistant, and the form in which it is asked."""

from dataclasses import replace

from ai_worker.errors import ConfigurationError
from ai_worker.llm.model import Model
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.pipelines.assistants.wire.anthropic import Anthropic
from ai_worker.pipelines.assistants.wire.chat import Chat
from ai_worker.pipelines.assistants.wire.form import Form
from ai_worker.pipelines.assistants.wire.gemini import Gemini
from ai_worker.pipelines.assistants.wire.responses import Responses

CHAT, RESPONSES, GEMINI, ANTHROPIC = Chat(), Responses(), Gemini(), Anthropic()
_BY_PROVIDER: dict[str, Form] = {
    "openai": CHAT,
    "offline": CHAT,
    "gemini": GEMINI,
    "anthropic": ANTHROPIC,
}


def form_of(model: Model, assistant_type: str) -> Form:
    """The form for a model.

    Raises:
        ConfigurationError: the model's provider cannot be asked by this type of assistant.
    """
    if assistant_type == "openai_api":
        if model.provider in ("openai", "offline"):
            return RESPONSES
        raise ConfigurationError(
            f"an assistant of type openai_api asks OpenAI's Responses API,"
            f" which {model.provider} does not speak:"
            f" give {model.name!r} the provider openai, or the assistant the type llm"
        )
    form = _BY_PROVIDER.get(model.provider)
    if form is None:
        raise ConfigurationError(
            f"provider {model.provider} takes no tools: give the assistant another model than {model.name!r}"
        )
    return form


def model_of(name: str, assistant_type: str) -> Model:
    """The model that an assistant of this type asks; with its `fault` where it cannot be asked so. Planning
    and asking come to the same, so that its messages wait untouched.
    """
    model = model_named(name)
    if model.fault:
        return model
    try:
        form_of(model, assistant_type)
    except ConfigurationError as fault:
        # Closed under a name of its own: the model may still be asked without tools.
        return replace(model, label=f"{model.label} (of {assistant_type} assistants)", fault=str(fault))
    return model
